// SPDX-License-Identifier: MIT
#include <betavae/autodiff/elementwise.hpp>
#include <betavae/autodiff/gradient_check.hpp>
#include <betavae/autodiff/shape.hpp>

#include "catch.hpp"
#include "error_text.hpp"
#include "gradients.hpp"

#include <algorithm>
#include <cmath>

namespace bv = betavae;
namespace test = bv::test;
using bv::Activation;
using bv::Index;

namespace {

constexpr Activation all_activations[] = {Activation::identity, Activation::relu,    Activation::leaky_relu,
                                          Activation::elu,      Activation::silu,    Activation::tanh,
                                          Activation::sigmoid,  Activation::softplus};

}  // namespace

TEST_CASE("Arithmetic has the right values", "[autodiff][elementwise]") {
  bv::Tape<double> tape;
  const Eigen::MatrixXd a_matrix = test::matrix(3, 4, 1);
  const Eigen::MatrixXd b_matrix = test::matrix_away_from_zero(3, 4, 2);
  const auto a = bv::constant(tape, a_matrix);
  const auto b = bv::constant(tape, b_matrix);
  CHECK((a + b).value() == a_matrix + b_matrix);
  CHECK((a - b).value() == a_matrix - b_matrix);
  CHECK((a * b).value() == a_matrix.cwiseProduct(b_matrix));
  CHECK((a / b).value() == a_matrix.cwiseQuotient(b_matrix));
  CHECK((-a).value() == -a_matrix);
  CHECK((2.0 * a).value() == 2.0 * a_matrix);
  CHECK((a + 0.5).value() == (a_matrix.array() + 0.5).matrix());
  CHECK((a - 0.5).value() == (a_matrix.array() - 0.5).matrix());
  CHECK(affine(a, 3.0, 0.0).value() == 3.0 * a_matrix);
  CHECK(square(a).value() == a_matrix.cwiseAbs2());
  CHECK(abs(a).value() == a_matrix.cwiseAbs());
  CHECK(maximum(a, 0.25).value() == a_matrix.cwiseMax(0.25));
}

TEST_CASE("Operations of two operands pass the gradient check at every size, in every operand",
          "[autodiff][elementwise]") {
  for (const Index rows : test::interesting_sizes) {
    for (const Index columns : {0, 1, 3}) {
      CAPTURE(rows, columns);
      const auto a = test::matrix(rows, columns, 1);
      const auto b = test::matrix_away_from_zero(rows, columns, 2, 0.5);
      test::check_in_every_operand([](const auto& u, const auto& v) { return u + v; }, a, b);
      test::check_in_every_operand([](const auto& u, const auto& v) { return u - v; }, a, b);
      test::check_in_every_operand([](const auto& u, const auto& v) { return u * v; }, a, b);
      test::check_in_every_operand([](const auto& u, const auto& v) { return u / v; }, a, b);
    }
  }
}

TEST_CASE("Operations of one operand pass the gradient check at every size", "[autodiff][elementwise]") {
  for (const Index rows : test::interesting_sizes) {
    for (const Index columns : {0, 1, 3}) {
      CAPTURE(rows, columns);
      const auto x = test::matrix(rows, columns, 1);
      const bv::Matrix<double> positive = x.array().abs() + 0.5;
      test::require_pass(bv::gradient_check([](const auto& v) { return affine(v, -1.5, 0.25); }, x));
      test::require_pass(bv::gradient_check([](const auto& v) { return v + 2.0; }, x));
      test::require_pass(bv::gradient_check([](const auto& v) { return v - 2.0; }, x));
      test::require_pass(bv::gradient_check([](const auto& v) { return 3.0 * v; }, x));
      test::require_pass(bv::gradient_check([](const auto& v) { return -v; }, x));
      test::require_pass(bv::gradient_check([](const auto& v) { return exp(v); }, x));
      test::require_pass(bv::gradient_check([](const auto& v) { return square(v); }, x));
      test::require_pass(bv::gradient_check([](const auto& v) { return log(v); }, positive));
      test::require_pass(bv::gradient_check([](const auto& v) { return abs(v); }, positive));
      test::require_pass(bv::gradient_check([](const auto& v) { return abs(-v); }, positive));
      test::require_pass(bv::gradient_check([](const auto& v) { return maximum(square(v), 0.75); }, positive));
    }
  }
}

TEST_CASE("A maximum passes the adjoint on above its bound alone, and NaN is not hidden", "[autodiff][elementwise]") {
  bv::Tape<double> tape;
  const auto x = bv::make_variable(tape, 4, 1);
  const double numbers[] = {-1, 2, 3, std::nan("")};
  std::copy_n(numbers, 4, x.value_view().data);
  const auto y = maximum(x, 2.0);
  CHECK(y.value()(0, 0) == 2);
  CHECK(y.value()(1, 0) == 2);
  CHECK(y.value()(2, 0) == 3);
  CHECK(std::isnan(y.value()(3, 0)));
  bv::reverse(sum(bv::rows(y, 0, 3)));
  CHECK(x.adjoint()(0, 0) == 0);
  CHECK(x.adjoint()(1, 0) == 0);
  CHECK(x.adjoint()(2, 0) == 1);
}

TEST_CASE("Every activation passes the gradient check at every size", "[autodiff][elementwise]") {
  for (const Activation activation : all_activations) {
    for (const Index rows : test::interesting_sizes) {
      CAPTURE(bv::name(activation), rows);
      const bv::Matrix<double> x = 3 * test::matrix_away_from_zero(rows, 2, 1);
      test::require_pass(bv::gradient_check([=](const auto& v) { return bv::activate(activation, v); }, x));
    }
  }
}

TEST_CASE("Fixed rows pass as dynamic ones do, and may be mixed with them", "[autodiff][elementwise]") {
  const auto fixed = test::matrix<double, 3>(3, 5, 1);
  const auto dynamic = test::matrix(3, 5, 2);
  const auto product = [](const auto& u, const auto& v) { return u * v; };
  test::check_in_every_operand(product, fixed, fixed);
  test::check_in_every_operand(product, fixed, dynamic);
  test::check_in_every_operand(product, dynamic, fixed);
  const auto row = test::matrix<double, 1>(1, 5, 3);
  test::check_in_every_operand(product, row, test::matrix(1, 5, 4));
}

TEST_CASE("A variable may be used as often as one likes", "[autodiff][elementwise]") {
  const auto x = test::matrix_away_from_zero(7, 3, 1);
  test::require_pass(bv::gradient_check([](const auto& v) { return v + v; }, x));
  test::require_pass(bv::gradient_check([](const auto& v) { return v * v * v; }, x));
  test::require_pass(bv::gradient_check([](const auto& v) { return v / v; }, x));
  test::require_pass(bv::gradient_check([](const auto& v) { return exp(v) * v - square(v); }, x));
}

TEST_CASE("Slices are operands like others", "[autodiff][elementwise]") {
  const auto x = test::matrix_away_from_zero(9, 4, 1);
  const auto upper_times_lower = [](const auto& v) { return bv::rows(v, 0, 4) * exp(bv::rows(v, 5, 4)); };
  test::require_pass(bv::gradient_check(upper_times_lower, x));
  const auto overlapping = [](const auto& v) { return bv::rows<6>(v, 0) / bv::rows(v, 3, 6); };
  test::require_pass(bv::gradient_check(overlapping, test::matrix_away_from_zero(9, 4, 1, 0.5)));
  test::check_in_every_operand([](const auto& u, const auto& v) { return bv::rows(u, 2, 3) - bv::rows(v, 6, 3); }, x,
                               x);
}

TEST_CASE("A composition has the same gradient in float, double and long double", "[autodiff][elementwise]") {
  const auto f = [](const auto& a, const auto& b) {
    return bv::activate(Activation::silu, a * b) + exp(-square(a)) / (square(b) + 1);
  };
  test::check_other_scalars(f, test::matrix(9, 5, 1), test::matrix(9, 5, 2));
  for (const Activation activation : all_activations) {
    test::check_other_scalars([=](const auto& v) { return bv::activate(activation, v); }, test::matrix(17, 2, 1));
  }
}

TEST_CASE("An operation of one's own needs its function and its derivatives", "[autodiff][elementwise]") {
  const auto power = [](const auto& a, const auto& b) {
    return bv::binary(
        "power", a, b, [](double u, double v) { return std::pow(u, v); },
        [](double u, double v) { return v * std::pow(u, v - 1); },
        [](double u, double v) { return std::pow(u, v) * std::log(u); });
  };
  const bv::Matrix<double> base = test::matrix(4, 3, 1).array().abs() + 0.5;
  test::check_in_every_operand(power, base, test::matrix(4, 3, 2));
}

TEST_CASE("Different shapes are an error that names operation, things and sizes", "[autodiff][elementwise]") {
  bv::Tape<double> tape;
  const auto a = bv::make_variable(tape, 3, 4);
  const auto b = bv::make_variable(tape, 2, 4);
  const auto c = bv::make_variable(tape, 3, 5);
  CHECK(test::error_text<bv::ArgumentError>([&] { std::ignore = a + b; }) ==
        "add: expected as many rows on the left as rows on the right, got 3 and 2");
  CHECK(test::error_text<bv::ArgumentError>([&] { std::ignore = a * c; }) ==
        "multiply: expected as many columns on the left as columns on the right, got 4 and 5");
  CHECK_THROWS_AS(a - b, bv::ArgumentError);
  CHECK_THROWS_AS(a / c, bv::ArgumentError);
}

TEST_CASE("Arithmetic with one number on either side has the right value and gradient", "[autodiff][elementwise]") {
  const bv::Matrix<double> x = test::matrix(5, 3, 1).array().abs() + 0.5;
  const auto all = [](const auto& v) {
    return (2.0 + v) * 3.0 - (1.0 - v) / 4.0 + 0.5 / v + (v - 1.0) * (v + 2.0) - 0.25 * v + (-v);
  };
  CHECK(bv::gradient_check(all, x).passed());
  bv::Tape<double> tape;
  const auto y = all(bv::constant(tape, x));
  const bv::Matrix<double> expected = ((x.array() + 2) * 3 - (1 - x.array()) / 4 + 0.5 / x.array() +
                                       (x.array() - 1) * (x.array() + 2) - 0.25 * x.array() - x.array())
                                          .matrix();
  CHECK(y.value().isApprox(expected, 1e-14));
}
