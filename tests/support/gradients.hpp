// SPDX-License-Identifier: MIT
// Gradient checks of operations: with each combination of variables and constants, and in scalars other than double.
#pragma once

#include <betavae/autodiff/gradient_check.hpp>

#include "catch.hpp"
#include "numbers.hpp"

#include <tuple>
#include <vector>

namespace betavae::test {

using betavae::Index;
using betavae::Matrix;

/// Sizes around the widths of a vector, and those that are easily forgotten.
inline constexpr Index interesting_sizes[] = {0, 1, 2, 3, 7, 8, 9, 15, 16, 17};

/// Numbers in (−1, 1], the same in every run; `Rows` may be part of the type.
template <class Scalar = double, int Rows = betavae::dynamic>
Eigen::Matrix<Scalar, Rows, Eigen::Dynamic> matrix(Index rows, Index columns, std::uint64_t sequence) {
  Eigen::Matrix<Scalar, Rows, Eigen::Dynamic> result(rows, columns);
  for (Index column = 0; column < columns; ++column) {
    for (Index row = 0; row < rows; ++row) {
      result(row, column) = number<Scalar>(sequence, column * rows + row);
    }
  }
  return result;
}

/// The same, at least `distance` away from 0: for functions with a kink or a pole there.
inline Matrix<double> matrix_away_from_zero(Index rows, Index columns, std::uint64_t sequence, double distance = 0.1) {
  return matrix(rows, columns, sequence).unaryExpr([=](double x) { return x < 0 ? x - distance : x + distance; });
}

inline void require_pass(const betavae::GradientCheck& check) {
  CAPTURE(check.input, check.row, check.column, check.analytic, check.numeric);
  CHECK(check.error <= betavae::GradientCheck::tolerance);
}

/// f(a, b) in both operands, and in each while the other is a constant.
template <class Function, class A, class B>
void check_in_every_operand(const Function& f, const A& a, const B& b) {
  using betavae::constant;
  require_pass(betavae::gradient_check(f, a, b));
  require_pass(betavae::gradient_check([&](const auto& u) { return f(u, constant(u.tape(), b)); }, a));
  require_pass(betavae::gradient_check([&](const auto& v) { return f(constant(v.tape(), a), v); }, b));
}

/// The gradient of Σ f² in every number of every matrix, computed in Scalar.
template <class Scalar, class Function, class... Matrices>
std::vector<Matrix<double>> gradients(const Function& f, const Matrices&... matrices) {
  betavae::Tape<Scalar> tape;
  std::tuple variables{[&] {
    auto variable = betavae::make_variable(tape, matrices.rows(), matrices.cols());
    for (Index i = 0; i < matrices.size(); ++i) {
      variable.value_view().data[i] = static_cast<Scalar>(matrices.data()[i]);
    }
    return variable;
  }()...};
  betavae::reverse(betavae::sum(betavae::square(std::apply(f, variables))));
  return std::apply(
      [](const auto&... variable) {
        return std::vector<Matrix<double>>{Matrix<double>(variable.adjoint().template cast<double>())...};
      },
      variables);
}

/// That the gradients in float and long double are those in double, each to its precision.
template <class Function, class... Matrices>
void check_other_scalars(const Function& f, const Matrices&... matrices) {
  const auto in_double = gradients<double>(f, matrices...);
  const auto in_float = gradients<float>(f, matrices...);
  const auto in_long_double = gradients<long double>(f, matrices...);
  for (std::size_t i = 0; i < in_double.size(); ++i) {
    const double norm = in_double[i].norm();
    CAPTURE(i, norm);
    CHECK((in_float[i] - in_double[i]).norm() <= 1e-5 * norm);
    CHECK((in_long_double[i] - in_double[i]).norm() <= 1e-13 * norm);
  }
}

}  // namespace betavae::test
