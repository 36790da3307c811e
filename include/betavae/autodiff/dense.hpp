// SPDX-License-Identifier: MIT
// The dense layer as one operation: y = f(W x + b), with the activation applied while the product's results are in the cache.
//
// With p = W x + b and p̄ = f′(p) ȳ, for a batch of N samples (one a column):
//
//     b̄ += Σₙ p̄ₙ,    W̄ += p̄ xᵀ,    x̄ += Wᵀ p̄
//
// x̄ is skipped while compiling where x is a constant (data).
#pragma once

#include <betavae/autodiff/variable.hpp>
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

/// Parts of rows pack the same panels of B again, so they must be long; parts of columns are whole vectors on every path.
[[nodiscard]] inline ProductShares share_product(Index rows, Index columns, Index depth, Index threads) {
  constexpr double worth_a_task = 1e5;  // multiply-adds, a few microseconds
  const double work = static_cast<double>(rows) * static_cast<double>(columns) * static_cast<double>(depth);
  if (threads == 1 || work < 2 * worth_a_task) {
    return {true, 1, rows};
  }
  const Index most = std::min(threads, static_cast<Index>(work / worth_a_task));
  const bool by_rows = rows >= 96 * most;
  const Index unit = by_rows ? 8 : 16;
  const Index units = ((by_rows ? rows : columns) + unit - 1) / unit;
  const Index length = (units + most - 1) / most * unit;
  return {by_rows, ((by_rows ? rows : columns) + length - 1) / length, length};
}

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

/// What the reverse pass of a dense layer reads and adds to. An adjoint whose data is null belongs to a constant: it is skipped.
template <class Scalar>
struct DenseReverse {
  Activation activation;
  MatrixView<Scalar> x, weight, kept, y_adjoint;
  MatrixView<Scalar> x_adjoint, weight_adjoint, bias_adjoint;
};

// The work itself knows no compile-time sizes: one copy of it serves every layer of a program.

/// Writes activation(W x + b) to y. Where `kept` is not y, it receives W x + b.
template <class Scalar>
[[gnu::noinline]] void dense_forward(Tape<Scalar>& tape, Activation activation, MatrixView<Scalar> x,
                                     MatrixView<Scalar> weight, const Scalar* bias, MatrixView<Scalar> y,
                                     MatrixView<Scalar> kept) {
  const bool keeps_input = kept.data != y.data;
  product_on_tape(tape, {.rows = x.columns,
                         .columns = weight.rows,
                         .depth = x.rows,
                         .a = x.data,
                         .a_row_stride = x.stride,
                         .a_depth_stride = 1,
                         .b = weight.data,
                         .b_depth_stride = weight.stride,
                         .start = bias,
                         .start_row_stride = 0,
                         .c = kept.data,
                         .c_row_stride = kept.stride,
                         .activation = keeps_input ? Activation::identity : activation});
  if (keeps_input) {
    std::copy_n(kept.data, y.rows * y.columns, y.data);
    kernels::activate_in_place(activation, y.rows * y.columns, y.data);
  }
}

template <class Scalar>
[[gnu::noinline]] void dense_reverse(Tape<Scalar>& tape, const DenseReverse<Scalar>& layer) {
  const typename Tape<Scalar>::Nested nested(tape);
  MatrixView<Scalar> p_adjoint = layer.y_adjoint;
  if (layer.activation != Activation::identity) {
    const Index count = p_adjoint.rows * p_adjoint.columns;
    p_adjoint.data = tape.allocate(count);
    tape.share_range(count, Tape<Scalar>::numbers_worth_a_thread, [&](Index first, Index length) {
      kernels::activation_gradient(layer.activation, length, layer.kept.data + first, layer.y_adjoint.data + first,
                                   p_adjoint.data + first);
    });
  }
  if (layer.bias_adjoint.data != nullptr) {
    const Index least = Tape<Scalar>::numbers_worth_a_thread / std::max<Index>(p_adjoint.columns, 1);
    tape.share_range(p_adjoint.rows, least, [&](Index first, Index rows) {
      kernels::add_columns(rows, p_adjoint.columns, p_adjoint.data + first, p_adjoint.stride,
                           layer.bias_adjoint.data + first);
    });
  }
  if (layer.weight_adjoint.data != nullptr) {
    add_weight_gradient(tape, layer.x, p_adjoint, layer.weight_adjoint);
  }
  if (layer.x_adjoint.data != nullptr) {
    add_input_gradient(tape, layer.weight, p_adjoint, layer.x_adjoint);
  }
}

}  // namespace detail

/// activation(W x + b): x is inputs × samples, `weight` outputs × inputs, `bias` outputs × 1; the result outputs × samples.
/// Each may be a variable or a constant. Sizes known from the types clash while compiling. Errors otherwise: ArgumentError.
template <Operand X, Operand Weight, Operand Bias>
[[nodiscard]] auto dense(const X& x, const Weight& weight, const Bias& bias,
                         Activation activation = Activation::identity) {
  using Scalar = typename X::Scalar;
  static_assert(Weight::Rows == Bias::Rows || Weight::Rows == dynamic || Bias::Rows == dynamic,
                "betavae: weight and bias of a dense layer must have the same number of outputs");
  require_same_size("dense", "inputs of the weight", weight.columns(), "features of the input", x.rows());
  require_same_size("dense", "numbers in the bias", bias.rows(), "outputs of the weight", weight.rows());
  require_same_size("dense", "columns of the bias", bias.columns(), "columns of a vector", 1);
  Tape<Scalar>& tape = x.tape();
  auto y = make_result<Weight::Rows>(weight.rows(), x.columns(), x, weight, bias);

  // Where the derivative is a function of the input of f, that input is kept beside the output.
  MatrixView<Scalar> kept = y.value_view();
  if (is_variable<decltype(y)> && derivative_needs_input(activation)) {
    kept.data = tape.allocate(y.rows() * y.columns());
  }
  detail::dense_forward(tape, activation, x.value_view(), weight.value_view(), bias.value_view().data, y.value_view(),
                        kept);
  record("dense", y, [=] {
    if constexpr (is_variable<decltype(y)>) {
      detail::dense_reverse(
          x.tape(), {activation, x.value_view(), weight.value_view(), kept, y.adjoint_view(),
                     detail::adjoint_or_none(x), detail::adjoint_or_none(weight), detail::adjoint_or_none(bias)});
    }
  });
  return y;
}

}  // namespace betavae
