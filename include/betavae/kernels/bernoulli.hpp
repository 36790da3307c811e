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
#include <betavae/kernels/detail/has_vectors.hpp>
#include <betavae/kernels/sum.hpp>

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

/// For float and double, on the machine's vectors.
namespace vectors {

template <class Scalar>
[[nodiscard]] BETAVAE_API Scalar bernoulli_distortion(Index count, const Scalar* logits, const Scalar* values,
                                                      const std::uint8_t* mask, Scalar offset, Scalar* partial);

}  // namespace vectors

/// The distortion of one sample, summed over its `count` values. `mask`, where given, is 0 for a missing value, which then counts
/// nothing and is never read; `offset` is added to every logit. `partial`, where given, receives ∂/∂logit.
template <class Scalar>
[[nodiscard]] Scalar bernoulli_distortion(Index count, const Scalar* logits, const Scalar* values,
                                          const std::uint8_t* mask, Scalar offset, Scalar* partial) {
  if constexpr (detail::has_vectors<Scalar>) {
    return vectors::bernoulli_distortion(count, logits, values, mask, offset, partial);
  } else {
    return bernoulli_distortion_reference(count, logits, values, mask, offset, partial);
  }
}

}  // namespace betavae::kernels

#if BETAVAE_HEADER_ONLY
#include <betavae/kernels/bernoulli.ipp>
#endif
