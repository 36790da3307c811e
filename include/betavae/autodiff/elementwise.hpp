// SPDX-License-Identifier: MIT
// Operations on each number for itself: arithmetic between equal shapes or with one number, exp, log, square, abs, maximum, activations.
//
// y = f(x) elementwise has x̄ += f′ · ȳ. One function of your own is `unary(name, x, f, derivative)`; two operands, `binary`.
#pragma once

#include <betavae/autodiff/variable.hpp>
#include <betavae/kernels/activation.hpp>

#include <cmath>

namespace betavae {

namespace detail {

template <class Left, class Right>
inline constexpr int common_rows = Left::Rows != dynamic ? Left::Rows : Right::Rows;

/// Calls f(row, column) for each number, column by column.
template <class Function>
void for_each(Index rows, Index columns, const Function& function) {
  for (Index column = 0; column < columns; ++column) {
    for (Index row = 0; row < rows; ++row) {
      function(row, column);
    }
  }
}

/// A function of each number on the tape; one copy of its code serves matrices of all numbers of rows.
template <class Scalar, class Function, class Derivative>
struct UnaryOperation {
  Function function;
  Derivative derivative;
  MatrixView<Scalar> x, y, x_adjoint, y_adjoint;

  void forward() const {
    for_each(x.rows, x.columns, [this](Index i, Index j) { y.column(j)[i] = function(x.column(j)[i]); });
  }
  /// The reverse pass.
  void operator()() const {
    for_each(x.rows, x.columns, [this](Index i, Index j) {
      x_adjoint.column(j)[i] += y_adjoint.column(j)[i] * derivative(x.column(j)[i], y.column(j)[i]);
    });
  }
};

template <class Scalar>
struct AffineFunction {
  Scalar factor;
  Scalar shift;
  Scalar operator()(Scalar x) const { return factor * x + shift; }
};

template <class Scalar>
struct ConstantDerivative {
  Scalar value;
  Scalar operator()(Scalar /*x*/, Scalar /*y*/) const { return value; }
};

}  // namespace detail

/// y = f(x), where `derivative(x, y)` is dy/dx.
template <Operand X, class Function, class Derivative>
[[nodiscard]] ResultOf<typename X::Scalar, X::Rows, X> unary(std::string_view operation, const X& x,
                                                             const Function& function, const Derivative& derivative) {
  const auto y = make_result<X::Rows>(x.rows(), x.columns(), x);
  detail::UnaryOperation<typename X::Scalar, Function, Derivative> work{
      function, derivative, x.value_view(), y.value_view(), detail::adjoint_or_none(x), detail::adjoint_or_none(y)};
  work.forward();
  record(operation, y, work);
  return y;
}

/// y = f(a, b) for equal shapes, where `a_derivative(a, b)` is ∂y/∂a and `b_derivative(a, b)` is ∂y/∂b. Sizes that are part of
/// both types clash while compiling; errors otherwise: ArgumentError.
template <Operand A, Operand B, class Function, class ADerivative, class BDerivative>
[[nodiscard]] ResultOf<typename A::Scalar, detail::common_rows<A, B>, A, B> binary(std::string_view operation,
                                                                                   const A& a, const B& b,
                                                                                   const Function& function,
                                                                                   const ADerivative& a_derivative,
                                                                                   const BDerivative& b_derivative) {
  static_assert(A::Rows == B::Rows || A::Rows == dynamic || B::Rows == dynamic,
                "betavae: both operands of an elementwise operation must have the same number of rows");
  require_same_size(operation, "rows on the left", a.rows(), "rows on the right", b.rows());
  require_same_size(operation, "columns on the left", a.columns(), "columns on the right", b.columns());
  auto y = make_result<detail::common_rows<A, B>>(a.rows(), a.columns(), a, b);
  const auto left = a.value_view();
  const auto right = b.value_view();
  const auto to = y.value_view();
  detail::for_each(y.rows(), y.columns(),
                   [=](Index i, Index j) { to.column(j)[i] = function(left.column(j)[i], right.column(j)[i]); });
  record(operation, y, [=] {
    const auto left_value = a.value_view();
    const auto right_value = b.value_view();
    if constexpr (is_variable<A>) {
      detail::for_each(a.rows(), a.columns(), [&](Index i, Index j) {
        a.adjoint_view().column(j)[i] +=
            y.adjoint_view().column(j)[i] * a_derivative(left_value.column(j)[i], right_value.column(j)[i]);
      });
    }
    if constexpr (is_variable<B>) {
      detail::for_each(b.rows(), b.columns(), [&](Index i, Index j) {
        b.adjoint_view().column(j)[i] +=
            y.adjoint_view().column(j)[i] * b_derivative(left_value.column(j)[i], right_value.column(j)[i]);
      });
    }
  });
  return y;
}

template <Operand A, Operand B>
[[nodiscard]] auto operator+(const A& a, const B& b) {
  using Scalar = typename A::Scalar;
  constexpr auto one = [](Scalar, Scalar) { return Scalar(1); };
  return binary(
      "add", a, b, [](Scalar u, Scalar v) { return Scalar(u + v); }, one, one);
}

template <Operand A, Operand B>
[[nodiscard]] auto operator-(const A& a, const B& b) {
  using Scalar = typename A::Scalar;
  return binary(
      "subtract", a, b, [](Scalar u, Scalar v) { return Scalar(u - v); }, [](Scalar, Scalar) { return Scalar(1); },
      [](Scalar, Scalar) { return Scalar(-1); });
}

/// The product number by number (for the product of matrices see `dense`).
template <Operand A, Operand B>
[[nodiscard]] auto operator*(const A& a, const B& b) {
  using Scalar = typename A::Scalar;
  return binary(
      "multiply", a, b, [](Scalar u, Scalar v) { return Scalar(u * v); }, [](Scalar, Scalar v) { return v; },
      [](Scalar u, Scalar) { return u; });
}

template <Operand A, Operand B>
[[nodiscard]] auto operator/(const A& a, const B& b) {
  using Scalar = typename A::Scalar;
  return binary(
      "divide", a, b, [](Scalar u, Scalar v) { return Scalar(u / v); }, [](Scalar, Scalar v) { return Scalar(1) / v; },
      [](Scalar u, Scalar v) { return Scalar(-u / (v * v)); });
}

/// factor · x + shift
template <Operand X>
[[nodiscard]] auto affine(const X& x, typename X::Scalar factor, typename X::Scalar shift) {
  using Scalar = typename X::Scalar;
  return unary("affine", x, detail::AffineFunction<Scalar>{factor, shift}, detail::ConstantDerivative<Scalar>{factor});
}

template <Operand X>
[[nodiscard]] auto operator+(const X& x, typename X::Scalar shift) {
  return affine(x, typename X::Scalar(1), shift);
}
template <Operand X>
[[nodiscard]] auto operator-(const X& x, typename X::Scalar shift) {
  return affine(x, typename X::Scalar(1), -shift);
}
template <Operand X>
[[nodiscard]] auto operator*(typename X::Scalar factor, const X& x) {
  return affine(x, factor, typename X::Scalar(0));
}
template <Operand X>
[[nodiscard]] auto operator+(typename X::Scalar shift, const X& x) {
  return affine(x, typename X::Scalar(1), shift);
}
template <Operand X>
[[nodiscard]] auto operator-(typename X::Scalar shift, const X& x) {
  return affine(x, typename X::Scalar(-1), shift);
}
template <Operand X>
[[nodiscard]] auto operator*(const X& x, typename X::Scalar factor) {
  return affine(x, factor, typename X::Scalar(0));
}
template <Operand X>
[[nodiscard]] auto operator/(const X& x, typename X::Scalar divisor) {
  return affine(x, typename X::Scalar(1) / divisor, typename X::Scalar(0));
}
template <Operand X>
[[nodiscard]] auto operator/(typename X::Scalar dividend, const X& x) {
  using Scalar = typename X::Scalar;
  return unary(
      "divide", x, [=](Scalar v) { return Scalar(dividend / v); }, [](Scalar v, Scalar y) { return Scalar(-y / v); });
}
template <Operand X>
[[nodiscard]] auto operator-(const X& x) {
  return affine(x, typename X::Scalar(-1), typename X::Scalar(0));
}

template <Operand X>
[[nodiscard]] auto exp(const X& x) {
  using Scalar = typename X::Scalar;
  return unary(
      "exp", x,
      [](Scalar v) {
        using std::exp;
        return Scalar(exp(v));
      },
      [](Scalar, Scalar y) { return y; });
}

template <Operand X>
[[nodiscard]] auto log(const X& x) {
  using Scalar = typename X::Scalar;
  return unary(
      "log", x,
      [](Scalar v) {
        using std::log;
        return Scalar(log(v));
      },
      [](Scalar v, Scalar) { return Scalar(1) / v; });
}

template <Operand X>
[[nodiscard]] auto square(const X& x) {
  using Scalar = typename X::Scalar;
  return unary(
      "square", x, [](Scalar v) { return Scalar(v * v); }, [](Scalar v, Scalar) { return Scalar(2) * v; });
}

/// |x|, whose derivative at 0 is taken as 0.
template <Operand X>
[[nodiscard]] auto abs(const X& x) {
  using Scalar = typename X::Scalar;
  return unary(
      "abs", x,
      [](Scalar v) {
        using std::abs;
        return Scalar(abs(v));
      },
      [](Scalar v, Scalar) { return v > Scalar(0)   ? Scalar(1)
                                    : v < Scalar(0) ? Scalar(-1)
                                                    : Scalar(0); });
}

/// max(x, bound), whose derivative at the bound is taken as 0. NaN stays NaN.
template <Operand X>
[[nodiscard]] auto maximum(const X& x, typename X::Scalar bound) {
  using Scalar = typename X::Scalar;
  return unary(
      "maximum", x, [=](Scalar v) { return v < bound ? bound : v; },
      [=](Scalar v, Scalar) { return v > bound ? Scalar(1) : Scalar(0); });
}

/// An activation alone; after a dense layer, hand it to `dense`, which applies it while the numbers are in the cache.
template <Operand X>
[[nodiscard]] auto activate(Activation activation, const X& x) {
  using Scalar = typename X::Scalar;
  return unary(
      name(activation), x, [=](Scalar v) { return kernels::activate(activation, v); },
      [=](Scalar v, Scalar y) {
        return kernels::activation_derivative(activation, derivative_needs_input(activation) ? v : y);
      });
}

}  // namespace betavae
