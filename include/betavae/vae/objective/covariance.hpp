// SPDX-License-Identifier: MIT
// The covariance of a batch, as an operation: of the posterior mean over samples, or of anything else.
//
//     C = Σⱼ wⱼ (xⱼ − m)(xⱼ − m)ᵀ / Σw,    m = Σⱼ wⱼ xⱼ / Σw
//     x̄ⱼ = (C̄ + C̄ᵀ)(xⱼ − m) wⱼ / Σw           (what m depends on cancels)
//
// Centred over samples, each row by itself. Divided by the weights as they are, and not by one sample less: over batches of M samples drawn
// at random, the expectation is (M − 1)/M of the covariance (of the unbiased one of the set, without weights), and that of one sample is 0.
#pragma once

#include <betavae/autodiff/dense.hpp>
#include <betavae/autodiff/reduction.hpp>

namespace betavae {

namespace detail {

/// The covariance on the tape; one copy of its code serves matrices of all numbers of rows.
template <class Scalar>
struct CovarianceOperation {
  Tape<Scalar>* tape;
  MatrixView<Scalar> x, result, x_adjoint, result_adjoint;
  MatrixView<Scalar> weighted{};  ///< (xⱼ − m) wⱼ / Σw

  [[gnu::noinline]] void forward(const Scalar* weights) {
    const Index rows = x.rows;
    const Index samples = x.columns;
    const Scalar one_share = one_over_total(weights, samples);
    weighted = {tape->allocate(rows * samples), rows, samples, rows};
    const typename Tape<Scalar>::Nested nested(*tape);
    const MatrixView<Scalar> centred{tape->allocate(rows * samples), rows, samples, rows};
    for (Index i = 0; i < rows; ++i) {
      kernels::LaneSum<Scalar> sum;
      for (Index j = 0; j < samples; ++j) {
        sum.add(j, weights != nullptr ? Scalar(weights[j] * x.column(j)[i]) : x.column(j)[i]);
      }
      const Scalar mean = sum.total() * one_share;
      for (Index j = 0; j < samples; ++j) {
        const Scalar distance = x.column(j)[i] - mean;
        centred.column(j)[i] = distance;
        weighted.column(j)[i] = distance * (weights != nullptr ? Scalar(weights[j] * one_share) : one_share);
      }
    }
    product_on_tape(*tape, {.rows = rows,
                            .columns = rows,
                            .depth = samples,
                            .a = centred.data,
                            .a_row_stride = 1,
                            .a_depth_stride = rows,
                            .b = weighted.data,
                            .b_depth_stride = rows,
                            .start = nullptr,
                            .c = result.data,
                            .c_row_stride = result.stride});
  }

  /// The reverse pass.
  [[gnu::noinline]] void operator()() const {
    const Index rows = x.rows;
    const typename Tape<Scalar>::Nested nested(*tape);
    Scalar* const symmetric = tape->allocate(rows * rows);
    for (Index i = 0; i < rows; ++i) {
      for (Index k = 0; k < rows; ++k) {
        symmetric[i * rows + k] = result_adjoint.column(i)[k] + result_adjoint.column(k)[i];
      }
    }
    product_on_tape(*tape, {.rows = x.columns,
                            .columns = rows,
                            .depth = rows,
                            .a = weighted.data,
                            .a_row_stride = rows,
                            .a_depth_stride = 1,
                            .b = symmetric,
                            .b_depth_stride = rows,
                            .start = x_adjoint.data,
                            .start_row_stride = x_adjoint.stride,
                            .c = x_adjoint.data,
                            .c_row_stride = x_adjoint.stride});
  }
};

}  // namespace detail

/// rows × samples → rows × rows, differentiable. `weights` has one number a sample, or is null for ones. Errors: ArgumentError for no
/// samples or weights that do not sum to a positive number.
template <Operand X>
[[nodiscard]] auto covariance(const X& x, const typename X::Scalar* weights = nullptr) {
  const auto result = make_result<X::Rows>(x.rows(), x.rows(), x);
  detail::CovarianceOperation<typename X::Scalar> operation{
      &x.tape(), x.value_view(), result.value_view(), detail::adjoint_or_none(x), detail::adjoint_or_none(result)};
  operation.forward(weights);
  record("covariance", result, operation);
  return result;
}

}  // namespace betavae
