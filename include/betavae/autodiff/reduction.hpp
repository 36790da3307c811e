// SPDX-License-Identifier: MIT
// Sums over everything, over features, and weighted means over samples. All in the fixed order of kernels/sum.hpp.
#pragma once

#include <betavae/autodiff/elementwise.hpp>
#include <betavae/kernels/sum.hpp>

namespace betavae {

namespace detail {

/// Weighted sums of each row on the tape.
template <class Scalar>
struct SumOverSamples {
  const Scalar* weights;
  MatrixView<Scalar> x, y, x_adjoint, y_adjoint;

  void forward() const {
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

template <class Scalar>
Erased<Scalar> erased_sum_over_samples(const Erased<Scalar>& x, const Scalar* weights) {
  const Erased<Scalar> y = make_erased(*x.tape, x.value.rows, 1, x.is_variable());
  const SumOverSamples<Scalar> work{weights, x.value, y.value, x.adjoint, y.adjoint};
  work.forward();
  record_erased("sum_over_samples", y, work);
  return y;
}

template <class Scalar>
Erased<Scalar> erased_sum_over_features(const Erased<Scalar>& x) {
  const Erased<Scalar> y = make_erased(*x.tape, 1, x.value.columns, x.is_variable());
  for (Index j = 0; j < x.value.columns; ++j) {
    *y.value.column(j) = kernels::sum(x.value.rows, x.value.column(j));
  }
  record_erased("sum_over_features", y, [=] {
    for_each(x.value.rows, x.value.columns, [&](Index i, Index j) { x.adjoint.column(j)[i] += *y.adjoint.column(j); });
  });
  return y;
}

/// Errors: ArgumentError for no samples or weights that do not sum to a positive number.
template <class Scalar>
[[nodiscard, gnu::noinline]] Scalar one_over_total(const Scalar* weights, Index samples) {
  const Scalar total = weights != nullptr ? kernels::sum(samples, weights) : Scalar(samples);
  require(samples > 0, "mean_over_samples", "samples", "at least 1", samples);
  require(total > Scalar(0), "mean_over_samples", "weights", "a positive sum", "one that is not");
  return Scalar(1) / total;
}

template <class Scalar>
Erased<Scalar> erased_mean_over_samples(const Erased<Scalar>& x, const Scalar* weights) {
  return erased_affine(erased_sum_over_samples(x, weights), one_over_total(weights, x.value.columns), Scalar(0));
}

}  // namespace detail

/// The sum over rows of each column: rows × samples → 1 × samples.
template <Operand X>
[[nodiscard]] ResultOf<typename X::Scalar, 1, X> sum_over_features(const X& x) {
  return detail::restore<ResultOf<typename X::Scalar, 1, X>>(detail::erased_sum_over_features(detail::erase(x)));
}

/// The sum over columns of each row, each column times its weight: rows × samples → rows × 1. `weights` has one number a sample,
/// or is null for ones; it must live as long as the tape's contents.
template <Operand X>
[[nodiscard]] detail::SameShape<X> sum_over_samples(const X& x, const typename X::Scalar* weights = nullptr) {
  return detail::restore<detail::SameShape<X>>(detail::erased_sum_over_samples(detail::erase(x), weights));
}

/// Σ w x / Σ w over samples: rows × samples → rows × 1. The mean, where `weights` is null. Errors: ArgumentError for no samples
/// or weights that do not sum to a positive number.
template <Operand X>
[[nodiscard]] detail::SameShape<X> mean_over_samples(const X& x, const typename X::Scalar* weights = nullptr) {
  return detail::restore<detail::SameShape<X>>(detail::erased_mean_over_samples(detail::erase(x), weights));
}

/// The sum of all numbers: 1 × 1.
template <Operand X>
[[nodiscard]] ResultOf<typename X::Scalar, 1, X> sum(const X& x) {
  return sum_over_samples(sum_over_features(x));
}

#if !BETAVAE_HEADER_ONLY
namespace detail {
#define BETAVAE_REDUCTION(Keyword, Scalar)                                                                   \
  Keyword template BETAVAE_API Scalar one_over_total(const Scalar*, Index);                                  \
  Keyword template BETAVAE_API Erased<Scalar> erased_sum_over_samples(const Erased<Scalar>&, const Scalar*); \
  Keyword template BETAVAE_API Erased<Scalar> erased_sum_over_features(const Erased<Scalar>&);               \
  Keyword template BETAVAE_API Erased<Scalar> erased_mean_over_samples(const Erased<Scalar>&, const Scalar*);
BETAVAE_INSTANCES(BETAVAE_REDUCTION)
}  // namespace detail
#endif

}  // namespace betavae
