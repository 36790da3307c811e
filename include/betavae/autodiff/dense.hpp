// SPDX-License-Identifier: MIT
// The dense layer as one operation: y = f(W x + b), with the activation applied while the product's results are in the cache.
//
// With p = W x + b and p̄ = f′(p) ȳ, for a batch of N samples (one a column):
//
//     b̄ += Σₙ p̄ₙ,    W̄ += p̄ xᵀ,    x̄ += Wᵀ p̄
//
// x̄ is skipped while compiling where x is a constant (data).
#pragma once

#include <betavae/autodiff/erased.hpp>
#include <betavae/kernels/activate.hpp>
#include <betavae/kernels/product.hpp>
#include <betavae/kernels/sum.hpp>

#include <algorithm>

namespace betavae {

namespace detail {

/// How a product is shared: `tasks` parts of `length` rows or columns, the last one shorter.
struct ProductShares {
  bool by_rows;
  Index tasks;
  Index length;
};

/// Parts of rows pack the same panels of B again, so they must be long; parts of columns read the same A again, so they must be
/// wide, and are whole vectors on every path.
[[nodiscard]] BETAVAE_API ProductShares share_product(Index rows, Index columns, Index depth, Index threads);

/// product(), shared among the tape's threads. The workspaces are taken from the tape and given back.
template <class Scalar>
void product_on_tape(Tape<Scalar>& tape, const kernels::ProductArguments<Scalar>& whole) {
  const typename Tape<Scalar>::Nested nested(tape);
  const ProductShares shares = share_product(whole.rows, whole.columns, whole.depth, tape.thread_count());
  const Index workspace_size = kernels::product_workspace_size<Scalar>(whole.rows, whole.depth);
  Scalar* const workspaces = tape.allocate(shares.tasks * workspace_size);
  tape.share(shares.tasks, [&](Index task) {
    kernels::ProductArguments<Scalar> part = whole;
    const Index first = task * shares.length;
    if (shares.by_rows) {
      part.rows = std::min(shares.length, whole.rows - first);
      part.a += first * whole.a_row_stride;
      part.c += first * whole.c_row_stride;
      part.start += whole.start != nullptr ? first * whole.start_row_stride : 0;
    } else {
      part.columns = std::min(shares.length, whole.columns - first);
      part.b += first * whole.b_column_stride;
      part.c += first;
      part.start += whole.start != nullptr ? first : 0;
    }
    part.workspace = workspaces + task * workspace_size;
    kernels::product(part);
  });
}

/// W̄ += p̄ xᵀ, or W̄ = p̄ xᵀ for the first to write there.
template <class Scalar>
void add_weight_gradient(Tape<Scalar>& tape, MatrixView<Scalar> x, MatrixView<Scalar> p_adjoint,
                         MatrixView<Scalar> into) {
  const bool assigns = tape.is_first_to_write(into.data);
  product_on_tape(tape, {.rows = x.rows,
                         .columns = p_adjoint.rows,
                         .depth = x.columns,
                         .a = x.data,
                         .a_row_stride = 1,
                         .a_depth_stride = x.stride,
                         .b = p_adjoint.data,
                         .b_depth_stride = p_adjoint.stride,
                         .start = assigns ? nullptr : into.data,
                         .start_row_stride = into.stride,
                         .c = into.data,
                         .c_row_stride = into.stride});
}

/// x̄ += Wᵀ p̄
template <class Scalar>
void add_input_gradient(Tape<Scalar>& tape, MatrixView<Scalar> weight, MatrixView<Scalar> p_adjoint,
                        MatrixView<Scalar> into) {
  product_on_tape(tape, {.rows = p_adjoint.columns,
                         .columns = weight.columns,
                         .depth = weight.rows,
                         .a = p_adjoint.data,
                         .a_row_stride = p_adjoint.stride,
                         .a_depth_stride = 1,
                         .b = weight.data,
                         .b_depth_stride = 1,
                         .b_column_stride = weight.stride,
                         .start = into.data,
                         .start_row_stride = into.stride,
                         .c = into.data,
                         .c_row_stride = into.stride});
}

/// A dense layer on the tape. It knows no compile-time sizes: one copy of its code serves every layer of a program. An adjoint whose
/// data is null belongs to a constant: it is skipped.
template <class Scalar>
struct DenseOperation {
  Tape<Scalar>* tape;
  Activation activation;
  MatrixView<Scalar> x, weight, bias, y;
  MatrixView<Scalar> x_adjoint, weight_adjoint, bias_adjoint, y_adjoint;
  MatrixView<Scalar> kept = y;  ///< what the derivative of the activation is a function of: y, or W x + b

  [[gnu::noinline]] void forward() {
    const bool keeps_input = y_adjoint.data != nullptr && derivative_needs_input(activation);
    if (keeps_input) {
      kept.data = tape->allocate(y.rows * y.columns);
    }
    product_on_tape(*tape, {.rows = x.columns,
                            .columns = weight.rows,
                            .depth = x.rows,
                            .a = x.data,
                            .a_row_stride = x.stride,
                            .a_depth_stride = 1,
                            .b = weight.data,
                            .b_depth_stride = weight.stride,
                            .start = bias.data,
                            .start_row_stride = 0,
                            .c = kept.data,
                            .c_row_stride = kept.stride,
                            .activation = keeps_input ? Activation::identity : activation});
    if (keeps_input) {
      std::copy_n(kept.data, y.rows * y.columns, y.data);
      kernels::activate_in_place(activation, y.rows * y.columns, y.data);
    }
  }

  /// The reverse pass.
  [[gnu::noinline]] void operator()() const {
    const typename Tape<Scalar>::Nested nested(*tape);
    MatrixView<Scalar> p_adjoint = y_adjoint;
    if (activation != Activation::identity) {
      const Index count = p_adjoint.rows * p_adjoint.columns;
      p_adjoint.data = tape->allocate(count);
      tape->share_range(count, Tape<Scalar>::numbers_worth_a_thread, [&](Index first, Index length) {
        kernels::activation_gradient(activation, length, kept.data + first, y_adjoint.data + first,
                                     p_adjoint.data + first);
      });
    }
    if (bias_adjoint.data != nullptr) {
      const Index least = Tape<Scalar>::numbers_worth_a_thread / std::max<Index>(p_adjoint.columns, 1);
      tape->share_range(p_adjoint.rows, least, [&](Index first, Index rows) {
        kernels::add_columns(rows, p_adjoint.columns, p_adjoint.data + first, p_adjoint.stride,
                             bias_adjoint.data + first);
      });
    }
    if (weight_adjoint.data != nullptr) {
      add_weight_gradient(*tape, x, p_adjoint, weight_adjoint);
    }
    if (x_adjoint.data != nullptr) {
      add_input_gradient(*tape, weight, p_adjoint, x_adjoint);
    }
  }
};

/// Errors: ArgumentError for sizes that do not fit together.
template <class Scalar>
Erased<Scalar> erased_dense(const Erased<Scalar>& x, const Erased<Scalar>& weight, const Erased<Scalar>& bias,
                            Activation activation) {
  require_same_size("dense", "inputs of the weight", weight.value.columns, "features of the input", x.value.rows);
  require_same_size("dense", "numbers in the bias", bias.value.rows, "outputs of the weight", weight.value.rows);
  require_same_size("dense", "columns of the bias", bias.value.columns, "columns of a vector", 1);
  const Erased<Scalar> y = make_erased(*x.tape, weight.value.rows, x.value.columns,
                                       x.is_variable() || weight.is_variable() || bias.is_variable());
  DenseOperation<Scalar> operation{.tape = x.tape,
                                   .activation = activation,
                                   .x = x.value,
                                   .weight = weight.value,
                                   .bias = bias.value,
                                   .y = y.value,
                                   .x_adjoint = x.adjoint,
                                   .weight_adjoint = weight.adjoint,
                                   .bias_adjoint = bias.adjoint,
                                   .y_adjoint = y.adjoint};
  operation.forward();
  record_erased("dense", y, operation);
  return y;
}

}  // namespace detail

/// activation(W x + b): x is inputs × samples, `weight` outputs × inputs, `bias` outputs × 1; the result outputs × samples.
/// Each may be a variable or a constant. Sizes known from the types clash while compiling. Errors otherwise: ArgumentError.
template <Operand X, Operand Weight, Operand Bias>
[[nodiscard]] ResultOf<typename X::Scalar, Weight::Rows, X, Weight, Bias> dense(
    const X& x, const Weight& weight, const Bias& bias, Activation activation = Activation::identity) {
  static_assert(Weight::Rows == Bias::Rows || Weight::Rows == dynamic || Bias::Rows == dynamic,
                "betavae: weight and bias of a dense layer must have the same number of outputs");
  static_assert(std::is_same_v<typename X::Scalar, typename Weight::Scalar> &&
                    std::is_same_v<typename X::Scalar, typename Bias::Scalar>,
                "betavae: the operands of an operation must have the same scalar type");
  return detail::restore<ResultOf<typename X::Scalar, Weight::Rows, X, Weight, Bias>>(
      detail::erased_dense(detail::erase(x), detail::erase(weight), detail::erase(bias), activation));
}

#if !BETAVAE_HEADER_ONLY
namespace detail {
#define BETAVAE_DENSE(Keyword, Scalar)                                                                        \
  Keyword template BETAVAE_API void product_on_tape(Tape<Scalar>&, const kernels::ProductArguments<Scalar>&); \
  Keyword template BETAVAE_API Erased<Scalar> erased_dense(const Erased<Scalar>&, const Erased<Scalar>&,      \
                                                           const Erased<Scalar>&, Activation);
BETAVAE_INSTANCES(BETAVAE_DENSE)
}  // namespace detail
#endif

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/autodiff/dense.ipp>
#endif
