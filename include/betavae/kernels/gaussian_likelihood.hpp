// SPDX-License-Identifier: MIT
// The squared error of a Gaussian likelihood, the only part of it that touches every value:
//
//     −ln p(x|μ, σ) = Σᵢ (xᵢ − μᵢ)² / 2σ² + ½ d ln 2πσ²,    d = number of values present
//
// The sum runs in sixteen lanes and a tree; each square rounds once with its addition where the processor fuses, else twice.
// NaN gives NaN, an infinity ∞ or NaN.
#pragma once

#include <betavae/kernels/detail/masked.hpp>
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

namespace detail {

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

/// Adds the squared errors of `count` numbers, all of them present, to `squares`.
template <class Scalar>
void add_squared_errors(Index count, const Scalar* mean, const Scalar* values, Scalar offset, Scalar* partial,
                        LaneSum<Scalar>& squares) {
  const Index whole = count / block_size * block_size;
  simd::dispatch<SquaredErrorBody<Scalar>>(whole, mean, values, offset, partial, squares.lanes());
  for (Index i = whole; i < count; ++i) {
    const Scalar difference = mean[i] + offset - values[i];
    squares.add(i, difference * difference);
    if (partial != nullptr) {
      partial[i] = difference;
    }
  }
}

}  // namespace detail

/// `mask`, where given, is 0 for a missing value, which is never read. `partial`, where given, receives ∂(½ sum)/∂mean.
template <class Scalar>
[[nodiscard]] SquaredError<Scalar> squared_error(Index count, const Scalar* mean, const Scalar* values,
                                                 const std::uint8_t* mask, Scalar offset, Scalar* partial) {
  if constexpr (detail::has_vectors<Scalar>) {
    LaneSum<Scalar> squares;
    if (mask == nullptr) {
      detail::add_squared_errors(count, mean, values, offset, partial, squares);
      return {squares.total(), count};
    }
    detail::for_masked_pieces(count, mean, offset, values, mask, Scalar(0),
                              [&](Index first, Index now, const Scalar* piece_mean, const Scalar* piece_values) {
                                Scalar* const piece_partial = partial != nullptr ? partial + first : nullptr;
                                detail::add_squared_errors(now, piece_mean, piece_values, Scalar(0), piece_partial,
                                                           squares);
                              });
    return {squares.total(), count - static_cast<Index>(std::count(mask, mask + count, std::uint8_t{0}))};
  } else {
    return squared_error_reference(count, mean, values, mask, offset, partial);
  }
}

}  // namespace betavae::kernels
