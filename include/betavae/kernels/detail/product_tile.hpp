// SPDX-License-Identifier: MIT
// The body of the product: a tile of accumulators in registers, walked over strips of rows and panels of columns.
//
// For each step k of the depth, a tile of `tile_rows` rows and `tile_vectors` vectors of columns loads its vectors of B's row k,
// broadcasts A(i, k) from wherever it lies, and multiplies and adds. Every output is one chain of multiply-adds over k = 0, 1, …
// that begins at its start value: the same chain, and so the same bits, whichever tile it falls into.
//
// B is read through panels of `tile_vectors` vectors, copied into contiguous memory when more than a few strips will use them:
// that keeps loads aligned, spares the translation buffers, and is immune to strides that are powers of two. The last panel is
// padded with zeros, and the last strip repeats its last row, so that one tile serves every size.
#pragma once

#include <betavae/kernels/activation.hpp>
#include <betavae/simd/vector.hpp>

namespace betavae::kernels {

/// C = activation(start + A·B), all by strides. See `product` in kernels/product.hpp.
template <class Scalar>
struct ProductArguments {
  Index rows = 0;     ///< of A and C
  Index columns = 0;  ///< of B and C
  Index depth = 0;    ///< columns of A, rows of B
  const Scalar* a = nullptr;
  Index a_row_stride = 0;
  Index a_depth_stride = 1;
  const Scalar* b = nullptr;  ///< each row contiguous
  Index b_depth_stride = 0;
  const Scalar* start = nullptr;  ///< what A·B is added to: a bias (row stride 0), C itself, or nothing
  Index start_row_stride = 0;
  Scalar* c = nullptr;  ///< each row contiguous
  Index c_row_stride = 0;
  Activation activation = Activation::identity;
  Scalar* workspace = nullptr;  ///< `product_workspace_size` numbers, aligned to 64 bytes
};

namespace detail {

/// Accumulators fill the registers but for one row of B and one broadcast.
template <class Path>
inline constexpr int tile_rows = Path::registers == 32 ? 8 : 4;
template <class Path>
inline constexpr int tile_vectors =
    Path::bytes == 16 ? 2 : 3;  // without fused multiply-add a product needs a register too

/// Below so many rows a panel is used too seldom to be worth its copy.
inline constexpr Index rows_worth_a_panel = 24;

/// One tile: `valid_rows` rows of C from `first_row`, and `valid_columns` columns from `first_column`. B is the packed panel, or
/// B itself.
template <class Path, int Rows, int Vectors, class Scalar>
BETAVAE_INLINE void product_tile(const ProductArguments<Scalar>& arguments, Index first_row, Index valid_rows,
                                 const Scalar* b, Index b_depth_stride, Index first_column, Index valid_columns) {
  using Vector = simd::Vector<Path, Scalar>;
  using Unaligned = simd::Unaligned<Path, Scalar>;
  constexpr Index lanes = simd::lanes<Path, Scalar>;
  // Only the last vector can reach beyond the valid columns; it then goes through `edge`.
  constexpr Index before_last = (Vectors - 1) * lanes;
  const Index in_last = valid_columns - before_last;
  alignas(64) Scalar edge[static_cast<std::size_t>(lanes)] = {};

  const Scalar* a_rows[Rows];
  Vector sums[Rows][Vectors];
  BETAVAE_UNROLL
  for (int i = 0; i < Rows; ++i) {
    const Index row = first_row + (i < valid_rows ? i : valid_rows - 1);
    a_rows[i] = arguments.a + row * arguments.a_row_stride;
    if (arguments.start == nullptr) {
      BETAVAE_UNROLL
      for (int v = 0; v < Vectors; ++v) {
        sums[i][v] = Vector{};
      }
    } else {
      const Scalar* start = arguments.start + row * arguments.start_row_stride + first_column;
      BETAVAE_UNROLL
      for (int v = 0; v < Vectors - 1; ++v) {
        sums[i][v] = *reinterpret_cast<const Unaligned*>(start + v * lanes);
      }
      start += before_last;
      if (in_last < lanes) {
        for (Index j = 0; j < in_last; ++j) {
          edge[j] = start[j];
        }
        start = edge;
      }
      sums[i][Vectors - 1] = *reinterpret_cast<const Unaligned*>(start);
    }
  }

  const Index a_depth_stride = arguments.a_depth_stride;
  Index a_offset = 0;
  for (Index k = 0; k < arguments.depth; ++k) {
    BETAVAE_CONTRACT
    Vector b_row[Vectors];
    BETAVAE_UNROLL
    for (int v = 0; v < Vectors; ++v) {
      b_row[v] = *reinterpret_cast<const Unaligned*>(b + v * lanes);
      BETAVAE_KEEP_IN_REGISTER(b_row[v]);
    }
    BETAVAE_UNROLL
    for (int i = 0; i < Rows; ++i) {
      const Vector a_number = a_rows[i][a_offset] - Vector{};
      BETAVAE_UNROLL
      for (int v = 0; v < Vectors; ++v) {
        sums[i][v] += a_number * b_row[v];
      }
    }
    b += b_depth_stride;
    a_offset += a_depth_stride;
  }

  BETAVAE_UNROLL
  for (int i = 0; i < Rows; ++i) {
    if (i < valid_rows) {
      Scalar* const c = arguments.c + (first_row + i) * arguments.c_row_stride + first_column;
      BETAVAE_UNROLL
      for (int v = 0; v < Vectors - 1; ++v) {
        *reinterpret_cast<Unaligned*>(c + v * lanes) = sums[i][v];
      }
      if (in_last < lanes) {
        *reinterpret_cast<Unaligned*>(edge) = sums[i][Vectors - 1];
        for (Index j = 0; j < in_last; ++j) {
          c[before_last + j] = edge[j];
        }
      } else {
        *reinterpret_cast<Unaligned*>(c + before_last) = sums[i][Vectors - 1];
      }
      if (arguments.activation != Activation::identity) {
        activate_in_place(arguments.activation, valid_columns, c);
      }
    }
  }
}

/// Copies `valid_columns` columns of B into the workspace, row after row of `Vectors` whole vectors, padded with zeros.
template <class Path, int Vectors, class Scalar>
BETAVAE_INLINE void pack_panel(Index depth, const Scalar* b, Index b_depth_stride, Index valid_columns, Scalar* to) {
  using Unaligned = simd::Unaligned<Path, Scalar>;
  constexpr Index lanes = simd::lanes<Path, Scalar>;
  const Index whole_vectors = valid_columns / lanes;
  for (Index k = 0; k < depth; ++k) {
    BETAVAE_UNROLL
    for (int v = 0; v < Vectors; ++v) {
      if (v < whole_vectors) {
        *reinterpret_cast<Unaligned*>(to + v * lanes) = *reinterpret_cast<const Unaligned*>(b + v * lanes);
      } else {
        *reinterpret_cast<Unaligned*>(to + v * lanes) = Unaligned{};
      }
    }
    for (Index j = whole_vectors * lanes; j < valid_columns; ++j) {
      to[j] = b[j];
    }
    b += b_depth_stride;
    to += Vectors * lanes;
  }
}

/// All rows of one panel of `Vectors` vectors of columns.
template <class Path, int Vectors, class Scalar>
BETAVAE_INLINE void product_panel(const ProductArguments<Scalar>& arguments, Index first_column, Index valid_columns) {
  constexpr Index width = Vectors * static_cast<Index>(simd::lanes<Path, Scalar>);
  constexpr int rows = tile_rows<Path>;
  const Scalar* b = arguments.b + first_column;
  Index b_depth_stride = arguments.b_depth_stride;
  if (valid_columns < width || arguments.rows >= rows_worth_a_panel) {
    pack_panel<Path, Vectors>(arguments.depth, b, b_depth_stride, valid_columns, arguments.workspace);
    b = arguments.workspace;
    b_depth_stride = width;
  }
  Index row = 0;
  for (; row + 1 < arguments.rows; row += rows) {
    const Index left = arguments.rows - row;
    product_tile<Path, rows, Vectors>(arguments, row, left < rows ? left : rows, b, b_depth_stride, first_column,
                                      valid_columns);
  }
  if (row < arguments.rows) {
    product_tile<Path, 1, Vectors>(arguments, row, Index(1), b, b_depth_stride, first_column, valid_columns);
  }
}

/// The whole product: wide panels, of which the last two share their vectors evenly, since a narrow tile starves the multipliers.
template <class Path, class Scalar>
BETAVAE_INLINE void product_body(const ProductArguments<Scalar>& arguments) {
  constexpr Index lanes = simd::lanes<Path, Scalar>;
  constexpr Index widest = tile_vectors<Path>;
  Index column = 0;
  while (column < arguments.columns) {
    const Index left = arguments.columns - column;
    const Index vectors_left = (left + lanes - 1) / lanes;
    Index vectors = vectors_left < widest ? vectors_left : widest;
    if (vectors_left == widest + 1 && widest == 3) {
      vectors = 2;
    }
    const Index valid = left < vectors * lanes ? left : vectors * lanes;
    if (vectors == 1) {
      product_panel<Path, 1>(arguments, column, valid);
    } else if (vectors == 2) {
      product_panel<Path, 2>(arguments, column, valid);
    } else if constexpr (widest == 3) {
      product_panel<Path, 3>(arguments, column, valid);
    }
    column += valid;
  }
}

}  // namespace detail
}  // namespace betavae::kernels
