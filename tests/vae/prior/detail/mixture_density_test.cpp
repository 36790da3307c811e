// SPDX-License-Identifier: MIT
#include <betavae/vae/prior/detail/mixture_density.hpp>

#include "gradients.hpp"
#include "model_check.hpp"

#include <numbers>

using namespace betavae;
using betavae::test::normals;
using Catch::Matchers::WithinRel;

namespace {

constexpr auto density = [](const auto& z, const auto& mean, const auto& log_variance, const auto& logits) {
  return detail::mixture_log_density(z, mean, log_variance, logits);
};

/// ln p as its definition has it, in long double.
double definition(const Matrix<double>& z, Index j, const Matrix<double>& mean, const Matrix<double>& log_variance,
                  const Matrix<double>& logits) {
  long double p = 0;
  long double total = 0;
  for (Index c = 0; c < mean.cols(); ++c) {
    long double log_component = 0;
    for (Index k = 0; k < z.rows(); ++k) {
      const long double distance = z(k, j) - mean(k, c);
      log_component -= 0.5L * (std::log(2 * std::numbers::pi_v<long double>) + log_variance(k, c) +
                               distance * distance * std::exp(-static_cast<long double>(log_variance(k, c))));
    }
    p += std::exp(logits(c, 0) + log_component);
    total += std::exp(static_cast<long double>(logits(c, 0)));
  }
  return static_cast<double>(std::log(p / total));
}

template <class Scalar>
Matrix<Scalar> value_of(const Matrix<Scalar>& z, const Matrix<Scalar>& mean, const Matrix<Scalar>& log_variance,
                        const Matrix<Scalar>& logits) {
  Tape<Scalar> tape;
  return density(constant(tape, z), constant(tape, mean), constant(tape, log_variance), constant(tape, logits)).value();
}

}  // namespace

TEST_CASE("a mixture's log-density is that of its definition, dimensions summed before components are") {
  for (const Index components : {1, 2, 7, 17}) {
    const Matrix<double> z = normals(3, 4, 1);
    const Matrix<double> mean = normals(3, components, 2);
    const Matrix<double> log_variance = normals(3, components, 3);
    const Matrix<double> logits = normals(components, 1, 4);
    const Matrix<double> nats = value_of(z, mean, log_variance, logits);
    REQUIRE(nats.rows() == 1);
    double by_dimension = 0;  // the wrong formula: a mixture in each dimension, as if components were chosen anew
    for (Index k = 0; k < 3; ++k) {
      by_dimension += definition(z.row(k), 0, mean.row(k), log_variance.row(k), logits);
    }
    for (Index j = 0; j < z.cols(); ++j) {
      CHECK_THAT(nats(0, j), WithinRel(definition(z, j, mean, log_variance, logits), 1e-13));
    }
    CHECK((components == 1) == (std::abs(nats(0, 0) - by_dimension) < 1e-3));
  }
}

TEST_CASE("a mixture's log-density has the right gradients at every size, in each operand alone too") {
  for (const Index dimensions : {1, 3}) {
    for (const Index components : {1, 2, 9}) {
      for (const Index samples : {0, 1, 5}) {
        test::require_pass(gradient_check(density, normals(dimensions, samples, 1), normals(dimensions, components, 2),
                                          normals(dimensions, components, 3), normals(components, 1, 4)));
      }
    }
  }
  const Matrix<double> z = normals(2, 3, 1);
  const Matrix<double> mean = normals(2, 4, 2);
  const Matrix<double> log_variance = normals(2, 4, 3);
  const Matrix<double> logits = normals(4, 1, 4);
  const auto on = [](const auto& other, const Matrix<double>& matrix) { return constant(other.tape(), matrix); };
  test::require_pass(
      gradient_check([&](const auto& v) { return density(v, on(v, mean), on(v, log_variance), on(v, logits)); }, z));
  test::require_pass(
      gradient_check([&](const auto& v) { return density(on(v, z), v, on(v, log_variance), on(v, logits)); }, mean));
  test::require_pass(
      gradient_check([&](const auto& v) { return density(on(v, z), on(v, mean), v, on(v, logits)); }, log_variance));
  test::require_pass(
      gradient_check([&](const auto& v) { return density(on(v, z), on(v, mean), on(v, log_variance), v); }, logits));
}

TEST_CASE("a mixture's gradient in other scalars is that in double") {
  test::check_other_scalars(density, normals(3, 5, 1), normals(3, 4, 2), normals(3, 4, 3), normals(4, 1, 4));
}

TEST_CASE("a code far from all components has a finite density and a gradient towards the nearest") {
  // exp(−½ 200²) is 0 in double: without the largest exponent taken out, ln 0.
  const Matrix<float> z = Matrix<float>::Constant(2, 1, 200);
  Matrix<float> mean(2, 2);
  mean << 0, 1, 0, 1;
  const Matrix<float> log_variance = Matrix<float>::Zero(2, 2);
  const Matrix<float> logits = Matrix<float>::Zero(2, 1);
  CHECK_THAT(value_of(z, mean, log_variance, logits)(0, 0),
             WithinRel(-199.F * 199.F - std::log(2.F) - std::log(2 * std::numbers::pi_v<float>), 1e-5F));
  Tape<float> tape;
  auto code = make_variable(tape, 2, 1);
  code.value_view().data[0] = code.value_view().data[1] = 200;
  reverse(sum(density(code, constant(tape, mean), constant(tape, log_variance), constant(tape, logits))));
  CHECK_THAT(code.adjoint()(0, 0), WithinRel(-199.F, 1e-5F));
}

TEST_CASE("a common number in the weights changes nothing, however large") {
  const Matrix<double> z = normals(2, 3, 1);
  const Matrix<double> mean = normals(2, 4, 2);
  const Matrix<double> log_variance = normals(2, 4, 3);
  const Matrix<double> logits = normals(4, 1, 4);
  const Matrix<double> shifted = logits.array() + 2000;
  CHECK((value_of(z, mean, log_variance, shifted) - value_of(z, mean, log_variance, logits)).cwiseAbs().maxCoeff() <
        1e-11);
}

TEST_CASE("a mixture's value and gradient have the same bits for any number of threads") {
  const Matrix<double> z = normals(5, 300, 1);
  const Matrix<double> mean = normals(5, 60, 2);
  const Matrix<double> log_variance = normals(5, 60, 3);
  const Matrix<double> logits = normals(60, 1, 4);
  const auto gradient = [&](Index count) {
    Threads threads(count);
    Tape<double> tape;
    tape.use_threads(&threads);
    std::vector<double> all;
    const auto leaf = [&](const Matrix<double>& matrix) {
      auto variable = make_variable(tape, matrix.rows(), matrix.cols());
      std::copy_n(matrix.data(), matrix.size(), variable.value_view().data);
      return variable;
    };
    const auto a = leaf(z);
    const auto b = leaf(mean);
    const auto c = leaf(log_variance);
    const auto d = leaf(logits);
    const auto loss = sum(density(a, b, c, d));
    reverse(loss);
    all.push_back(loss.value()(0, 0));
    for (const auto& variable : {a, b, c, d}) {
      const auto view = variable.adjoint_view();
      all.insert(all.end(), view.data, view.data + view.rows * view.columns);
    }
    return all;
  };
  CHECK(gradient(1) == gradient(3));
}

TEST_CASE("a mixture of matrices that do not fit together is refused") {
  const auto try_sizes = [](Index z, Index mean, Index log_variance, Index logits) {
    value_of<double>(Matrix<double>::Zero(z, 2), Matrix<double>::Zero(2, mean), Matrix<double>::Zero(2, log_variance),
                     Matrix<double>::Zero(logits, 1));
  };
  CHECK_THROWS_AS(try_sizes(3, 4, 4, 4), ArgumentError);
  CHECK_THROWS_AS(try_sizes(2, 4, 5, 4), ArgumentError);
  CHECK_THROWS_AS(try_sizes(2, 4, 4, 3), ArgumentError);
  CHECK_THROWS_AS(try_sizes(2, 0, 0, 0), ArgumentError);
  CHECK_NOTHROW(try_sizes(2, 4, 4, 4));
}
