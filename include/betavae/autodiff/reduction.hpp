// SPDX-License-Identifier: MIT
// Sums over everything, over features, and weighted means over samples. All in the fixed order of kernels/sum.hpp.
#pragma once

#include <betavae/autodiff/elementwise.hpp>
#include <betavae/kernels/sum.hpp>

namespace betavae {

/// The sum over rows of each column: rows × samples → 1 × samples.
template <Operand X>
[[nodiscard]] auto sum_over_features(const X& x) {
  auto y = make_result<1>(1, x.columns(), x);
  for (Index j = 0; j < x.columns(); ++j) {
    *y.value_view().column(j) = kernels::sum(x.rows(), x.value_view().column(j));
  }
  record("sum_over_features", y, [=] {
    if constexpr (is_variable<X>) {
      detail::for_each(x.rows(), x.columns(),
                       [&](Index i, Index j) { x.adjoint_view().column(j)[i] += *y.adjoint_view().column(j); });
    }
  });
  return y;
}

/// The sum over columns of each row, each column times its weight: rows × samples → rows × 1. `weights` has one number a sample,
/// or is null for ones; it must live as long as the tape's contents.
template <Operand X>
[[nodiscard]] auto sum_over_samples(const X& x, const typename X::Scalar* weights = nullptr) {
  using Scalar = typename X::Scalar;
  auto y = make_result<X::Rows>(x.rows(), 1, x);
  for (Index i = 0; i < x.rows(); ++i) {
    kernels::LaneSum<Scalar> lanes;
    for (Index j = 0; j < x.columns(); ++j) {
      const Scalar number = x.value_view().column(j)[i];
      lanes.add(j, weights != nullptr ? Scalar(weights[j] * number) : number);
    }
    y.value_view().data[i] = lanes.total();
  }
  record("sum_over_samples", y, [=] {
    if constexpr (is_variable<X>) {
      detail::for_each(x.rows(), x.columns(), [&](Index i, Index j) {
        const Scalar adjoint = y.adjoint_view().data[i];
        x.adjoint_view().column(j)[i] += weights != nullptr ? Scalar(weights[j] * adjoint) : adjoint;
      });
    }
  });
  return y;
}

/// Σ w x / Σ w over samples: rows × samples → rows × 1. The mean, where `weights` is null. Errors: ArgumentError for no samples
/// or weights that do not sum to a positive number.
template <Operand X>
[[nodiscard]] auto mean_over_samples(const X& x, const typename X::Scalar* weights = nullptr) {
  using Scalar = typename X::Scalar;
  const Scalar total = weights != nullptr ? kernels::sum(x.columns(), weights) : Scalar(x.columns());
  require(x.columns() > 0, "mean_over_samples", "samples", "at least 1", x.columns());
  require(total > Scalar(0), "mean_over_samples", "weights", "a positive sum", "one that is not");
  return (Scalar(1) / total) * sum_over_samples(x, weights);
}

/// The sum of all numbers: 1 × 1.
template <Operand X>
[[nodiscard]] auto sum(const X& x) {
  return sum_over_samples(sum_over_features(x));
}

}  // namespace betavae
