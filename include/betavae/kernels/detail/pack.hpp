// SPDX-License-Identifier: MIT
// Copies of a matrix that a kernel can walk through in one stream.
#pragma once

#include <betavae/simd/vector.hpp>

namespace betavae::kernels::detail {

/// A width of vectors that no path names: so many numbers.
template <int Count, class Scalar>
struct Numbers {
  static constexpr int bytes = Count * static_cast<int>(sizeof(Scalar));
};

#if __has_builtin(__builtin_shufflevector)
/// to[k][j] = from[j][k] for k < 4 and j < 8.
template <class Scalar>
BETAVAE_INLINE void transpose(const Scalar* from, Index from_stride, Scalar* to, Index to_stride) {
  using Four = simd::Unaligned<Numbers<4, Scalar>, Scalar>;
  using Eight = simd::Vector<Numbers<8, Scalar>, Scalar>;
  using EightAnywhere = simd::Unaligned<Numbers<8, Scalar>, Scalar>;
  Eight rows[4];  // j and j + 4
  BETAVAE_UNROLL
  for (int j = 0; j < 4; ++j) {
    rows[j] =
        __builtin_shufflevector(*reinterpret_cast<const Four*>(from + j * from_stride),
                                *reinterpret_cast<const Four*>(from + (j + 4) * from_stride), 0, 1, 2, 3, 4, 5, 6, 7);
  }
  const Eight low_01 = __builtin_shufflevector(rows[0], rows[1], 0, 8, 1, 9, 4, 12, 5, 13);
  const Eight low_23 = __builtin_shufflevector(rows[2], rows[3], 0, 8, 1, 9, 4, 12, 5, 13);
  const Eight high_01 = __builtin_shufflevector(rows[0], rows[1], 2, 10, 3, 11, 6, 14, 7, 15);
  const Eight high_23 = __builtin_shufflevector(rows[2], rows[3], 2, 10, 3, 11, 6, 14, 7, 15);
  *reinterpret_cast<EightAnywhere*>(to) = __builtin_shufflevector(low_01, low_23, 0, 1, 8, 9, 4, 5, 12, 13);
  *reinterpret_cast<EightAnywhere*>(to + to_stride) =
      __builtin_shufflevector(low_01, low_23, 2, 3, 10, 11, 6, 7, 14, 15);
  *reinterpret_cast<EightAnywhere*>(to + 2 * to_stride) =
      __builtin_shufflevector(high_01, high_23, 0, 1, 8, 9, 4, 5, 12, 13);
  *reinterpret_cast<EightAnywhere*>(to + 3 * to_stride) =
      __builtin_shufflevector(high_01, high_23, 2, 3, 10, 11, 6, 7, 14, 15);
}
#endif

/// to[k][j] = from(k, j) for k < depth and j < width: rows of `to` lie `to_stride` numbers apart, `from` lies by strides, of which
/// one is usually 1. `Chunk` is how many numbers are copied at once.
template <int Chunk, class Scalar>
BETAVAE_INLINE void pack(Index depth, Index width, const Scalar* from, Index depth_stride, Index width_stride,
                         Scalar* to, Index to_stride) {
  using Whole = simd::Unaligned<Numbers<Chunk, Scalar>, Scalar>;
  if (width_stride == 1) {
    const Index last = width - Chunk;  // the last chunk ends with the row, and overlaps the one before
    for (Index k = 0; k < depth; ++k) {
      for (Index j = 0; j < last; j += Chunk) {
        *reinterpret_cast<Whole*>(to + j) = *reinterpret_cast<const Whole*>(from + j);
      }
      if (last >= 0) {
        *reinterpret_cast<Whole*>(to + last) = *reinterpret_cast<const Whole*>(from + last);
      }
      for (Index j = 0; last < 0 && j < width; ++j) {
        to[j] = from[j];
      }
      from += depth_stride;
      to += to_stride;
    }
    return;
  }
#if __has_builtin(__builtin_shufflevector)
  // Transposed in registers, eight rows of four numbers at a time; the last ones overlap those before.
  if (depth_stride == 1 && depth >= 4 && width >= 8) {
    for (Index j = 0; j < width; j += 8) {
      const Index column = j < width - 8 ? j : width - 8;
      for (Index k = 0; k < depth; k += 4) {
        const Index row = k < depth - 4 ? k : depth - 4;
        transpose(from + column * width_stride + row, width_stride, to + row * to_stride + column, to_stride);
      }
    }
    return;
  }
#endif
  for (Index j = 0; j < width; ++j) {
    for (Index k = 0; k < depth; ++k) {
      to[k * to_stride + j] = from[j * width_stride + k * depth_stride];
    }
  }
}

}  // namespace betavae::kernels::detail
