// SPDX-License-Identifier: MIT
// Compares the gradient of any function of matrices with finite differences: for the tests here, and for operations of your own.
//
// A function f of several matrices with a result of any shape is made scalar by fixed random weights, L = Σ wᵢⱼ fᵢⱼ, so that no
// two errors cancel. Each ∂L/∂x is compared with the five-point difference
//
//     (L(x − 2h) − 8 L(x − h) + 8 L(x + h) − L(x + 2h)) / 12h,    h = 10⁻³ max(1, |x|)
//
// whose truncation error is of order h⁴ (10⁻¹²) and whose rounding error is of order ε/h (10⁻¹³ in double).
#pragma once

#include <betavae/autodiff/reduction.hpp>
#include <betavae/core/random.hpp>

#include <algorithm>
#include <cmath>
#include <tuple>

namespace betavae {

/// The largest disagreement that `gradient_check` found, and where. `error` is |analytic − numeric| / max(1, |numeric|).
struct GradientCheck {
  double error = 0;
  int input = -1;
  Index row = -1;
  Index column = -1;
  double analytic = 0;
  double numeric = 0;

  /// Enough for smooth functions of numbers around 1, in double.
  static constexpr double tolerance = 1e-8;
  [[nodiscard]] bool passed() const { return error <= tolerance; }
};

namespace detail {

template <class Scalar, Operand Y>
[[nodiscard]] auto weighted_total(Tape<Scalar>& tape, const Y& y) {
  const Random random(1, Stream::user);
  Scalar* const weights = tape.allocate(y.rows() * y.columns());
  for (Index i = 0; i < y.rows() * y.columns(); ++i) {
    weights[i] = Scalar(0.5) + random.uniform<Scalar>({0, 0, static_cast<std::uint64_t>(i)});
  }
  return sum(y * Constant<Scalar, Y::Rows>{tape, {weights, y.rows(), y.columns(), y.rows()}});
}

}  // namespace detail

/// `function(variables…)` takes one Variable for each matrix and returns one. The matrices keep their compile-time rows.
template <class Function, class... Matrices>
[[nodiscard]] GradientCheck gradient_check(const Function& function, const Matrices&... matrices) {
  using Scalar = typename std::tuple_element_t<0, std::tuple<Matrices...>>::Scalar;
  Tape<Scalar> tape;
  std::tuple<Eigen::Matrix<Scalar, Matrices::RowsAtCompileTime, dynamic>...> points{matrices...};
  std::tuple<Eigen::Matrix<Scalar, Matrices::RowsAtCompileTime, dynamic>...> gradients;

  const auto evaluate = [&](auto&& finish) {
    return std::apply(
        [&](const auto&... point) {
          tape.clear();
          std::tuple variables{[&] {
            auto variable = make_variable<std::remove_cvref_t<decltype(point)>::RowsAtCompileTime>(tape, point.rows(),
                                                                                                   point.cols());
            std::copy_n(point.data(), point.size(), variable.value_view().data);
            return variable;
          }()...};
          const auto total = detail::weighted_total(tape, std::apply(function, variables));
          finish(total, variables);
          return total.value()(0, 0);
        },
        points);
  };

  evaluate([&](const auto& total, const auto& variables) {
    reverse(total);
    std::apply(
        [&](auto&... gradient) {
          std::apply([&](const auto&... variable) { ((gradient = variable.adjoint()), ...); }, variables);
        },
        gradients);
  });

  GradientCheck worst;
  int input = 0;
  const auto check_one = [&](auto& point, const auto& gradient) {
    for (Index column = 0; column < point.cols(); ++column) {
      for (Index row = 0; row < point.rows(); ++row) {
        const Scalar original = point(row, column);
        const Scalar step = Scalar(1e-3) * std::max(Scalar(1), Scalar(std::abs(original)));
        const auto at = [&](int steps) {
          point(row, column) = original + Scalar(steps) * step;
          return evaluate([](const auto&...) {});
        };
        const Scalar numeric = (at(-2) - Scalar(8) * at(-1) + Scalar(8) * at(1) - at(2)) / (Scalar(12) * step);
        point(row, column) = original;
        const Scalar analytic = gradient(row, column);
        const auto error =
            static_cast<double>(std::abs(analytic - numeric) / std::max(Scalar(1), Scalar(std::abs(numeric))));
        if (!(error <= worst.error)) {  // also when NaN
          worst = {std::isnan(error) ? HUGE_VAL : error, input, row, column, static_cast<double>(analytic),
                   static_cast<double>(numeric)};
        }
      }
    }
    ++input;
  };
  std::apply(
      [&](auto&... point) {
        std::apply([&](const auto&... gradient) { (check_one(point, gradient), ...); }, gradients);
      },
      points);
  return worst;
}

}  // namespace betavae
