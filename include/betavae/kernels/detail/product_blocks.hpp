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
//
// The loops are no vectors, and compiled once for all paths: what they do with numbers is behind pointers of a
// ProductPath.
#pragma once

#include <betavae/kernels/detail/product_path.hpp>
#include <betavae/kernels/product_arguments.hpp>
#include <betavae/simd/caches.hpp>

#include <cstdint>

namespace betavae::kernels::detail {

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

/// Numbers of a panel of B so wide, and of a packed block of A (a multiple of what any tile has rows).
[[nodiscard]] constexpr Index panel_size(Index width, Index depth, const ProductBlocks& blocks) {
  return (depth < blocks.depth ? depth : blocks.depth) * width;
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

template <class Scalar>
PackedRows<Scalar> pack_rows(const ProductPath<Scalar>& path, const ProductArguments<Scalar>& product, Index first_row,
                             Index rows, Index first_step, Index depth, Scalar* workspace) {
  const Index strip = path.rows_of_strip;
  const Scalar* const a = product.a + first_row * product.a_row_stride + first_step * product.a_depth_stride;
  const bool lies_across = product.a_row_stride == 1 && product.a_depth_stride != 1;
  const bool packs_all = product.columns >= 4 * path.vectors_of_panel * path.lanes &&
                         (lies_across || is_crowding<Scalar>(product.a_row_stride));
  const Index whole = rows / strip * strip;
  for (Index i = whole * depth; whole < rows && i < (whole + strip) * depth; ++i) {
    workspace[i] = Scalar(0);
  }
  for (Index row = packs_all ? 0 : whole; row < rows; row += strip) {
    path.pack_strip(depth, rows - row < strip ? rows - row : strip, a + row * product.a_row_stride,
                    product.a_depth_stride, product.a_row_stride, workspace + row * depth);
  }
  if (packs_all) {
    return {workspace, 1, strip, strip * depth, nullptr};
  }
  return {a, product.a_row_stride, product.a_depth_stride, strip * product.a_row_stride, workspace + whole * depth};
}

/// Whether C goes past the caches: it would not stay in the second level, nothing of it is read here, and each vector is a whole
/// line (parts of lines written apart from each other would cost more than reading them).
template <class Scalar>
bool streams_result(const ProductPath<Scalar>& path, const ProductArguments<Scalar>& product,
                    const ProductBlocks& blocks) {
  return path.streams_lines && product.rows * product.columns > 4 * blocks.packed && product.start != product.c &&
         product.depth <= blocks.depth && product.activation == Activation::identity &&
         product.columns % path.lanes == 0 && product.c_row_stride % path.lanes == 0 &&
         reinterpret_cast<std::uintptr_t>(product.c) % 64 == 0;
}

/// The whole product. The workspace holds a panel of B, then a block of A.
template <class Scalar>
void run_product(const ProductPath<Scalar>& path, const ProductArguments<Scalar>& product,
                 const ProductBlocks& blocks) {
  const Index lanes = path.lanes;
  const Index widest = path.vectors_of_panel;
  Scalar* const packed = product.workspace + panel_size(widest * lanes, product.depth, blocks);
  const bool streams = streams_result(path, product, blocks);
  // Blocks of the depth are of about one length: a short rest would cost as many loads and stores of C as a whole block.
  const Index depth_blocks = product.depth > 0 ? (product.depth - 1) / blocks.depth + 1 : 1;
  const Index longest = (product.depth + depth_blocks - 1) / depth_blocks;
  Index step = 0;
  do {  // once for a depth of 0 too, which gives activation(start)
    const bool is_first = step == 0;
    const Index depth = product.depth - step < longest ? product.depth - step : longest;
    const bool is_last = step + depth == product.depth;
    const Index block = blocks.packed / (depth > 0 ? depth : 1) / path.rows_of_strip * path.rows_of_strip;
    for (Index row = 0; row < product.rows; row += block) {
      const Index rows = product.rows - row < block ? product.rows - row : block;
      const PackedRows<Scalar> a = pack_rows(path, product, row, rows, step, depth, packed);
      for (Index column = 0; column < product.columns;) {
        // The last two panels share their vectors evenly, since a narrow tile starves the multipliers. A panel of one vector
        // computes it twice: a tile of its own would not be worth its compilation.
        const Index left = product.columns - column;
        const Index vectors_left = (left + lanes - 1) / lanes;
        const Index vectors = vectors_left == widest + 1 ? widest - 1 : vectors_left < widest ? vectors_left : widest;
        const Index columns = left < vectors * lanes ? left : vectors * lanes;
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
          for (Index i = 0; columns < lanes && i < depth * widest * lanes; ++i) {
            product.workspace[i] = Scalar(0);
          }
          path.pack_panel(depth, columns, b, product.b_depth_stride, product.b_column_stride, product.workspace);
          tile.b = product.workspace;
          tile.b_depth_stride = widest * lanes;
        }
        path.strips(&tile, vectors, rows, columns, &a, &next);
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
