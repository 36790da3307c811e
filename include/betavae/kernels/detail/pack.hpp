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
  // Transposed, four by four in registers where `from` is contiguous along the depth.
  Index transposed = 0;
#if __has_builtin(__builtin_shufflevector)
  using Four = simd::Vector<Numbers<4, Scalar>, Scalar>;
  using FourAnywhere = simd::Unaligned<Numbers<4, Scalar>, Scalar>;
  if (depth_stride == 1) {
    transposed = depth / 4 * 4;
    for (Index j = 0; j + 4 <= width; j += 4) {
      for (Index k = 0; k < transposed; k += 4) {
        const Scalar* const corner = from + j * width_stride + k;
        const Four row_0 = *reinterpret_cast<const FourAnywhere*>(corner);
        const Four row_1 = *reinterpret_cast<const FourAnywhere*>(corner + width_stride);
        const Four row_2 = *reinterpret_cast<const FourAnywhere*>(corner + 2 * width_stride);
        const Four row_3 = *reinterpret_cast<const FourAnywhere*>(corner + 3 * width_stride);
        const Four low_01 = __builtin_shufflevector(row_0, row_1, 0, 4, 1, 5);
        const Four low_23 = __builtin_shufflevector(row_2, row_3, 0, 4, 1, 5);
        const Four high_01 = __builtin_shufflevector(row_0, row_1, 2, 6, 3, 7);
        const Four high_23 = __builtin_shufflevector(row_2, row_3, 2, 6, 3, 7);
        Scalar* const target = to + k * to_stride + j;
        *reinterpret_cast<FourAnywhere*>(target) = __builtin_shufflevector(low_01, low_23, 0, 1, 4, 5);
        *reinterpret_cast<FourAnywhere*>(target + to_stride) = __builtin_shufflevector(low_01, low_23, 2, 3, 6, 7);
        *reinterpret_cast<FourAnywhere*>(target + 2 * to_stride) =
            __builtin_shufflevector(high_01, high_23, 0, 1, 4, 5);
        *reinterpret_cast<FourAnywhere*>(target + 3 * to_stride) =
            __builtin_shufflevector(high_01, high_23, 2, 3, 6, 7);
      }
    }
  }
#endif
  for (Index j = 0; j < width; ++j) {
    for (Index k = j < width / 4 * 4 ? transposed : 0; k < depth; ++k) {
      to[k * to_stride + j] = from[j * width_stride + k * depth_stride];
    }
  }
}

}  // namespace betavae::kernels::detail
