// SPDX-License-Identifier: MIT
// The heart of the product: a tile of accumulators in registers.
//
// For each step k of the depth it loads `Vectors` vectors of B's row k, broadcasts A(i, k) for `Rows` rows from wherever it lies, and
// multiplies and adds. Every output is one chain of multiply-adds over k = 0, 1, … that begins at its start value: the same chain,
// and so the same bits, whichever tile it falls into.
#pragma once

#include <betavae/simd/vector.hpp>

namespace betavae::kernels::detail {

/// Where one tile reads and writes. Vector v of a row lies at v · lanes, but for the last one, which lies at `last_vector`: at the
/// edge of a matrix it ends where the row ends, and overlaps the one before. Both then compute the same numbers.
template <class Scalar>
struct Tile {
  Index depth;
  Index valid_rows;  ///< further rows of A are there too, but mean nothing, and are not stored
  const Scalar* a;
  Index a_row_stride, a_depth_stride;
  const Scalar* b;
  Index b_depth_stride;
  const Scalar* start;  ///< null for zeros; may be `c`
  Index start_row_stride;
  Scalar* c;
  Index c_row_stride;
  Index last_vector;
  bool relu;     ///< of what is stored
  bool streams;  ///< stores past the caches, in tiles of three vectors: every vector of C is aligned
  const Scalar*
      soon;  ///< what is fetched into the second-level cache on the way, a line a step, `soon_stride` numbers apart
  Index soon_stride;
};

template <class Path, int Rows, int Vectors, class Scalar>
BETAVAE_INLINE void run_tile(const Tile<Scalar>& tile) {
  static_assert(Rows <= 8);
  using Vector = simd::Vector<Path, Scalar>;
  using Unaligned = simd::Unaligned<Path, Scalar>;
  constexpr Index lanes = simd::lanes<Path, Scalar>;

  Vector sums[Rows][Vectors];
  BETAVAE_UNROLL
  for (int i = 0; i < Rows; ++i) {
    BETAVAE_UNROLL
    for (int v = 0; v < Vectors; ++v) {
      sums[i][v] = Vector{};
    }
    if (tile.start != nullptr && i < tile.valid_rows) {
      const Scalar* const start = tile.start + i * tile.start_row_stride;
      BETAVAE_UNROLL
      for (int v = 0; v < Vectors - 1; ++v) {
        sums[i][v] = *reinterpret_cast<const Unaligned*>(start + v * lanes);
      }
      sums[i][Vectors - 1] = *reinterpret_cast<const Unaligned*>(start + tile.last_vector);
    }
  }

  // Eight rows of A by two pointers and two strides, which addresses can scale by 2 and 4: a pointer for each row would leave none
  // for fetching ahead, or move some to vector registers, each way back taking a multiplier's port. The asm keeps the compiler
  // from working out the sums beforehand, one register each.
  Index row = tile.a_row_stride * static_cast<Index>(sizeof(Scalar));
  Index three_rows = 3 * row;
  asm("" : "+r"(row), "+r"(three_rows));
  const char* a = reinterpret_cast<const char*>(tile.a);
  // Without depth A may be a null pointer, to which nothing may be added.
  const char* a_of_row_5 = tile.depth > 0 ? a + 5 * row : a;
  const Index a_depth_stride = tile.a_depth_stride * static_cast<Index>(sizeof(Scalar));
  const Scalar* b = tile.b;
  const Index b_depth_stride = tile.b_depth_stride;
  const Index last_vector = tile.last_vector;
  const Scalar* soon = tile.soon;
  const Index soon_stride = tile.soon_stride;
  for (Index k = tile.depth; k > 0; --k) {
    BETAVAE_CONTRACT
    Vector b_row[Vectors];
    BETAVAE_UNROLL
    for (int v = 0; v < Vectors; ++v) {
      b_row[v] = *reinterpret_cast<const Unaligned*>(b + (v < Vectors - 1 ? v * lanes : last_vector));
      BETAVAE_KEEP_IN_REGISTER(b_row[v]);
    }
    __builtin_prefetch(soon, 0, 2);
    BETAVAE_UNROLL
    for (int i = 0; i < Rows; ++i) {
      const char* const at = i < 3    ? a + i * row
                             : i == 3 ? a + three_rows
                             : i == 4 ? a + 4 * row
                             : i == 6 ? a + 2 * three_rows
                                      : a_of_row_5 + (i - 5) * row;
      const Vector a_number = *reinterpret_cast<const Scalar*>(at) - Vector{};
      BETAVAE_UNROLL
      for (int v = 0; v < Vectors; ++v) {
        sums[i][v] += a_number * b_row[v];
      }
    }
    a += a_depth_stride;
    a_of_row_5 += a_depth_stride;
    b += b_depth_stride;
    soon += soon_stride;
  }

  if (tile.relu) {
    BETAVAE_UNROLL
    for (int i = 0; i < Rows; ++i) {
      BETAVAE_UNROLL
      for (int v = 0; v < Vectors; ++v) {
        sums[i][v] = sums[i][v] < Vector{} ? Vector{} : sums[i][v];  // NaN passes through
      }
    }
  }
  BETAVAE_UNROLL
  for (int i = 0; i < Rows; ++i) {
    if (i < tile.valid_rows) {
      Scalar* const c = tile.c + i * tile.c_row_stride;
      BETAVAE_UNROLL
      for (int v = 0; v < Vectors; ++v) {
        Scalar* const to = c + (v < Vectors - 1 ? v * lanes : tile.last_vector);
        if (Vectors == 3 && tile.streams) {
          simd::stream<Path, Scalar>(to, {sums[i][v]});
        } else {
          *reinterpret_cast<Unaligned*>(to) = sums[i][v];
        }
      }
    }
  }
}

}  // namespace betavae::kernels::detail
