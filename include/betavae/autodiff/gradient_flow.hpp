// SPDX-License-Identifier: MIT
// Identities that change nothing but what flows back through them: none of the gradient, or each sample's times a factor.
#pragma once

#include <betavae/autodiff/erased.hpp>

namespace betavae {

/// The value of x as a constant: nothing flows back.
template <Operand X>
[[nodiscard]] Constant<typename X::Scalar, X::Rows> stop_gradient(const X& x) {
  return {x.tape(), x.value_view()};
}

namespace detail {

template <class Scalar>
Erased<Scalar> erased_scale_gradient(const Erased<Scalar>& x, const Scalar* factors) {
  const MatrixView<Scalar> adjoint{x.tape->allocate_zeros(x.value.rows * x.value.columns), x.value.rows,
                                   x.value.columns, x.value.rows};
  const Erased<Scalar> y{x.tape, x.value, adjoint};
  record_erased("scale_gradient", y, [=] {
    for (Index j = 0; j < y.value.columns; ++j) {
      const Scalar factor = factors[j];
      for (Index i = 0; i < y.value.rows; ++i) {
        x.adjoint.column(j)[i] += factor * y.adjoint.column(j)[i];
      }
    }
  });
  return y;
}

}  // namespace detail

/// x, whose adjoint gets ȳ times the factor of its column. There is one factor a column, read in the reverse pass: whoever makes the
/// loss may still write them. Nothing is copied; a constant comes back as it is.
template <Operand X>
[[nodiscard]] X scale_gradient(const X& x, const typename X::Scalar* factors) {
  if constexpr (is_variable<X>) {
    return detail::restore<X>(detail::erased_scale_gradient(detail::erase(x), factors));
  } else {
    (void)factors;
    return x;
  }
}

#if !BETAVAE_HEADER_ONLY
namespace detail {
#define BETAVAE_SCALE_GRADIENT(Keyword, Scalar) \
  Keyword template BETAVAE_API Erased<Scalar> erased_scale_gradient(const Erased<Scalar>&, const Scalar*);
BETAVAE_INSTANCES(BETAVAE_SCALE_GRADIENT)
}  // namespace detail
#endif

}  // namespace betavae
