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
  Index valid_rows;  ///< further rows repeat the last one, and are not stored
  const Scalar* a;
  Index a_row_stride, a_depth_stride;
  const Scalar* b;
  Index b_depth_stride;
  const Scalar* start;  ///< null for zeros; may be `c`
  Index start_row_stride;
  Scalar* c;
  Index c_row_stride;
  Index last_vector;
  bool relu;  ///< of what is stored
};

template <class Path, int Rows, int Vectors, class Scalar>
BETAVAE_INLINE void run_tile(const Tile<Scalar>& tile) {
  using Vector = simd::Vector<Path, Scalar>;
  using Unaligned = simd::Unaligned<Path, Scalar>;
  constexpr Index lanes = simd::lanes<Path, Scalar>;

  const Scalar* a[Rows];
  Vector sums[Rows][Vectors];
  BETAVAE_UNROLL
  for (int i = 0; i < Rows; ++i) {
    const Index row = i < tile.valid_rows ? i : tile.valid_rows - 1;
    a[i] = tile.a + row * tile.a_row_stride;
    BETAVAE_UNROLL
    for (int v = 0; v < Vectors; ++v) {
      sums[i][v] = Vector{};
    }
    if (tile.start != nullptr) {
      const Scalar* const start = tile.start + row * tile.start_row_stride;
      BETAVAE_UNROLL
      for (int v = 0; v < Vectors - 1; ++v) {
        sums[i][v] = *reinterpret_cast<const Unaligned*>(start + v * lanes);
      }
      sums[i][Vectors - 1] = *reinterpret_cast<const Unaligned*>(start + tile.last_vector);
    }
  }

  const Scalar* b = tile.b;
  const Index b_depth_stride = tile.b_depth_stride;
  const Index last_vector = tile.last_vector;
  const Index a_depth_stride = tile.a_depth_stride;
  Index a_offset = 0;
  for (Index k = tile.depth; k > 0; --k) {
    BETAVAE_CONTRACT
    Vector b_row[Vectors];
    BETAVAE_UNROLL
    for (int v = 0; v < Vectors; ++v) {
      b_row[v] = *reinterpret_cast<const Unaligned*>(b + (v < Vectors - 1 ? v * lanes : last_vector));
      BETAVAE_KEEP_IN_REGISTER(b_row[v]);
    }
    BETAVAE_UNROLL
    for (int i = 0; i < Rows; ++i) {
      const Vector a_number = a[i][a_offset] - Vector{};
      BETAVAE_UNROLL
      for (int v = 0; v < Vectors; ++v) {
        sums[i][v] += a_number * b_row[v];
      }
    }
    b += b_depth_stride;
    a_offset += a_depth_stride;
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
      for (int v = 0; v < Vectors - 1; ++v) {
        *reinterpret_cast<Unaligned*>(c + v * lanes) = sums[i][v];
      }
      *reinterpret_cast<Unaligned*>(c + tile.last_vector) = sums[i][Vectors - 1];
    }
  }
}

}  // namespace betavae::kernels::detail
