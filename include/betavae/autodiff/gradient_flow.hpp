// SPDX-License-Identifier: MIT
// Identities that change nothing but what flows back through them: none of the gradient, or each sample's times a factor.
#pragma once

#include <betavae/autodiff/variable.hpp>

namespace betavae {

/// The value of x as a constant: nothing flows back.
template <Operand X>
[[nodiscard]] Constant<typename X::Scalar, X::Rows> stop_gradient(const X& x) {
  return {x.tape(), x.value_view()};
}

/// x, whose adjoint gets ȳ times the factor of its column. There is one factor a column, read in the reverse pass: whoever makes the
/// loss may still write them. Nothing is copied; a constant comes back as it is.
template <Operand X>
[[nodiscard]] X scale_gradient(const X& x, const typename X::Scalar* factors) {
  using Scalar = typename X::Scalar;
  if constexpr (is_variable<X>) {
    const X y{
        x.tape(), x.value_view(), {x.tape().allocate_zeros(x.rows() * x.columns()), x.rows(), x.columns(), x.rows()}};
    record("scale_gradient", y, [=] {
      for (Index j = 0; j < y.columns(); ++j) {
        const Scalar factor = factors[j];
        for (Index i = 0; i < y.rows(); ++i) {
          x.adjoint_view().column(j)[i] += factor * y.adjoint_view().column(j)[i];
        }
      }
    });
    return y;
  } else {
    (void)factors;
    return x;
  }
}

}  // namespace betavae
