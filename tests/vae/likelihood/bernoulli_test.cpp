// SPDX-License-Identifier: MIT
#include <betavae/autodiff/gradient_check.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>

#include "catch.hpp"
#include "model_check.hpp"

#include <limits>

namespace bv = betavae;
using bv::test::contains;
using bv::test::error_text;
using bv::test::normals;
using bv::test::uniforms;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

constexpr bv::Index sizes[] = {0, 1, 3, 7, 8, 9, 15, 16, 17};

template <class Scalar>
bv::Matrix<Scalar> distortion(const bv::Matrix<Scalar>& logits, const bv::Matrix<Scalar>& x,
                              bv::test::Beside<Scalar> beside = {}) {
  bv::Tape<Scalar> tape;
  bv::Evaluating<Scalar> context(tape);
  const bv::Observed<bv::Constant<Scalar>> observed{bv::constant(tape, x), beside.mask, beside.weights, beside.offsets};
  return bv::Bernoulli{}.distortion(context, bv::constant(tape, logits), observed).value();
}

double distortion_of(double logit, double x) {
  return distortion<double>(bv::Matrix<double>::Constant(1, 1, logit), bv::Matrix<double>::Constant(1, 1, x))(0, 0);
}

/// −x ln p − (1 − x) ln(1 − p), each logarithm from the side on which it does not cancel.
long double exact(long double logit, long double x) {
  return x * std::log1p(std::exp(-logit)) + (1 - x) * std::log1p(std::exp(logit));
}

/// The distortion of a batch as a function of its logits, for gradient_check.
auto as_function_of_logits(const bv::Matrix<double>& x, bv::test::Beside<double> beside = {}) {
  return [&x, beside](const auto& logits) {
    bv::Evaluating<double> context(logits.tape());
    const bv::Observed<bv::Constant<double>> observed{bv::constant(logits.tape(), x), beside.mask, beside.weights,
                                                      beside.offsets};
    return bv::Bernoulli{}.distortion(context, logits, observed);
  };
}

}  // namespace

TEST_CASE("Bernoulli's distortion is -ln p in nats", "[vae][bernoulli]") {
  for (const double logit : {-30.0, -4.0, -0.1, 0.0, 0.7, 5.0, 30.0}) {
    for (const double x : {0.0, 1.0, 0.25, 0.5, 0.99}) {
      INFO("logit " << logit << ", x " << x);
      CHECK_THAT(distortion_of(logit, x), WithinRel(static_cast<double>(exact(logit, x)), 1e-14));
    }
  }
}

TEST_CASE("Far out, Bernoulli's distortion neither overflows nor loses what is left", "[vae][bernoulli]") {
  CHECK(distortion_of(1e4, 0) == 1e4);
  CHECK(distortion_of(-1e4, 1) == 1e4);
  CHECK(distortion_of(1e4, 1) == 0);
  CHECK_THAT(distortion_of(-40, 0), WithinRel(std::exp(-40.0), 1e-14));
  CHECK(distortion<float>(bv::Matrix<float>::Constant(1, 1, 1e30F), bv::Matrix<float>::Zero(1, 1))(0, 0) == 1e30F);
}

TEST_CASE("Bernoulli's distortion is summed over features and kept apart for samples", "[vae][bernoulli]") {
  const bv::Matrix<double> logits = 3 * normals(37, 4, 1);
  const bv::Matrix<double> x = uniforms(37, 4, 2);
  const auto nats = distortion<double>(logits, x);
  REQUIRE(nats.rows() == 1);
  REQUIRE(nats.cols() == 4);
  for (int j = 0; j < 4; ++j) {
    long double expected = 0;
    for (int i = 0; i < 37; ++i) {
      expected += exact(logits(i, j), x(i, j));
    }
    CHECK_THAT(nats(0, j), WithinRel(static_cast<double>(expected), 1e-14));
  }
}

TEST_CASE("Bernoulli's distortion has the right gradient at every size", "[vae][bernoulli]") {
  for (const bv::Index features : sizes) {
    for (const bv::Index samples : {1, 5}) {
      const bv::Matrix<double> x = uniforms(features, samples, 1);
      const auto check =
          bv::gradient_check(as_function_of_logits(x), bv::Matrix<double>(3 * normals(features, samples, 2)));
      CHECK(check.error <= bv::GradientCheck::tolerance);
    }
  }
}

TEST_CASE("Bernoulli's gradient is right with missing values and offsets", "[vae][bernoulli]") {
  const bv::Matrix<double> x = uniforms(9, 3, 1);
  std::vector<std::uint8_t> mask(27, 1);
  mask[0] = mask[10] = mask[26] = 0;
  const double offsets[] = {0.5, -2, 0};
  const auto check = bv::gradient_check(as_function_of_logits(x, {mask.data(), nullptr, offsets}), normals(9, 3, 2));
  CHECK(check.error <= bv::GradientCheck::tolerance);
}

TEST_CASE("What is stored in a missing value changes neither nats nor gradient", "[vae][bernoulli]") {
  bv::Matrix<double> x = uniforms(9, 3, 1);
  const bv::Matrix<double> logits = normals(9, 3, 2);
  std::vector<std::uint8_t> mask(27, 1);
  mask[4] = mask[9] = mask[25] = 0;
  const bv::test::Beside<double> beside{mask.data()};
  const auto run = [&] {
    bv::Tape<double> tape;
    bv::Evaluating<double> context(tape);
    auto variable = bv::make_variable(tape, 9, 3);
    std::copy_n(logits.data(), 27, variable.value_view().data);
    const bv::Observed<bv::Constant<double>> observed{bv::constant(tape, x), beside.mask};
    const auto nats = bv::Bernoulli{}.distortion(context, variable, observed);
    const auto total = bv::sum(nats);
    bv::reverse(total);
    return std::pair{bv::Matrix<double>(nats.value()), bv::Matrix<double>(variable.adjoint())};
  };
  const auto before = run();
  for (const double stored : {0.0, -7.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    x(4, 0) = x(0, 1) = x(7, 2) = stored;
    const auto after = run();
    CHECK((after.first == before.first));
    CHECK((after.second == before.second));
    CHECK(after.second(4, 0) == 0);
  }
  // The rest counts as if the missing values were not there.
  double expected = 0;
  for (int i = 0; i < 9; ++i) {
    expected += i == 4 ? 0 : distortion_of(logits(i, 0), x(i, 0));
  }
  CHECK_THAT(before.first(0, 0), WithinRel(expected, 1e-14));
}

TEST_CASE("A sample with all values missing has no distortion", "[vae][bernoulli]") {
  const bv::Matrix<double> x = bv::Matrix<double>::Constant(3, 1, std::nan(""));
  const std::uint8_t mask[] = {0, 0, 0};
  CHECK(distortion<double>(normals(3, 1, 1), x, {mask})(0, 0) == 0);
}

TEST_CASE("An offset is added to every logit of its sample", "[vae][bernoulli]") {
  const bv::Matrix<double> x = uniforms(9, 2, 1);
  const bv::Matrix<double> logits = normals(9, 2, 2);
  const double offsets[] = {0.75, -1.5};
  bv::Matrix<double> shifted = logits;
  shifted.col(0).array() += 0.75;
  shifted.col(1).array() += -1.5;
  CHECK((distortion<double>(logits, x, {nullptr, nullptr, offsets}) == distortion<double>(shifted, x)));
}

TEST_CASE("Bernoulli's score is the derivative of the log-density", "[vae][bernoulli]") {
  const bv::Matrix<double> logits = 2 * normals(7, 3, 1);
  const bv::Matrix<double> x = uniforms(7, 3, 2);
  const bv::Matrix<double> score = bv::Bernoulli{}.score(logits, x);
  constexpr double h = 1e-3;
  for (int j = 0; j < 3; ++j) {
    for (int i = 0; i < 7; ++i) {
      const auto log_density = [&](double shift) { return -distortion_of(logits(i, j) + shift, x(i, j)); };
      const double numeric =
          (log_density(-2 * h) - 8 * log_density(-h) + 8 * log_density(h) - log_density(2 * h)) / (12 * h);
      CHECK_THAT(score(i, j), WithinAbs(numeric, 1e-10));
    }
  }
}

TEST_CASE("Bernoulli's Fisher information is the variance of the score", "[vae][bernoulli]") {
  bv::Matrix<double> logits(1, 7);
  logits << -40, -5, -0.5, 0, 1, 8, 40;
  const bv::Matrix<double> information = bv::Bernoulli{}.fisher_information(logits);
  for (int j = 0; j < logits.cols(); ++j) {
    const long double a = logits(0, j);
    const long double p = 1 / (1 + std::exp(-a));
    const long double q = 1 / (1 + std::exp(a));
    const long double variance = p * q * q + q * p * p;  // the score is q with probability p, else −p
    CHECK_THAT(information(0, j), WithinRel(static_cast<double>(variance), 1e-14));
  }
}

TEST_CASE("Bernoulli's point estimate is the probability of a one", "[vae][bernoulli]") {
  bv::Matrix<double> logits(1, 5);
  logits << -800, -2, 0, 3, 800;
  const bv::Matrix<double> mean = bv::Bernoulli{}.point_estimate(logits);
  CHECK(bv::Bernoulli::point_estimate_name == "mean");
  CHECK(mean(0, 0) == 0);
  CHECK_THAT(mean(0, 1), WithinRel(1 / (1 + std::exp(2.0)), 1e-15));
  CHECK(mean(0, 2) == 0.5);
  CHECK_THAT(mean(0, 3), WithinRel(1 / (1 + std::exp(-3.0)), 1e-15));
  CHECK(mean(0, 4) == 1);
}

TEMPLATE_TEST_CASE("Bernoulli's draws have the right frequencies", "[vae][bernoulli]", float, double) {
  constexpr int count = 20000;
  bv::Matrix<TestType> logits(5, count);
  logits.colwise() = Eigen::Matrix<TestType, 5, 1>{TestType(-3), TestType(-1), TestType(0), TestType(0.5), TestType(4)};
  const bv::Matrix<TestType> draws = bv::Bernoulli{}.sample(logits, bv::Random(1));
  CHECK((draws.array() == 0 || draws.array() == 1).all());
  double chi_squared = 0;
  for (int i = 0; i < 5; ++i) {
    const double p = 1 / (1 + std::exp(-static_cast<double>(logits(i, 0))));
    const double ones = static_cast<double>(draws.row(i).sum());
    chi_squared += (ones - count * p) * (ones - count * p) / (count * p * (1 - p));
  }
  CHECK(chi_squared < 15.1);  // 99 % for five degrees of freedom
}

TEST_CASE("Bernoulli's draws are sure where the logit is infinite, and depend on seed and sample alone",
          "[vae][bernoulli]") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const bv::Bernoulli likelihood;
  CHECK((likelihood.sample(bv::Matrix<double>::Constant(9, 9, infinity), bv::Random(1)).array() == 1).all());
  CHECK((likelihood.sample(bv::Matrix<double>::Constant(9, 9, -infinity), bv::Random(1)).array() == 0).all());
  const bv::Matrix<double> logits = normals(9, 7, 1);
  const bv::Matrix<double> all = likelihood.sample(logits, bv::Random(2), 10);
  const bv::Matrix<double> tail = logits.rightCols(3);
  CHECK((likelihood.sample(tail, bv::Random(2), 14) == all.rightCols(3)));
}

TEST_CASE("Bernoulli's floor is the least distortion that any logit reaches", "[vae][bernoulli]") {
  const bv::Bernoulli likelihood;
  for (const double x : {1e-6, 0.02, 0.25, 0.5, 0.875, 0.999}) {
    INFO("x " << x);
    const double best = std::log(x / (1 - x));
    CHECK_THAT(likelihood.floor(x), WithinAbs(distortion_of(best, x), 1e-14));
    for (double logit = -30; logit <= 30; logit += 0.125) {
      CHECK(distortion_of(logit, x) >= likelihood.floor(x) - 1e-14);
    }
  }
  CHECK(likelihood.floor(0) == 0);
  CHECK(likelihood.floor(1) == 0);
}

TEST_CASE("Bernoulli takes values in [0, 1] alone, and names feature and sample of any other", "[vae][bernoulli]") {
  const bv::Bernoulli likelihood;
  for (const double x : {0.0, -0.0, 0.5, 1.0}) {
    CHECK_NOTHROW(likelihood.check(x, 0, 0));
  }
  for (const double x : {-0.1, 1.1, std::nan(""), std::numeric_limits<double>::infinity()}) {
    const auto text = error_text<bv::DataError>([&] { likelihood.check(x, 3, 41); });
    CHECK(contains(text, "Bernoulli: feature 3 of sample 41: expected a value in [0, 1], got"));
  }
  CHECK(contains(error_text<bv::DataError>([&] { likelihood.check(1.5F, 0, 0); }), "got 1.5"));
}

TEST_CASE("Bernoulli refuses logits that do not match the data", "[vae][bernoulli]") {
  const bv::Matrix<double> logits = normals(4, 3, 1);
  CHECK(contains(error_text<bv::ArgumentError>([&] { (void)distortion<double>(logits, uniforms(5, 3, 1)); }),
                 "Bernoulli: expected as many rows of the decoder's output as features of the data, got 4 and 5"));
  CHECK(contains(error_text<bv::ArgumentError>([&] { (void)distortion<double>(logits, uniforms(4, 2, 1)); }),
                 "as many samples of the decoder's output as samples of the data, got 3 and 2"));
}
