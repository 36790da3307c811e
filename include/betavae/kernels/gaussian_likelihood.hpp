// SPDX-License-Identifier: MIT
// The squared error of a Gaussian likelihood, the only part of it that touches every value:
//
//     −ln p(x|μ, σ) = Σᵢ (xᵢ − μᵢ)² / 2σ² + ½ d ln 2πσ²,    d = number of values present
//
// The sum runs in sixteen lanes and a tree; each square rounds once with its addition where the processor fuses, else twice.
// NaN gives NaN, an infinity ∞ or NaN.
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

namespace detail {

/// Numbers `first` to `count` of `squared_error`, added to `squares`. Returns how many are present.
template <class Scalar>
Index add_squared_errors(Index first, Index count, const Scalar* mean, const Scalar* values, const std::uint8_t* mask,
                         Scalar offset, Scalar* partial, LaneSum<Scalar>& squares) {
  Index present = 0;
  for (Index i = first; i < count; ++i) {
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
  return present;
}

/// `count` numbers, a multiple of sixteen, all of them present.
template <class Scalar>
struct SquaredErrorBody {
  template <class Path>
  BETAVAE_INLINE static void run(Index count, const Scalar* mean, const Scalar* values, Scalar offset, Scalar* partial,
                                 Scalar* lanes) {
    using Vector = simd::Vector<Path, Scalar>;
    using Unaligned = simd::Unaligned<Path, Scalar>;
    constexpr Index width = simd::lanes<Path, Scalar>;
    constexpr Index vectors = block_size / width;
    Vector sums[vectors];
    BETAVAE_UNROLL
    for (Index v = 0; v < vectors; ++v) {
      sums[v] = *reinterpret_cast<const Unaligned*>(lanes + v * width);
    }
    for (Index i = 0; i < count; i += block_size) {
      BETAVAE_CONTRACT
      BETAVAE_UNROLL
      for (Index v = 0; v < vectors; ++v) {
        const Index at = i + v * width;
        const Vector difference =
            *reinterpret_cast<const Unaligned*>(mean + at) + offset - *reinterpret_cast<const Unaligned*>(values + at);
        sums[v] += difference * difference;
        if (partial != nullptr) {
          *reinterpret_cast<Unaligned*>(partial + at) = difference;
        }
      }
    }
    BETAVAE_UNROLL
    for (Index v = 0; v < vectors; ++v) {
      *reinterpret_cast<Unaligned*>(lanes + v * width) = sums[v];
    }
  }
};

}  // namespace detail

/// The specification of `squared_error`.
template <class Scalar>
[[nodiscard]] SquaredError<Scalar> squared_error_reference(Index count, const Scalar* mean, const Scalar* values,
                                                           const std::uint8_t* mask, Scalar offset, Scalar* partial) {
  LaneSum<Scalar> squares;
  const Index present = detail::add_squared_errors(Index(0), count, mean, values, mask, offset, partial, squares);
  return {squares.total(), present};
}

/// `mask`, where given, is 0 for a missing value, which is never read. `partial`, where given, receives ∂(½ sum)/∂mean.
template <class Scalar>
[[nodiscard]] SquaredError<Scalar> squared_error(Index count, const Scalar* mean, const Scalar* values,
                                                 const std::uint8_t* mask, Scalar offset, Scalar* partial) {
  if constexpr (detail::has_vectors<Scalar>) {
    if (mask == nullptr) {
      LaneSum<Scalar> squares;
      const Index whole = count / detail::block_size * detail::block_size;
      simd::dispatch<detail::SquaredErrorBody<Scalar>>(whole, mean, values, offset, partial, squares.lanes());
      detail::add_squared_errors(whole, count, mean, values, mask, offset, partial, squares);
      return {squares.total(), count};
    }
  }
  return squared_error_reference(count, mean, values, mask, offset, partial);
}

}  // namespace betavae::kernels
