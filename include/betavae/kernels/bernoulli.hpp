// SPDX-License-Identifier: MIT
// The distortion of a Bernoulli likelihood from logits, in nats:
//
//     −ln p(x|a) = softplus(a) − x a,    ∂/∂a = sigmoid(a) − x,    x in [0, 1]
//
// Computed as (max(a, 0) − x a) + ln(1 + e^−|a|): no overflow, and where x = 0 or 1 is predicted surely, the small distortion that
// is left keeps its digits. For 0 < x < 1 it is the cross-entropy of a grey pixel, whose least value is not 0 but the entropy of x.
// An infinite logit gives ∞ or NaN, NaN gives NaN. A few roundings a value; the sum runs in sixteen lanes and a tree.
#pragma once

#include <betavae/kernels/activation.hpp>
#include <betavae/kernels/detail/masked.hpp>
#include <betavae/kernels/sum.hpp>
#include <betavae/simd/math.hpp>

#include <cstdint>

namespace betavae::kernels {

/// The specification of `bernoulli_distortion`.
template <class Scalar>
[[nodiscard]] Scalar bernoulli_distortion_reference(Index count, const Scalar* logits, const Scalar* values,
                                                    const std::uint8_t* mask, Scalar offset, Scalar* partial) {
  using std::abs;
  using std::exp;
  LaneSum<Scalar> nats;
  for (Index i = 0; i < count; ++i) {
    const bool present = mask == nullptr || mask[i] != 0;
    if (present) {
      const Scalar logit = logits[i] + offset;
      const Scalar positive_part = logit > Scalar(0) ? logit : Scalar(0);
      const Scalar e = exp(Scalar(-abs(logit)));  // shared by both: softplus(a) and sigmoid(a)
      nats.add(i, (positive_part - values[i] * logit) + log1p_of_small(e));
      if (partial != nullptr) {
        partial[i] = (logit >= Scalar(0) ? Scalar(1) : e) / (Scalar(1) + e) - values[i];
      }
    } else if (partial != nullptr) {
      partial[i] = Scalar(0);
    }
  }
  return nats.total();
}

namespace detail {

template <class Scalar>
struct BernoulliConstants {
  Scalar offset;
  Scalar* lanes;  ///< sixteen sums, added to
};

template <class Scalar>
struct BernoulliBody {
  static constexpr double padding[] = {-1e30, 0};  // a logit that costs exactly 0 nats where the value is 0

  template <class Path>
  BETAVAE_INLINE static void run(Index count, const Scalar* const* inputs, Scalar* const* outputs,
                                 const BernoulliConstants<Scalar>* constants) {
    using Vector = simd::Vector<Path, Scalar>;
    using Unaligned = simd::Unaligned<Path, Scalar>;
    const Scalar* const logits = inputs[0];
    const Scalar* const values = inputs[1];
    Scalar* const partials = outputs[0];
    const Scalar offset = constants->offset;
    for (Index i = 0; i < count; i += simd::lanes<Path, Scalar>) {
      BETAVAE_CONTRACT
      const Vector logit = *reinterpret_cast<const Unaligned*>(logits + i) + offset;
      const Vector value = *reinterpret_cast<const Unaligned*>(values + i);
      const Vector positive_part = simd::at_least<Path, Scalar>({logit}, 0).value;
      const auto power = simd::exp_of_minus_abs<Path, Scalar>({logit});
      const Vector nats = (positive_part - value * logit) + simd::log1p_of_fraction<Path, Scalar>(power).value;
      // The lanes stay in memory: the additions wait for each other less than for the exponential.
      auto* const sums = reinterpret_cast<Unaligned*>(constants->lanes + i % block_size);
      *sums += nats;
      if (partials != nullptr) {
        *reinterpret_cast<Unaligned*>(partials + i) = simd::sigmoid_of_exp<Path, Scalar>({logit}, power).value - value;
      }
    }
  }
};

}  // namespace detail

/// The distortion of one sample, summed over its `count` values. `mask`, where given, is 0 for a missing value, which then counts
/// nothing and is never read; `offset` is added to every logit. `partial`, where given, receives ∂/∂logit.
template <class Scalar>
[[nodiscard]] Scalar bernoulli_distortion(Index count, const Scalar* logits, const Scalar* values,
                                          const std::uint8_t* mask, Scalar offset, Scalar* partial) {
  if constexpr (detail::has_vectors<Scalar>) {
    using Body = detail::BernoulliBody<Scalar>;
    using Constants = detail::BernoulliConstants<Scalar>;
    LaneSum<Scalar> nats;
    if (mask == nullptr) {
      detail::for_blocks<Body, 2, 1, Scalar>(count, {logits, values}, {partial}, Constants{offset, nats.lanes()});
    } else {
      detail::for_masked_pieces(count, logits, offset, values, mask, Scalar(Body::padding[0]),
                                [&](Index first, Index now, const Scalar* piece_logits, const Scalar* piece_values) {
                                  Scalar* const piece_partial = partial != nullptr ? partial + first : nullptr;
                                  detail::for_blocks<Body, 2, 1, Scalar>(now, {piece_logits, piece_values},
                                                                         {piece_partial},
                                                                         Constants{Scalar(0), nats.lanes()});
                                });
    }
    return nats.total();
  } else {
    return bernoulli_distortion_reference(count, logits, values, mask, offset, partial);
  }
}

}  // namespace betavae::kernels
