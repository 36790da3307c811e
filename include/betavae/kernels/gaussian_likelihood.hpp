// SPDX-License-Identifier: MIT
// The squared error of a Gaussian likelihood, the only part of it that touches every value:
//
//     −ln p(x|μ, σ) = Σᵢ (xᵢ − μᵢ)² / 2σ² + ½ d ln 2πσ²,    d = number of values present
//
// The sum runs in sixteen lanes and a tree; each square rounds once with its addition where the processor fuses, else twice.
// NaN gives NaN, an infinity ∞ or NaN.
#pragma once

#include <betavae/kernels/detail/has_vectors.hpp>
#include <betavae/kernels/sum.hpp>

#include <algorithm>
#include <cstdint>

namespace betavae::kernels {

/// Σ (value − mean − offset)² of one sample over the values that are present, and how many they are.
template <class Scalar>
struct SquaredError {
  Scalar sum;
  Index present;
};

/// The specification of `squared_error`.
template <class Scalar>
[[nodiscard]] SquaredError<Scalar> squared_error_reference(Index count, const Scalar* mean, const Scalar* values,
                                                           const std::uint8_t* mask, Scalar offset, Scalar* partial) {
  LaneSum<Scalar> squares;
  Index present = 0;
  for (Index i = 0; i < count; ++i) {
    Scalar difference(0);
    if (mask == nullptr || mask[i] != 0) {
      difference = mean[i] + offset - values[i];
      squares.add(i, difference * difference);
      ++present;
    }
    if (partial != nullptr) {
      partial[i] = difference;
    }
  }
  return {squares.total(), present};
}

/// For float and double, on the machine's vectors.
namespace vectors {

template <class Scalar>
[[nodiscard]] BETAVAE_API SquaredError<Scalar> squared_error(Index count, const Scalar* mean, const Scalar* values,
                                                             const std::uint8_t* mask, Scalar offset, Scalar* partial);

}  // namespace vectors

/// `mask`, where given, is 0 for a missing value, which is never read. `partial`, where given, receives ∂(½ sum)/∂mean.
template <class Scalar>
[[nodiscard]] SquaredError<Scalar> squared_error(Index count, const Scalar* mean, const Scalar* values,
                                                 const std::uint8_t* mask, Scalar offset, Scalar* partial) {
  if constexpr (detail::has_vectors<Scalar>) {
    return vectors::squared_error(count, mean, values, mask, offset, partial);
  } else {
    return squared_error_reference(count, mean, values, mask, offset, partial);
  }
}

}  // namespace betavae::kernels

#if BETAVAE_HEADER_ONLY
#include <betavae/kernels/gaussian_likelihood.ipp>
#endif
