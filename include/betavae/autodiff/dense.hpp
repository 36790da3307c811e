// SPDX-License-Identifier: MIT
// The dense layer as one operation: y = f(W x + b), with the activation applied while the product's results are in the cache.
//
// With p = W x + b and p̄ = f′(p) ȳ, for a batch of N samples (one a column):
//
//     b̄ += Σₙ p̄ₙ,    W̄ += p̄ xᵀ,    x̄ += Wᵀ p̄
//
// W is transposed once a step for x̄, which is skipped while compiling where x is a constant (data).
#pragma once

#include <betavae/autodiff/variable.hpp>
#include <betavae/kernels/product.hpp>

namespace betavae {

namespace detail {

/// product() with its workspace taken from the tape and given back.
template <class Scalar>
void product_on_tape(Tape<Scalar>& tape, kernels::ProductArguments<Scalar> arguments) {
  const typename Tape<Scalar>::Nested nested(tape);
  arguments.workspace = tape.allocate(kernels::product_workspace_size<Scalar>(arguments.depth));
  kernels::product(arguments);
}

/// W̄ += p̄ xᵀ
template <class Scalar>
void add_weight_gradient(Tape<Scalar>& tape, MatrixView<Scalar> x, MatrixView<Scalar> p_adjoint, MatrixView<Scalar> into) {
  product_on_tape(tape, {.rows = x.rows,
                         .columns = p_adjoint.rows,
                         .depth = x.columns,
                         .a = x.data,
                         .a_row_stride = 1,
                         .a_depth_stride = x.stride,
                         .b = p_adjoint.data,
                         .b_depth_stride = p_adjoint.stride,
                         .start = into.data,
                         .start_row_stride = into.stride,
                         .c = into.data,
                         .c_row_stride = into.stride});
}

/// x̄ += Wᵀ p̄
template <class Scalar>
void add_input_gradient(Tape<Scalar>& tape, MatrixView<Scalar> weight, MatrixView<Scalar> p_adjoint,
                        MatrixView<Scalar> into) {
  const typename Tape<Scalar>::Nested nested(tape);
  Scalar* const transposed = tape.allocate(weight.rows * weight.columns);
  kernels::transpose(weight.rows, weight.columns, weight.data, weight.stride, transposed, weight.columns);
  product_on_tape(tape, {.rows = p_adjoint.columns,
                         .columns = weight.columns,
                         .depth = weight.rows,
                         .a = p_adjoint.data,
                         .a_row_stride = p_adjoint.stride,
                         .a_depth_stride = 1,
                         .b = transposed,
                         .b_depth_stride = weight.columns,
                         .start = into.data,
                         .start_row_stride = into.stride,
                         .c = into.data,
                         .c_row_stride = into.stride});
}

}  // namespace detail

/// activation(W x + b): x is inputs × samples, `weight` outputs × inputs, `bias` outputs × 1; the result outputs × samples.
/// Each may be a variable or a constant. Sizes known from the types clash while compiling. Errors otherwise: ArgumentError.
template <Operand X, Operand Weight, Operand Bias>
[[nodiscard]] auto dense(const X& x, const Weight& weight, const Bias& bias, Activation activation = Activation::identity) {
  using Scalar = typename X::Scalar;
  static_assert(Weight::Rows == Bias::Rows || Weight::Rows == dynamic || Bias::Rows == dynamic,
                "betavae: weight and bias of a dense layer must have the same number of outputs");
  require_same_size("dense", "inputs of the weight", weight.columns(), "features of the input", x.rows());
  require_same_size("dense", "numbers in the bias", bias.rows(), "outputs of the weight", weight.rows());
  require_same_size("dense", "columns of the bias", bias.columns(), "columns of a vector", 1);
  Tape<Scalar>& tape = x.tape();
  auto y = make_result<Weight::Rows>(weight.rows(), x.columns(), x, weight, bias);

  // Where the derivative is a function of the input of f, that input is kept beside the output.
  constexpr bool may_differentiate = is_variable<decltype(y)>;
  const bool keeps_input = may_differentiate && derivative_needs_input(activation);
  MatrixView<Scalar> kept = y.value_view();
  if (keeps_input) {
    kept.data = tape.allocate(y.rows() * y.columns());
  }
  detail::product_on_tape(tape, {.rows = x.columns(),
                                 .columns = weight.rows(),
                                 .depth = x.rows(),
                                 .a = x.value_view().data,
                                 .a_row_stride = x.value_view().stride,
                                 .a_depth_stride = 1,
                                 .b = weight.value_view().data,
                                 .b_depth_stride = weight.value_view().stride,
                                 .start = bias.value_view().data,
                                 .start_row_stride = 0,
                                 .c = kept.data,
                                 .c_row_stride = kept.stride,
                                 .activation = keeps_input ? Activation::identity : activation});
  if (keeps_input) {
    Scalar* const to = y.value_view().data;
    std::copy_n(kept.data, y.rows() * y.columns(), to);
    kernels::activate_in_place(activation, y.rows() * y.columns(), to);
  }

  record("dense", y, [=] {
    if constexpr (may_differentiate) {
      Tape<Scalar>& same_tape = x.tape();
      const typename Tape<Scalar>::Nested nested(same_tape);
      const Index count = y.rows() * y.columns();
      MatrixView<Scalar> p_adjoint = y.adjoint_view();
      if (activation != Activation::identity) {
        p_adjoint.data = same_tape.allocate(count);
        kernels::activation_gradient(activation, count, kept.data, y.adjoint_view().data, p_adjoint.data, false);
      }
      if constexpr (is_variable<Bias>) {
        for (Index j = 0; j < p_adjoint.columns; ++j) {
          for (Index i = 0; i < p_adjoint.rows; ++i) {
            bias.adjoint_view().data[i] += p_adjoint.column(j)[i];
          }
        }
      }
      if constexpr (is_variable<Weight>) {
        detail::add_weight_gradient(same_tape, x.value_view(), p_adjoint, weight.adjoint_view());
      }
      if constexpr (is_variable<X>) {
        detail::add_input_gradient(same_tape, weight.value_view(), p_adjoint, x.adjoint_view());
      }
    }
  });
  return y;
}

}  // namespace betavae
