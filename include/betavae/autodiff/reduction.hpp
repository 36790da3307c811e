// SPDX-License-Identifier: MIT
// Sums over everything, over features, and weighted means over samples. All in the fixed order of kernels/sum.hpp.
#pragma once

#include <betavae/autodiff/elementwise.hpp>
#include <betavae/kernels/sum.hpp>

namespace betavae {

namespace detail {

/// Weighted sums of each row on the tape; one copy of its code serves matrices of all numbers of rows.
template <class Scalar>
struct SumOverSamples {
  const Scalar* weights;
  MatrixView<Scalar> x, y, x_adjoint, y_adjoint;

  [[gnu::noinline]] void forward() const {
    for (Index i = 0; i < x.rows; ++i) {
      kernels::LaneSum<Scalar> lanes;
      for (Index j = 0; j < x.columns; ++j) {
        const Scalar number = x.column(j)[i];
        lanes.add(j, weights != nullptr ? Scalar(weights[j] * number) : number);
      }
      y.data[i] = lanes.total();
    }
  }
  /// The reverse pass.
  void operator()() const {
    for_each(x.rows, x.columns, [this](Index i, Index j) {
      const Scalar adjoint = y_adjoint.data[i];
      x_adjoint.column(j)[i] += weights != nullptr ? Scalar(weights[j] * adjoint) : adjoint;
    });
  }
};

/// Errors: ArgumentError for no samples or weights that do not sum to a positive number.
template <class Scalar>
[[nodiscard, gnu::noinline]] Scalar one_over_total(const Scalar* weights, Index samples) {
  const Scalar total = weights != nullptr ? kernels::sum(samples, weights) : Scalar(samples);
  require(samples > 0, "mean_over_samples", "samples", "at least 1", samples);
  require(total > Scalar(0), "mean_over_samples", "weights", "a positive sum", "one that is not");
  return Scalar(1) / total;
}

}  // namespace detail

/// The sum over rows of each column: rows × samples → 1 × samples.
template <Operand X>
[[nodiscard]] ResultOf<typename X::Scalar, 1, X> sum_over_features(const X& x) {
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
[[nodiscard]] ResultOf<typename X::Scalar, X::Rows, X> sum_over_samples(const X& x,
                                                                        const typename X::Scalar* weights = nullptr) {
  const auto y = make_result<X::Rows>(x.rows(), 1, x);
  detail::SumOverSamples<typename X::Scalar> work{weights, x.value_view(), y.value_view(), detail::adjoint_or_none(x),
                                                  detail::adjoint_or_none(y)};
  work.forward();
  record("sum_over_samples", y, work);
  return y;
}

/// Σ w x / Σ w over samples: rows × samples → rows × 1. The mean, where `weights` is null. Errors: ArgumentError for no samples
/// or weights that do not sum to a positive number.
template <Operand X>
[[nodiscard]] auto mean_over_samples(const X& x, const typename X::Scalar* weights = nullptr) {
  return detail::one_over_total(weights, x.columns()) * sum_over_samples(x, weights);
}

/// The sum of all numbers: 1 × 1.
template <Operand X>
[[nodiscard]] auto sum(const X& x) {
  return sum_over_samples(sum_over_features(x));
}

}  // namespace betavae
