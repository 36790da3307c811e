// SPDX-License-Identifier: MIT
// What was observed, as every likelihood takes it: values, and beside them what is known of each value and sample.
#pragma once

#include <betavae/autodiff/erased.hpp>
#include <betavae/core/errors.hpp>
#include <betavae/kernels/chain_rule.hpp>

#include <algorithm>
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

/// What a likelihood reads of its data but the weights.
template <class Scalar>
struct ErasedObserved {
  MatrixView<Scalar> values;
  const std::uint8_t* mask;
  const Scalar* offsets;

  [[nodiscard]] const std::uint8_t* mask_of(Index sample) const {
    return mask != nullptr ? mask + sample * values.rows : nullptr;
  }
  [[nodiscard]] Scalar offset_of(Index sample) const { return offsets != nullptr ? offsets[sample] : Scalar(0); }
};

template <Operand Values>
[[nodiscard]] ErasedObserved<typename Values::Scalar> erase(const Observed<Values>& observed) {
  return {observed.values.value_view(), observed.mask, observed.offsets};
}

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

template <class Scalar>
Erased<Scalar> erased_present_values(const Erased<Scalar>& x, const std::uint8_t* mask) {
  const Index features = x.value.rows;
  const Erased<Scalar> y = make_erased(*x.tape, features, x.value.columns, x.is_variable());
  for (Index j = 0; j < x.value.columns; ++j) {
    for (Index i = 0; i < features; ++i) {
      y.value.column(j)[i] = mask[j * features + i] != 0 ? x.value.column(j)[i] : Scalar(0);
    }
  }
  record_erased("present_values", y, [=] {
    for (Index j = 0; j < x.value.columns; ++j) {
      for (Index i = 0; i < features; ++i) {
        x.adjoint.column(j)[i] += mask[j * features + i] != 0 ? y.adjoint.column(j)[i] : Scalar(0);
      }
    }
  });
  return y;
}

/// The values with 0 in every missing cell, so that nobody reads what is stored there: what an encoder sees.
template <Operand Values>
[[nodiscard]] Values present_values(const Observed<Values>& observed) {
  if (observed.mask == nullptr) {
    return observed.values;
  }
  return restore<Values>(erased_present_values(erase(observed.values), observed.mask));
}

/// Room for the partial derivative of each sample's nats in each number of x, of x's shape; a view of nothing for a constant x.
template <Operand X>
[[nodiscard]] MatrixView<typename X::Scalar> allocate_partial(const X& x) {
  auto* const data = is_variable<X> ? x.tape().allocate(x.rows() * x.columns()) : nullptr;
  return {data, x.rows(), x.columns(), is_variable<X> ? x.rows() : 0};  // without data every column is null
}

/// work(sample) for each of the samples of so many numbers, shared among the tape's threads.
template <class Scalar, class Work>
void share_samples(const Tape<Scalar>& tape, Index numbers, Index samples, const Work& work) {
  const Index least = Tape<Scalar>::numbers_worth_a_thread / std::max<Index>(numbers, 1);
  tape.share_range(samples, least, [&](Index first, Index count) {
    for (Index j = first; j < first + count; ++j) {
      work(j);
    }
  });
}

/// work(sample) for each column of x, shared among the tape's threads.
template <Operand X, class Work>
void share_samples(const X& x, const Work& work) {
  share_samples(x.tape(), x.rows(), x.columns(), work);
}

/// The reverse pass of nats (1 × samples) in x, whose partial derivatives stand in `partial`: x̄ += n̄ · partial, sample by sample.
template <class Scalar>
void add_by_sample(const Tape<Scalar>& tape, MatrixView<Scalar> nats_adjoint, MatrixView<Scalar> x_adjoint,
                   MatrixView<Scalar> partial) {
  share_samples(tape, x_adjoint.rows, x_adjoint.columns, [&](Index j) {
    kernels::multiply_add(partial.rows, *nats_adjoint.column(j), partial.column(j), x_adjoint.column(j));
  });
}
template <Operand Nats, Operand X>
void add_by_sample(const Nats& nats, const X& x, MatrixView<typename X::Scalar> partial) {
  if constexpr (is_variable<X>) {
    add_by_sample(x.tape(), nats.adjoint_view(), x.adjoint_view(), partial);
  }
}

/// Puts nats that depend on x alone on the tape.
template <class Scalar>
void record_by_sample(std::string_view operation, const Erased<Scalar>& nats, const Erased<Scalar>& x,
                      MatrixView<Scalar> partial) {
  record_erased(operation, nats, [=] { add_by_sample(*x.tape, nats.adjoint, x.adjoint, partial); });
}
template <Operand Nats, Operand X>
void record_by_sample(std::string_view operation, const Nats& nats, const X& x,
                      MatrixView<typename X::Scalar> partial) {
  record_by_sample(operation, erase(nats), erase(x), partial);
}

/// −ln p of one sample, in nats summed over its features, and, unless `partial` is null, its derivatives in the parameters.
template <class Scalar>
using SampleNats = Scalar (*)(const void* likelihood, Index features, const Scalar* parameters, const Scalar* values,
                              const std::uint8_t* mask, Scalar offset, Scalar* partial);

/// The distortion of a likelihood whose samples are independent and which has no parameters of its own: 1 × samples.
template <class Scalar>
Erased<Scalar> erased_distortion(std::string_view operation, const void* likelihood, SampleNats<Scalar> sample_nats,
                                 const Erased<Scalar>& parameters, const ErasedObserved<Scalar>& observed) {
  const MatrixView<Scalar>& in = parameters.value;
  const Erased<Scalar> nats = make_erased(*parameters.tape, 1, in.columns, parameters.is_variable());
  const MatrixView<Scalar> partial =
      parameters.is_variable() ? allocate_matrix(*parameters.tape, in.rows, in.columns) : MatrixView<Scalar>{};
  share_samples(*parameters.tape, in.rows, in.columns, [&](Index j) {
    *nats.value.column(j) =
        sample_nats(likelihood, observed.values.rows, in.column(j), observed.values.column(j), observed.mask_of(j),
                    observed.offset_of(j), partial.data != nullptr ? partial.column(j) : nullptr);
  });
  record_by_sample(operation, nats, parameters, partial);
  return nats;
}

#if !BETAVAE_HEADER_ONLY
#define BETAVAE_OBSERVED(Keyword, Scalar)                                                                            \
  Keyword template BETAVAE_API Erased<Scalar> erased_present_values(const Erased<Scalar>&, const std::uint8_t*);     \
  Keyword template BETAVAE_API void add_by_sample(const Tape<Scalar>&, MatrixView<Scalar>, MatrixView<Scalar>,       \
                                                  MatrixView<Scalar>);                                               \
  Keyword template BETAVAE_API void record_by_sample(std::string_view, const Erased<Scalar>&, const Erased<Scalar>&, \
                                                     MatrixView<Scalar>);                                            \
  Keyword template BETAVAE_API Erased<Scalar> erased_distortion(std::string_view, const void*, SampleNats<Scalar>,   \
                                                                const Erased<Scalar>&, const ErasedObserved<Scalar>&);
BETAVAE_INSTANCES(BETAVAE_OBSERVED)
#endif

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
