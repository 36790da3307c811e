// SPDX-License-Identifier: MIT
// The distortion of a Bernoulli likelihood in vectors.
#pragma once

#include <betavae/kernels/activation.hpp>
#include <betavae/kernels/bernoulli.hpp>
#include <betavae/kernels/detail/masked.hpp>
#include <betavae/kernels/sum.hpp>
#include <betavae/simd/math.hpp>

#include <cstdint>

namespace betavae::kernels {

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

namespace vectors {

template <class Scalar>
Scalar bernoulli_distortion(Index count, const Scalar* logits, const Scalar* values, const std::uint8_t* mask,
                            Scalar offset, Scalar* partial) {
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
}

}  // namespace vectors
}  // namespace betavae::kernels
