// SPDX-License-Identifier: MIT
// Operations on each number for itself: arithmetic between equal shapes or with one number, exp, log, square, abs, maximum, activations.
//
// y = f(x) elementwise has x̄ += f′ · ȳ. One function of your own is `unary(name, x, f, derivative)`; two operands, `binary`.
#pragma once

#include <betavae/autodiff/erased.hpp>
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

/// A function of each number on the tape.
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

template <class Scalar, class Function, class Derivative>
Erased<Scalar> erased_unary(std::string_view operation, const Erased<Scalar>& x, const Function& function,
                            const Derivative& derivative) {
  const Erased<Scalar> y = make_erased(*x.tape, x.value.rows, x.value.columns, x.is_variable());
  const UnaryOperation<Scalar, Function, Derivative> work{function, derivative, x.value, y.value, x.adjoint, y.adjoint};
  work.forward();
  record_erased(operation, y, work);
  return y;
}

/// A function of the numbers of two matrices on the tape. An adjoint without data belongs to a constant.
template <class Scalar, class ADerivative, class BDerivative>
struct BinaryOperation {
  ADerivative a_derivative;
  BDerivative b_derivative;
  MatrixView<Scalar> a, b, a_adjoint, b_adjoint, y_adjoint;

  /// The reverse pass.
  void operator()() const {
    if (a_adjoint.data != nullptr) {
      for_each(a.rows, a.columns, [this](Index i, Index j) {
        a_adjoint.column(j)[i] += y_adjoint.column(j)[i] * a_derivative(a.column(j)[i], b.column(j)[i]);
      });
    }
    if (b_adjoint.data != nullptr) {
      for_each(b.rows, b.columns, [this](Index i, Index j) {
        b_adjoint.column(j)[i] += y_adjoint.column(j)[i] * b_derivative(a.column(j)[i], b.column(j)[i]);
      });
    }
  }
};

/// Errors: ArgumentError for operands of different shapes.
template <class Scalar, class Function, class ADerivative, class BDerivative>
Erased<Scalar> erased_binary(std::string_view operation, const Erased<Scalar>& a, const Erased<Scalar>& b,
                             const Function& function, const ADerivative& a_derivative,
                             const BDerivative& b_derivative) {
  require_same_size(operation, "rows on the left", a.value.rows, "rows on the right", b.value.rows);
  require_same_size(operation, "columns on the left", a.value.columns, "columns on the right", b.value.columns);
  const Erased<Scalar> y = make_erased(*a.tape, a.value.rows, a.value.columns, a.is_variable() || b.is_variable());
  for_each(a.value.rows, a.value.columns,
           [&](Index i, Index j) { y.value.column(j)[i] = function(a.value.column(j)[i], b.value.column(j)[i]); });
  record_erased(operation, y,
                BinaryOperation<Scalar, ADerivative, BDerivative>{a_derivative, b_derivative, a.value, b.value,
                                                                  a.adjoint, b.adjoint, y.adjoint});
  return y;
}

template <class Scalar>
struct AffineFunction {
  Scalar factor;
  Scalar shift;
  Scalar operator()(Scalar x) const { return factor * x + shift; }
};

/// The derivative of a function of one number that is linear in it.
template <class Scalar>
struct ConstantDerivative {
  Scalar value;
  Scalar operator()(Scalar /*x*/, Scalar /*y*/) const { return value; }
};

template <class Scalar>
Erased<Scalar> erased_affine(const Erased<Scalar>& x, Scalar factor, Scalar shift) {
  return erased_unary("affine", x, AffineFunction<Scalar>{factor, shift}, ConstantDerivative<Scalar>{factor});
}

template <class Scalar>
Erased<Scalar> erased_add(const Erased<Scalar>& a, const Erased<Scalar>& b) {
  constexpr auto one = [](Scalar, Scalar) { return Scalar(1); };
  return erased_binary(
      "add", a, b, [](Scalar u, Scalar v) { return Scalar(u + v); }, one, one);
}

template <class Scalar>
Erased<Scalar> erased_subtract(const Erased<Scalar>& a, const Erased<Scalar>& b) {
  return erased_binary(
      "subtract", a, b, [](Scalar u, Scalar v) { return Scalar(u - v); }, [](Scalar, Scalar) { return Scalar(1); },
      [](Scalar, Scalar) { return Scalar(-1); });
}

template <class Scalar>
Erased<Scalar> erased_multiply(const Erased<Scalar>& a, const Erased<Scalar>& b) {
  return erased_binary(
      "multiply", a, b, [](Scalar u, Scalar v) { return Scalar(u * v); }, [](Scalar, Scalar v) { return v; },
      [](Scalar u, Scalar) { return u; });
}

template <class Scalar>
Erased<Scalar> erased_divide(const Erased<Scalar>& a, const Erased<Scalar>& b) {
  return erased_binary(
      "divide", a, b, [](Scalar u, Scalar v) { return Scalar(u / v); }, [](Scalar, Scalar v) { return Scalar(1) / v; },
      [](Scalar u, Scalar v) { return Scalar(-u / (v * v)); });
}

template <class Scalar>
Erased<Scalar> erased_exp(const Erased<Scalar>& x) {
  return erased_unary(
      "exp", x,
      [](Scalar v) {
        using std::exp;
        return Scalar(exp(v));
      },
      [](Scalar, Scalar y) { return y; });
}

template <class Scalar>
Erased<Scalar> erased_log(const Erased<Scalar>& x) {
  return erased_unary(
      "log", x,
      [](Scalar v) {
        using std::log;
        return Scalar(log(v));
      },
      [](Scalar v, Scalar) { return Scalar(1) / v; });
}

template <class Scalar>
Erased<Scalar> erased_square(const Erased<Scalar>& x) {
  return erased_unary(
      "square", x, [](Scalar v) { return Scalar(v * v); }, [](Scalar v, Scalar) { return Scalar(2) * v; });
}

template <class Scalar>
Erased<Scalar> erased_abs(const Erased<Scalar>& x) {
  return erased_unary(
      "abs", x,
      [](Scalar v) {
        using std::abs;
        return Scalar(abs(v));
      },
      [](Scalar v, Scalar) { return v > Scalar(0)   ? Scalar(1)
                                    : v < Scalar(0) ? Scalar(-1)
                                                    : Scalar(0); });
}

template <class Scalar>
Erased<Scalar> erased_maximum(const Erased<Scalar>& x, Scalar bound) {
  return erased_unary(
      "maximum", x, [=](Scalar v) { return v < bound ? bound : v; },
      [=](Scalar v, Scalar) { return v > bound ? Scalar(1) : Scalar(0); });
}

template <class Scalar>
Erased<Scalar> erased_activate(Activation activation, const Erased<Scalar>& x) {
  return erased_unary(
      name(activation), x, [=](Scalar v) { return kernels::activate(activation, v); },
      [=](Scalar v, Scalar y) {
        return kernels::activation_derivative(activation, derivative_needs_input(activation) ? v : y);
      });
}

/// The type of an elementwise operation of two operands. Sizes that are part of both types clash while compiling.
template <Operand A, Operand B>
struct CommonResult {
  static_assert(A::Rows == B::Rows || A::Rows == dynamic || B::Rows == dynamic,
                "betavae: both operands of an elementwise operation must have the same number of rows");
  static_assert(std::is_same_v<typename A::Scalar, typename B::Scalar>,
                "betavae: the operands of an operation must have the same scalar type");
  using type = ResultOf<typename A::Scalar, common_rows<A, B>, A, B>;
};
template <Operand A, Operand B>
using CommonResultOf = typename CommonResult<A, B>::type;
template <Operand X>
using SameShape = ResultOf<typename X::Scalar, X::Rows, X>;

}  // namespace detail

/// y = f(x), where `derivative(x, y)` is dy/dx.
template <Operand X, class Function, class Derivative>
[[nodiscard]] detail::SameShape<X> unary(std::string_view operation, const X& x, const Function& function,
                                         const Derivative& derivative) {
  return detail::restore<detail::SameShape<X>>(detail::erased_unary(operation, detail::erase(x), function, derivative));
}

/// y = f(a, b) for equal shapes, where `a_derivative(a, b)` is ∂y/∂a and `b_derivative(a, b)` is ∂y/∂b. Sizes that are part of
/// both types clash while compiling; errors otherwise: ArgumentError.
template <Operand A, Operand B, class Function, class ADerivative, class BDerivative>
[[nodiscard]] detail::CommonResultOf<A, B> binary(std::string_view operation, const A& a, const B& b,
                                                  const Function& function, const ADerivative& a_derivative,
                                                  const BDerivative& b_derivative) {
  return detail::restore<detail::CommonResultOf<A, B>>(
      detail::erased_binary(operation, detail::erase(a), detail::erase(b), function, a_derivative, b_derivative));
}

template <Operand A, Operand B>
[[nodiscard]] detail::CommonResultOf<A, B> operator+(const A& a, const B& b) {
  return detail::restore<detail::CommonResultOf<A, B>>(detail::erased_add(detail::erase(a), detail::erase(b)));
}

template <Operand A, Operand B>
[[nodiscard]] detail::CommonResultOf<A, B> operator-(const A& a, const B& b) {
  return detail::restore<detail::CommonResultOf<A, B>>(detail::erased_subtract(detail::erase(a), detail::erase(b)));
}

/// The product number by number (for the product of matrices see `dense`).
template <Operand A, Operand B>
[[nodiscard]] detail::CommonResultOf<A, B> operator*(const A& a, const B& b) {
  return detail::restore<detail::CommonResultOf<A, B>>(detail::erased_multiply(detail::erase(a), detail::erase(b)));
}

template <Operand A, Operand B>
[[nodiscard]] detail::CommonResultOf<A, B> operator/(const A& a, const B& b) {
  return detail::restore<detail::CommonResultOf<A, B>>(detail::erased_divide(detail::erase(a), detail::erase(b)));
}

/// factor · x + shift
template <Operand X>
[[nodiscard]] detail::SameShape<X> affine(const X& x, typename X::Scalar factor, typename X::Scalar shift) {
  return detail::restore<detail::SameShape<X>>(detail::erased_affine(detail::erase(x), factor, shift));
}

template <Operand X>
[[nodiscard]] detail::SameShape<X> operator+(const X& x, typename X::Scalar shift) {
  return affine(x, typename X::Scalar(1), shift);
}
template <Operand X>
[[nodiscard]] detail::SameShape<X> operator-(const X& x, typename X::Scalar shift) {
  return affine(x, typename X::Scalar(1), -shift);
}
template <Operand X>
[[nodiscard]] detail::SameShape<X> operator*(typename X::Scalar factor, const X& x) {
  return affine(x, factor, typename X::Scalar(0));
}
template <Operand X>
[[nodiscard]] detail::SameShape<X> operator+(typename X::Scalar shift, const X& x) {
  return affine(x, typename X::Scalar(1), shift);
}
template <Operand X>
[[nodiscard]] detail::SameShape<X> operator-(typename X::Scalar shift, const X& x) {
  return affine(x, typename X::Scalar(-1), shift);
}
template <Operand X>
[[nodiscard]] detail::SameShape<X> operator*(const X& x, typename X::Scalar factor) {
  return affine(x, factor, typename X::Scalar(0));
}
template <Operand X>
[[nodiscard]] detail::SameShape<X> operator/(const X& x, typename X::Scalar divisor) {
  return affine(x, typename X::Scalar(1) / divisor, typename X::Scalar(0));
}
template <Operand X>
[[nodiscard]] detail::SameShape<X> operator/(typename X::Scalar dividend, const X& x) {
  using Scalar = typename X::Scalar;
  return unary(
      "divide", x, [=](Scalar v) { return Scalar(dividend / v); }, [](Scalar v, Scalar y) { return Scalar(-y / v); });
}
template <Operand X>
[[nodiscard]] detail::SameShape<X> operator-(const X& x) {
  return affine(x, typename X::Scalar(-1), typename X::Scalar(0));
}

template <Operand X>
[[nodiscard]] detail::SameShape<X> exp(const X& x) {
  return detail::restore<detail::SameShape<X>>(detail::erased_exp(detail::erase(x)));
}

template <Operand X>
[[nodiscard]] detail::SameShape<X> log(const X& x) {
  return detail::restore<detail::SameShape<X>>(detail::erased_log(detail::erase(x)));
}

template <Operand X>
[[nodiscard]] detail::SameShape<X> square(const X& x) {
  return detail::restore<detail::SameShape<X>>(detail::erased_square(detail::erase(x)));
}

/// |x|, whose derivative at 0 is taken as 0.
template <Operand X>
[[nodiscard]] detail::SameShape<X> abs(const X& x) {
  return detail::restore<detail::SameShape<X>>(detail::erased_abs(detail::erase(x)));
}

/// max(x, bound), whose derivative at the bound is taken as 0. NaN stays NaN.
template <Operand X>
[[nodiscard]] detail::SameShape<X> maximum(const X& x, typename X::Scalar bound) {
  return detail::restore<detail::SameShape<X>>(detail::erased_maximum(detail::erase(x), bound));
}

/// An activation alone; after a dense layer, hand it to `dense`, which applies it while the numbers are in the cache.
template <Operand X>
[[nodiscard]] detail::SameShape<X> activate(Activation activation, const X& x) {
  return detail::restore<detail::SameShape<X>>(detail::erased_activate(activation, detail::erase(x)));
}

#if !BETAVAE_HEADER_ONLY
namespace detail {
#define BETAVAE_ELEMENTWISE(Keyword, Scalar)                                                                 \
  Keyword template BETAVAE_API Erased<Scalar> erased_affine(const Erased<Scalar>&, Scalar, Scalar);          \
  Keyword template BETAVAE_API Erased<Scalar> erased_add(const Erased<Scalar>&, const Erased<Scalar>&);      \
  Keyword template BETAVAE_API Erased<Scalar> erased_subtract(const Erased<Scalar>&, const Erased<Scalar>&); \
  Keyword template BETAVAE_API Erased<Scalar> erased_multiply(const Erased<Scalar>&, const Erased<Scalar>&); \
  Keyword template BETAVAE_API Erased<Scalar> erased_divide(const Erased<Scalar>&, const Erased<Scalar>&);   \
  Keyword template BETAVAE_API Erased<Scalar> erased_exp(const Erased<Scalar>&);                             \
  Keyword template BETAVAE_API Erased<Scalar> erased_log(const Erased<Scalar>&);                             \
  Keyword template BETAVAE_API Erased<Scalar> erased_square(const Erased<Scalar>&);                          \
  Keyword template BETAVAE_API Erased<Scalar> erased_abs(const Erased<Scalar>&);                             \
  Keyword template BETAVAE_API Erased<Scalar> erased_maximum(const Erased<Scalar>&, Scalar);                 \
  Keyword template BETAVAE_API Erased<Scalar> erased_activate(Activation, const Erased<Scalar>&);
BETAVAE_INSTANCES(BETAVAE_ELEMENTWISE)
}  // namespace detail
#endif

}  // namespace betavae
