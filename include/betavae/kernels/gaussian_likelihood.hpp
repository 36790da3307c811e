// SPDX-License-Identifier: MIT
// The squared error of a Gaussian likelihood, the only part of it that touches every value:
//
//     −ln p(x|μ, σ) = Σᵢ (xᵢ − μᵢ)² / 2σ² + ½ d ln 2πσ²,    d = number of values present
#pragma once

#include <betavae/kernels/sum.hpp>

#include <cstdint>

namespace betavae::kernels {

/// Σ (value − mean − offset)² of one sample over the values that are present, and how many they are.
template <class Scalar>
struct SquaredError {
  Scalar sum;
  Index present;
};

/// `mask`, where given, is 0 for a missing value, which is never read. `partial`, where given, receives ∂(½ sum)/∂mean.
template <class Scalar>
[[nodiscard]] SquaredError<Scalar> squared_error(Index count, const Scalar* mean, const Scalar* values,
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

}  // namespace betavae::kernels
