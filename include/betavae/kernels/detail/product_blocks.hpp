// SPDX-License-Identifier: MIT
// How a product is cut into tiles: blocks of the depth, blocks of rows, panels of columns, strips of rows.
//
//     for each block of the depth          so that a panel of B takes half of the first-level cache
//       for each block of rows             so that what is packed of A takes a quarter of the second-level cache
//         pack A, where its strides hurt
//         for each panel of columns        as many vectors as a tile has
//           pack B
//           for each strip of rows         a tile
//
// Between blocks of the depth the sums wait in C, which changes none of their bits. Panels of B are packed where more than a few
// strips use them: loads are then aligned, and strides that are powers of two put nothing into one set of the cache. A is packed
// where its rows lie side by side (the weight gradient), so that a strip is one stream, and where their stride is such a power.
#pragma once

#include <betavae/kernels/activate.hpp>
#include <betavae/kernels/detail/has_vectors.hpp>
#include <betavae/kernels/detail/pack.hpp>
#include <betavae/kernels/detail/product_tile.hpp>
#include <betavae/kernels/product_arguments.hpp>
#include <betavae/simd/caches.hpp>

namespace betavae::kernels::detail {

/// Accumulators fill the registers but for one row of B and one broadcast.
template <class Path>
inline constexpr int tile_rows = Path::registers == 32 ? 8 : 4;
template <class Path>
inline constexpr int tile_vectors =
    Path::bytes == 16 ? 2 : 3;  // without fused multiply-add a product needs a register too

/// Below so many rows a panel is used too seldom to be worth its copy.
inline constexpr Index rows_worth_a_panel = 24;

/// How far a block reaches on any path: along the depth, and in numbers packed of A.
struct ProductBlocks {
  Index depth;
  Index packed;
};

template <class Scalar>
[[nodiscard]] inline ProductBlocks product_blocks() {
  constexpr Index panel_row = Index{tile_vectors<simd::Avx512>} * simd::Avx512::bytes;
  const simd::Caches& caches = simd::caches();
  return {caches.first_level / 2 / panel_row, caches.second_level / 4 / static_cast<Index>(sizeof(Scalar))};
}

/// Numbers of a panel of B of the widest kind, and of a packed block of A (a multiple of what any tile has rows).
template <class Path, class Scalar>
[[nodiscard]] constexpr Index panel_size(Index depth, const ProductBlocks& blocks) {
  return (depth < blocks.depth ? depth : blocks.depth) * tile_vectors<Path> * simd::lanes<Path, Scalar>;
}
[[nodiscard]] constexpr Index packed_block_size(Index rows, Index depth, const ProductBlocks& blocks) {
  const Index all = (rows + 7) / 8 * 8 * (depth < blocks.depth ? depth : blocks.depth);
  return all < blocks.packed ? all : blocks.packed;
}

/// Whether rows so far apart crowd into a few sets of the first-level cache.
template <class Scalar>
[[nodiscard]] constexpr bool is_crowding(Index stride) {
  return stride * static_cast<Index>(sizeof(Scalar)) % 4096 == 0;
}

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

/// The panel of B to come, fetched while the tiles of this one run: strip i fetches what lies at first + i · line + k · stride in
/// step k of its depth, for i < lines.
template <class Scalar>
struct NextPanel {
  static constexpr Index line = 64 / static_cast<Index>(sizeof(Scalar));
  const Scalar* first;
  Index stride;
  Index lines;
};

/// How a block of A is read: in place, or packed strip by strip. A last strip that is not full is packed in any case, with zeros
/// below it, so that a tile can read all its rows.
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

template <class Path, class Scalar>
BETAVAE_INLINE PackedRows<Scalar> pack_rows(const ProductArguments<Scalar>& product, Index first_row, Index rows,
                                            Index first_step, Index depth, Scalar* workspace) {
  constexpr Index strip = tile_rows<Path>;
  const Scalar* const a = product.a + first_row * product.a_row_stride + first_step * product.a_depth_stride;
  const bool lies_across = product.a_row_stride == 1 && product.a_depth_stride != 1;
  const bool packs_all = product.columns >= 4 * tile_vectors<Path> * simd::lanes<Path, Scalar> &&
                         (lies_across || is_crowding<Scalar>(product.a_row_stride));
  const Index whole = rows / strip * strip;
  for (Index i = whole * depth; whole < rows && i < (whole + strip) * depth; ++i) {
    workspace[i] = Scalar(0);
  }
  for (Index row = packs_all ? 0 : whole; row < rows; row += strip) {
    pack<tile_rows<Path>>(depth, rows - row < strip ? rows - row : strip, a + row * product.a_row_stride,
                          product.a_depth_stride, product.a_row_stride, workspace + row * depth, strip);
  }
  if (packs_all) {
    return {workspace, 1, strip, strip * depth, nullptr};
  }
  return {a, product.a_row_stride, product.a_depth_stride, strip * product.a_row_stride, workspace + whole * depth};
}

/// Whether C goes past the caches: it would not stay in the second level, nothing of it is read here, and each vector is a whole
/// line (parts of lines written apart from each other would cost more than reading them).
template <class Path, class Scalar>
BETAVAE_INLINE bool streams_result(const ProductArguments<Scalar>& product, const ProductBlocks& blocks) {
  constexpr Index lanes = simd::lanes<Path, Scalar>;
  return Path::bytes == 64 && product.rows * product.columns > 4 * blocks.packed && product.start != product.c &&
         product.depth <= blocks.depth && product.activation == Activation::identity && product.columns % lanes == 0 &&
         product.c_row_stride % lanes == 0 && reinterpret_cast<std::uintptr_t>(product.c) % Path::bytes == 0;
}

/// The whole product. The workspace holds a panel of B, then a block of A.
template <class Path, class Scalar>
BETAVAE_INLINE void run_product(const ProductArguments<Scalar>& product, const ProductBlocks& blocks) {
  constexpr int lanes = simd::lanes<Path, Scalar>;
  constexpr int widest = tile_vectors<Path>;
  Scalar* const packed = product.workspace + panel_size<Path, Scalar>(product.depth, blocks);
  const bool streams = streams_result<Path>(product, blocks);
  // Blocks of the depth are of about one length: a short rest would cost as many loads and stores of C as a whole block.
  const Index depth_blocks = product.depth > 0 ? (product.depth - 1) / blocks.depth + 1 : 1;
  const Index longest = (product.depth + depth_blocks - 1) / depth_blocks;
  Index step = 0;
  do {  // once for a depth of 0 too, which gives activation(start)
    const bool is_first = step == 0;
    const Index depth = product.depth - step < longest ? product.depth - step : longest;
    const bool is_last = step + depth == product.depth;
    const Index block = blocks.packed / (depth > 0 ? depth : 1) / tile_rows<Path> * tile_rows<Path>;
    for (Index row = 0; row < product.rows; row += block) {
      const Index rows = product.rows - row < block ? product.rows - row : block;
      const PackedRows<Scalar> a = pack_rows<Path>(product, row, rows, step, depth, packed);
      for (Index column = 0; column < product.columns;) {
        // The last two panels share their vectors evenly, since a narrow tile starves the multipliers. A panel of one vector
        // computes it twice: a tile of its own would not be worth its compilation.
        const Index left = product.columns - column;
        const Index vectors_left = (left + lanes - 1) / lanes;
        const Index vectors = vectors_left == widest + 1 ? widest - 1 : vectors_left < widest ? vectors_left : widest;
        const Index columns = left < vectors * lanes ? left : vectors * lanes;
        constexpr Index width = Index{widest} * lanes;
        Scalar* const c = product.c + row * product.c_row_stride + column;
        const Scalar* start = c;
        Index start_row_stride = product.c_row_stride;
        if (is_first) {
          start = product.start != nullptr ? product.start + row * product.start_row_stride + column : nullptr;
          start_row_stride = product.start_row_stride;
        }
        const Scalar* const b = product.b + step * product.b_depth_stride + column * product.b_column_stride;
        NextPanel<Scalar> next{};
        if (!(is_last && columns == left)) {
          const bool is_contiguous = product.b_column_stride == 1;
          next.first = columns < left ? b + columns * product.b_column_stride
                                      : product.b + (step + depth) * product.b_depth_stride;
          next.stride = is_contiguous ? product.b_depth_stride : product.b_column_stride;
          next.lines = ((is_contiguous ? columns : depth) - 1) / next.line + 1;
        }
        Tile<Scalar> tile{.depth = depth,
                          .valid_rows = 0,
                          .a = a.a,
                          .a_row_stride = a.row_stride,
                          .a_depth_stride = a.depth_stride,
                          .b = b,
                          .b_depth_stride = product.b_depth_stride,
                          .start = start,
                          .start_row_stride = start_row_stride,
                          .c = c,
                          .c_row_stride = product.c_row_stride,
                          .last_vector = columns < lanes ? 0 : columns - lanes,
                          .relu = is_last && product.activation == Activation::relu,
                          .streams = streams,
                          .soon = nullptr,
                          .soon_stride = 0};
        if (columns < lanes || product.b_column_stride != 1 || rows >= rows_worth_a_panel) {
          for (Index i = 0; columns < lanes && i < depth * width; ++i) {
            product.workspace[i] = Scalar(0);
          }
          pack<lanes>(depth, columns, b, product.b_depth_stride, product.b_column_stride, product.workspace, width);
          tile.b = product.workspace;
          tile.b_depth_stride = width;
        }
        if (widest == 3 && vectors == 3) {
          run_strips<Path, widest>(tile, rows, columns, a, next);
        } else {
          run_strips<Path, 2>(tile, rows, columns, a, next);
        }
        column += columns;
      }
    }
    step += depth;
  } while (step < product.depth);
  if (streams) {
    simd::finish_streaming();
  }
}

}  // namespace betavae::kernels::detail
