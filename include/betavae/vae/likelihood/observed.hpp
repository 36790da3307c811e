// SPDX-License-Identifier: MIT
// What was observed, as every likelihood takes it: values, and beside them what is known of each value and sample.
#pragma once

#include <betavae/autodiff/variable.hpp>
#include <betavae/core/errors.hpp>
#include <betavae/kernels/chain_rule.hpp>

#include <cstdint>

namespace betavae {

/// A batch of data. The pointers may be null; what they point to must outlive the operations that read it. What is stored in a
/// missing value is never read: the likelihood skips it, and the encoder sees 0 there.
template <Operand Values>
struct Observed {
  using Scalar = typename Values::Scalar;

  Values values;                       ///< features × samples
  const std::uint8_t* mask = nullptr;  ///< features × samples, contiguous: 0 where the value is missing
  const Scalar* weights = nullptr;     ///< one a sample: how often it counts in every mean over samples
  const Scalar* offsets = nullptr;     ///< one a sample: added to the first parameter of every value (a log exposure)

  [[nodiscard]] Index features() const { return values.rows(); }
  [[nodiscard]] Index samples() const { return values.columns(); }
  [[nodiscard]] const std::uint8_t* mask_of(Index sample) const {
    return mask != nullptr ? mask + sample * features() : nullptr;
  }
  [[nodiscard]] Scalar offset_of(Index sample) const { return offsets != nullptr ? offsets[sample] : Scalar(0); }
  [[nodiscard]] Scalar weight_of(Index sample) const { return weights != nullptr ? weights[sample] : Scalar(1); }
};

template <Operand Values>
Observed(Values) -> Observed<Values>;

namespace detail {

/// Errors: ArgumentError unless a decoder's output has the shape that the data ask for.
template <Operand Parameters, Operand Values>
void require_matching(std::string_view likelihood, const Parameters& parameters, const Observed<Values>& observed) {
  static_assert(
      Parameters::Rows == Values::Rows || Parameters::Rows == dynamic || Values::Rows == dynamic,
      "betavae: the decoder must give as many numbers a sample as the likelihood needs for the data's features");
  require_same_size(likelihood, "rows of the decoder's output", parameters.rows(), "features of the data",
                    observed.features());
  require_same_size(likelihood, "samples of the decoder's output", parameters.columns(), "samples of the data",
                    observed.samples());
}

/// The values with 0 in every missing cell, so that nobody reads what is stored there: what an encoder sees.
template <Operand Values>
[[nodiscard]] Values present_values(const Observed<Values>& observed) {
  if (observed.mask == nullptr) {
    return observed.values;
  }
  using Scalar = typename Values::Scalar;
  const Values& x = observed.values;
  const Index features = x.rows();
  const std::uint8_t* const mask = observed.mask;
  Values y = make_result<Values::Rows>(features, x.columns(), x);
  for (Index j = 0; j < x.columns(); ++j) {
    for (Index i = 0; i < features; ++i) {
      y.value_view().column(j)[i] = mask[j * features + i] != 0 ? x.value_view().column(j)[i] : Scalar(0);
    }
  }
  record("present_values", y, [=] {
    if constexpr (is_variable<Values>) {
      for (Index j = 0; j < x.columns(); ++j) {
        for (Index i = 0; i < features; ++i) {
          x.adjoint_view().column(j)[i] += mask[j * features + i] != 0 ? y.adjoint_view().column(j)[i] : Scalar(0);
        }
      }
    }
  });
  return y;
}

/// Room for the partial derivative of each sample's nats in each number of x, of x's shape; a view of nothing for a constant x.
template <Operand X>
[[nodiscard]] MatrixView<typename X::Scalar> allocate_partial(const X& x) {
  auto* const data = is_variable<X> ? x.tape().allocate(x.rows() * x.columns()) : nullptr;
  return {data, x.rows(), x.columns(), is_variable<X> ? x.rows() : 0};  // without data every column is null
}

/// work(sample) for each column of x, shared among the tape's threads.
template <Operand X, class Work>
void share_samples(const X& x, const Work& work) {
  using Scalar = typename X::Scalar;
  const Index least = Tape<Scalar>::numbers_worth_a_thread / std::max<Index>(x.rows(), 1);
  x.tape().share_range(x.columns(), least, [&](Index first, Index samples) {
    for (Index j = first; j < first + samples; ++j) {
      work(j);
    }
  });
}

/// The reverse pass of nats (1 × samples) in x, whose partial derivatives stand in `partial`: x̄ += n̄ · partial, sample by sample.
template <Operand Nats, Operand X>
void add_by_sample(const Nats& nats, const X& x, MatrixView<typename X::Scalar> partial) {
  if constexpr (is_variable<X>) {
    share_samples(x, [&](Index j) {
      kernels::multiply_add(partial.rows, *nats.adjoint_view().column(j), partial.column(j),
                            x.adjoint_view().column(j));
    });
  }
}

/// Puts nats that depend on x alone on the tape.
template <Operand Nats, Operand X>
void record_by_sample(std::string_view operation, const Nats& nats, const X& x,
                      MatrixView<typename X::Scalar> partial) {
  record(operation, nats, [=] { add_by_sample(nats, x, partial); });
}

/// A matrix as plain memory.
template <class Derived>
[[nodiscard]] Matrix<typename Derived::Scalar> transform(const Derived& matrix, auto function) {
  Matrix<typename Derived::Scalar> result(matrix.rows(), matrix.cols());
  for (Index j = 0; j < matrix.cols(); ++j) {
    for (Index i = 0; i < matrix.rows(); ++i) {
      result(i, j) = function(matrix(i, j), i, j);
    }
  }
  return result;
}

}  // namespace detail
}  // namespace betavae
