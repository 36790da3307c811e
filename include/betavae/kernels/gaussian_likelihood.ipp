// SPDX-License-Identifier: MIT
// Squared errors in vectors.
#pragma once

#include <betavae/kernels/detail/masked.hpp>
#include <betavae/kernels/gaussian_likelihood.hpp>
#include <betavae/kernels/sum.hpp>

#include <algorithm>
#include <cstdint>

namespace betavae::kernels {

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

namespace vectors {

template <class Scalar>
SquaredError<Scalar> squared_error(Index count, const Scalar* mean, const Scalar* values, const std::uint8_t* mask,
                                   Scalar offset, Scalar* partial) {
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
}

}  // namespace vectors
}  // namespace betavae::kernels
