// SPDX-License-Identifier: MIT
// What of a product depends on the path: strips of tiles, and copies of the matrices that tiles read.
#pragma once

#include <betavae/kernels/detail/pack.hpp>
#include <betavae/kernels/detail/product_tile.hpp>
#include <betavae/simd/dispatch.hpp>

namespace betavae::kernels::detail {

/// Accumulators fill the registers but for one row of B and one broadcast.
template <class Path>
inline constexpr int tile_rows = Path::registers == 32 ? 8 : 4;
template <class Path>
inline constexpr int tile_vectors =
    Path::bytes == 16 ? 2 : 3;  // without fused multiply-add a product needs a register too

/// One tile, or half of one where half of the widest would repeat the last row.
template <class Path, int Vectors, class Scalar>
BETAVAE_INLINE void run_strip(const Tile<Scalar>& tile) {
  constexpr int strip = tile_rows<Path>;
  if constexpr (strip == 8 && Vectors == 3) {
    if (tile.valid_rows <= strip / 2) {
      return run_tile<Path, strip / 2, Vectors>(tile);
    }
  }
  run_tile<Path, strip, Vectors>(tile);
}

/// The panel of B to come, fetched while the tiles of this one run: strip i fetches what lies at
/// first + i · line + k · stride in step k of its depth, for i < lines.
template <class Scalar>
struct NextPanel {
  static constexpr Index line = 64 / static_cast<Index>(sizeof(Scalar));
  const Scalar* first;
  Index stride;
  Index lines;
};

/// How a block of A is read: in place, or packed strip by strip. A last strip that is not full is packed in any case,
/// with zeros below it, so that a tile can read all its rows.
template <class Scalar>
struct PackedRows {
  const Scalar* a;
  Index row_stride, depth_stride, strip_stride;
  const Scalar* short_strip;  ///< where it lies if it alone is packed, else null
};

/// All strips of one panel.
template <class Path, int Vectors, class Scalar>
BETAVAE_INLINE void run_strips(Tile<Scalar> tile, Index rows, Index columns, const PackedRows<Scalar>& a,
                               const NextPanel<Scalar>& next) {
  constexpr Index lanes = simd::lanes<Path, Scalar>;
  constexpr int strip = tile_rows<Path>;
  const bool is_narrow = Vectors < 3 && columns < lanes;  // fewer than a vector: through a strip of whole ones
  alignas(64) Scalar whole[static_cast<std::size_t>(strip * lanes)] = {};
  const Tile<Scalar> first = tile;
  for (Index row = 0; row < rows; row += strip) {
    tile.valid_rows = rows - row < strip ? rows - row : strip;
    if (tile.valid_rows < strip && a.short_strip != nullptr) {
      tile.a = a.short_strip;
      tile.a_row_stride = 1;
      tile.a_depth_stride = strip;
    }
    if (first.start != nullptr) {
      tile.start = first.start + row * tile.start_row_stride;
    }
    Scalar* const c = first.c + row * first.c_row_stride;
    tile.c = c;
    if (is_narrow) {
      for (Index i = 0; first.start != nullptr && i < tile.valid_rows; ++i) {
        for (Index j = 0; j < columns; ++j) {
          whole[i * lanes + j] = tile.start[i * first.start_row_stride + j];
        }
      }
      tile.start = first.start != nullptr ? whole : nullptr;
      tile.start_row_stride = tile.c_row_stride = lanes;
      tile.c = whole;
    }
    const Index line = row / strip;
    tile.soon = line < next.lines ? next.first + line * next.line : tile.b;
    tile.soon_stride = line < next.lines ? next.stride : 0;
    run_strip<Path, Vectors>(tile);
    if (is_narrow) {
      tile.start_row_stride = first.start_row_stride;
      for (Index i = 0; i < tile.valid_rows; ++i) {
        for (Index j = 0; j < columns; ++j) {
          c[i * first.c_row_stride + j] = whole[i * lanes + j];
        }
      }
    }
    tile.a += a.strip_stride;
  }
}

/// What depends on the path: the strips of one panel, of `vectors` vectors; copies of a panel of B, and of a strip of A.
template <class Scalar>
struct StripsBody {
  template <class Path>
  BETAVAE_INLINE static void run(const Tile<Scalar>* tile, Index vectors, Index rows, Index columns,
                                 const PackedRows<Scalar>* a, const NextPanel<Scalar>* next) {
    constexpr int widest = tile_vectors<Path>;
    if (widest == 3 && vectors == 3) {
      run_strips<Path, widest>(*tile, rows, columns, *a, *next);
    } else {
      run_strips<Path, 2>(*tile, rows, columns, *a, *next);
    }
  }
};

template <class Scalar>
struct PackPanelBody {
  template <class Path>
  BETAVAE_INLINE static void run(Index depth, Index columns, const Scalar* b, Index depth_stride, Index column_stride,
                                 Scalar* panel) {
    constexpr int lanes = simd::lanes<Path, Scalar>;
    pack<lanes>(depth, columns, b, depth_stride, column_stride, panel, Index{tile_vectors<Path>} * lanes);
  }
};

template <class Scalar>
struct PackStripBody {
  template <class Path>
  BETAVAE_INLINE static void run(Index depth, Index rows, const Scalar* a, Index depth_stride, Index row_stride,
                                 Scalar* strip) {
    pack<tile_rows<Path>>(depth, rows, a, depth_stride, row_stride, strip, tile_rows<Path>);
  }
};

/// A path as the loops around the tiles see it.
template <class Scalar>
struct ProductPath {
  using Pack = void (*)(Index, Index, const Scalar*, Index, Index, Scalar*);
  Index lanes, rows_of_strip, vectors_of_panel;
  bool streams_lines;  ///< a vector is a whole line of the cache
  void (*strips)(const Tile<Scalar>*, Index, Index, Index, const PackedRows<Scalar>*, const NextPanel<Scalar>*);
  Pack pack_panel;
  Pack pack_strip;
};

template <class Path, class Scalar>
[[nodiscard]] constexpr ProductPath<Scalar> product_path_of() {
  using simd::detail::function_of;
  return {.lanes = simd::lanes<Path, Scalar>,
          .rows_of_strip = tile_rows<Path>,
          .vectors_of_panel = tile_vectors<Path>,
          .streams_lines = Path::bytes == 64,
          .strips = function_of<Path, StripsBody<Scalar>, const Tile<Scalar>*, Index, Index, Index,
                                const PackedRows<Scalar>*, const NextPanel<Scalar>*>(),
          .pack_panel = function_of<Path, PackPanelBody<Scalar>, Index, Index, const Scalar*, Index, Index, Scalar*>(),
          .pack_strip = function_of<Path, PackStripBody<Scalar>, Index, Index, const Scalar*, Index, Index, Scalar*>()};
}

/// The path in use.
template <class Scalar>
[[nodiscard]] ProductPath<Scalar> product_path() {
#if BETAVAE_X86
  switch (simd::instruction_set()) {
    case simd::InstructionSet::avx512:
      return product_path_of<simd::Avx512, Scalar>();
    case simd::InstructionSet::avx2:
      return product_path_of<simd::Avx2, Scalar>();
    default:
      break;
  }
#endif
  return product_path_of<simd::Baseline, Scalar>();
}

}  // namespace betavae::kernels::detail
