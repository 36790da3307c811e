// SPDX-License-Identifier: MIT
#include <betavae/autodiff/gradient_check.hpp>

#include "catch.hpp"
#include "gradients.hpp"

#include <algorithm>
#include <cmath>

namespace bv = betavae;
namespace test = bv::test;

namespace {

/// An operation as a user writes one: one function, one lambda. y = x³ for each number; `factor` is 3 where the derivative is right.
template <bv::Operand X>
auto cube(const X& x, double factor = 3) {
  auto y = bv::make_result<X::Rows>(x.rows(), x.columns(), x);
  for (bv::Index j = 0; j < x.columns(); ++j) {
    for (bv::Index i = 0; i < x.rows(); ++i) {
      const auto number = x.value_view().column(j)[i];
      y.value_view().column(j)[i] = number * number * number;
    }
  }
  bv::record("cube", y, [=] {
    if constexpr (bv::is_variable<X>) {
      x.adjoint().array() += factor * x.value().array().square() * y.adjoint().array();
    }
  });
  return y;
}

/// Softmax of each column, whose derivative is no matter of one number alone. `forget_coupling` leaves out half of it.
template <bv::Operand X>
auto softmax(const X& x, bool forget_coupling = false) {
  auto y = bv::make_result<X::Rows>(x.rows(), x.columns(), x);
  using Scalar = typename X::Scalar;
  Eigen::Map<bv::Matrix<Scalar>> value(y.value_view().data, y.rows(), y.columns());
  value = x.value().array().exp().matrix();
  for (bv::Index j = 0; j < y.columns(); ++j) {
    value.col(j) /= value.col(j).sum();
  }
  bv::record("softmax", y, [=] {
    if constexpr (bv::is_variable<X>) {
      for (bv::Index j = 0; j < y.columns(); ++j) {
        const auto p = y.value().col(j).array();
        const auto adjoint = y.adjoint().col(j).array();
        const Scalar mean = forget_coupling ? Scalar(0) : (p * adjoint).sum();
        x.adjoint().col(j).array() += p * (adjoint - mean);
      }
    }
  });
  return y;
}

}  // namespace

TEST_CASE("A user's operation of one function and one lambda passes at every size", "[autodiff][gradient_check]") {
  for (const bv::Index rows : test::interesting_sizes) {
    for (const bv::Index columns : {0, 1, 5}) {
      CAPTURE(rows, columns);
      test::require_pass(bv::gradient_check([](const auto& x) { return cube(x); }, test::matrix(rows, columns, 1)));
      test::require_pass(bv::gradient_check([](const auto& x) { return softmax(x); }, test::matrix(rows, columns, 1)));
    }
  }
}

TEST_CASE("A wrong derivative does not pass, and is located", "[autodiff][gradient_check]") {
  const Eigen::MatrixXd x = test::matrix_away_from_zero(3, 4, 1);
  const auto check = bv::gradient_check([](const auto& v) { return cube(v, 2.0); }, x);
  CHECK_FALSE(check.passed());
  CHECK(check.input == 0);
  REQUIRE(check.row >= 0);
  REQUIRE(check.column >= 0);
  CHECK_THAT(check.analytic / check.numeric, Catch::Matchers::WithinRel(2.0 / 3.0, 1e-9));
  // Even a derivative that is wrong by a part in a million.
  CHECK_FALSE(bv::gradient_check([](const auto& v) { return cube(v, 3 + 3e-6); }, x).passed());
}

TEST_CASE("A derivative that forgets how numbers depend on each other does not pass", "[autodiff][gradient_check]") {
  CHECK_FALSE(bv::gradient_check([](const auto& x) { return softmax(x, true); }, test::matrix(3, 2, 1)).passed());
}

TEST_CASE("A gradient that flows into the wrong operand does not pass", "[autodiff][gradient_check]") {
  const auto swapped = [](const auto& a, const auto& b) {
    return bv::binary(
        "swapped", a, b, [](double u, double v) { return u * v; }, [](double u, double) { return u; },
        [](double, double v) { return v; });
  };
  CHECK_FALSE(bv::gradient_check(swapped, test::matrix(2, 3, 1), test::matrix(2, 3, 2)).passed());
}

TEST_CASE("A gradient that replaces what other operations added does not pass", "[autodiff][gradient_check]") {
  const auto overwrites = [](const auto& x) {
    auto y = bv::make_result<bv::dynamic>(x.rows(), x.columns(), x);
    std::copy_n(x.value_view().data, x.rows() * x.columns(), y.value_view().data);
    bv::record("copy", y, [=] {
      const auto into = x.adjoint_view();
      std::copy_n(y.adjoint_view().data, x.rows() * x.columns(), into.data);
    });
    return y;
  };
  const Eigen::MatrixXd x = test::matrix(3, 2, 1);
  CHECK(bv::gradient_check([&](const auto& v) { return overwrites(v); }, x).passed());  // alone nobody sees it
  // The callbacks run backwards: what `exp` added is there before `copy` writes over it.
  const auto first = bv::gradient_check([&](const auto& v) { return overwrites(v) + exp(v); }, x);
  const auto last = bv::gradient_check([&](const auto& v) { return exp(v) + overwrites(v); }, x);
  CHECK((!first.passed() || !last.passed()));
}

TEST_CASE("A forgotten gradient does not pass, and the input is named", "[autodiff][gradient_check]") {
  const auto forgets_second = [](const auto& a, const auto& b) { return a * bv::constant(b.tape(), b.value()); };
  const auto check = bv::gradient_check(forgets_second, test::matrix_away_from_zero(2, 2, 1), test::matrix(2, 2, 2));
  CHECK_FALSE(check.passed());
  CHECK(check.input == 1);
  CHECK(check.analytic == 0);
}

TEST_CASE("A gradient that is not finite does not pass", "[autodiff][gradient_check]") {
  const auto root = [](const auto& x) {
    return bv::unary(
        "root", x, [](double v) { return std::sqrt(v); }, [](double v, double) { return 0.5 / std::sqrt(v); });
  };
  CHECK(bv::gradient_check(root, Eigen::MatrixXd::Constant(1, 1, 2.0).eval()).passed());
  const auto check = bv::gradient_check(root, Eigen::MatrixXd::Zero(1, 1).eval());
  CHECK_FALSE(check.passed());
  CHECK(std::isinf(check.error));
}

TEST_CASE("Errors of opposite sign do not cancel", "[autodiff][gradient_check]") {
  // The sum of a row of (x, −x) is 0 whatever x; with weights it is not.
  const auto opposite = [](const auto& x) {
    return bv::unary(
        "wrong", x, [](double v) { return v; }, [](double v, double) { return v > 0 ? 1.5 : 0.5; });
  };
  Eigen::MatrixXd x(2, 1);
  x << 0.5, -0.5;
  CHECK_FALSE(bv::gradient_check(opposite, x).passed());
}

TEST_CASE("Matrices keep their compile-time rows, and may be expressions", "[autodiff][gradient_check]") {
  const auto wants_three = [](const auto& x) {
    static_assert(std::remove_cvref_t<decltype(x)>::Rows == 3);
    return square(x);
  };
  test::require_pass(bv::gradient_check(wants_three, test::matrix<double, 3>(3, 4, 1)));
  test::require_pass(bv::gradient_check([](const auto& x) { return square(x); }, test::matrix(2, 2, 1) * 2));
}

TEST_CASE("long double is checked too, more closely", "[autodiff][gradient_check]") {
  const auto check = bv::gradient_check([](const auto& x) { return exp(x); }, test::matrix<long double>(3, 2, 1));
  CHECK(check.error < 1e-11);
}
