// SPDX-License-Identifier: MIT
// Sums in vectors.
#pragma once

#include <betavae/kernels/detail/blocks.hpp>
#include <betavae/kernels/sum.hpp>

namespace betavae::kernels {

namespace detail {

/// The sums of `count` numbers, a multiple of sixteen, in sixteen lanes.
template <class Scalar>
struct SumBody {
  template <class Path>
  BETAVAE_INLINE static void run(Index count, const Scalar* values, Scalar* lanes) {
    using Unaligned = simd::Unaligned<Path, Scalar>;
    constexpr Index width = simd::lanes<Path, Scalar>;
    constexpr Index vectors = block_size / width;
    simd::Vector<Path, Scalar> sums[vectors] = {};
    for (Index i = 0; i < count; i += block_size) {
      BETAVAE_UNROLL
      for (Index v = 0; v < vectors; ++v) {
        sums[v] += *reinterpret_cast<const Unaligned*>(values + i + v * width);
      }
    }
    BETAVAE_UNROLL
    for (Index v = 0; v < vectors; ++v) {
      *reinterpret_cast<Unaligned*>(lanes + v * width) = sums[v];
    }
  }
};

/// The sums of the squares of `count` numbers, a multiple of sixteen, in sixteen lanes of doubles.
template <class Scalar>
struct SumOfSquaresBody {
  template <class Path>
  BETAVAE_INLINE static void run(Index count, const Scalar* values, double* lanes) {
    using Vector = simd::Vector<Path, double>;
    using Unaligned = simd::Unaligned<Path, double>;
    constexpr Index width = simd::lanes<Path, double>;
    constexpr Index vectors = block_size / width;
    // As many numbers as a vector of doubles has. NOLINTNEXTLINE(modernize-use-using)
    typedef Scalar Part __attribute__((vector_size(width * sizeof(Scalar)), aligned(alignof(Scalar)), may_alias));
    Vector sums[vectors] = {};
    for (Index i = 0; i < count; i += block_size) {
      BETAVAE_CONTRACT
      simd::prefetch_stream(values + i);
      BETAVAE_UNROLL
      for (Index v = 0; v < vectors; ++v) {
        const Vector number = __builtin_convertvector(*reinterpret_cast<const Part*>(values + i + v * width), Vector);
        sums[v] += number * number;
      }
    }
    BETAVAE_UNROLL
    for (Index v = 0; v < vectors; ++v) {
      *reinterpret_cast<Unaligned*>(lanes + v * width) = sums[v];
    }
  }
};

/// All columns of `Vectors` vectors of rows from row `first` on: the sums stay in registers, each a chain over the columns.
template <class Path, int Vectors, class Scalar>
BETAVAE_INLINE void add_columns_tile(Index columns, const Scalar* matrix, Index stride, Scalar* into) {
  using Unaligned = simd::Unaligned<Path, Scalar>;
  constexpr Index width = simd::lanes<Path, Scalar>;
  simd::Vector<Path, Scalar> sums[Vectors];
  BETAVAE_UNROLL
  for (Index v = 0; v < Vectors; ++v) {
    sums[v] = *reinterpret_cast<const Unaligned*>(into + v * width);
  }
  for (Index j = 0; j < columns; ++j) {
    BETAVAE_UNROLL
    for (Index v = 0; v < Vectors; ++v) {
      sums[v] += *reinterpret_cast<const Unaligned*>(matrix + v * width);
    }
    matrix += stride;
  }
  BETAVAE_UNROLL
  for (Index v = 0; v < Vectors; ++v) {
    *reinterpret_cast<Unaligned*>(into + v * width) = sums[v];
  }
}

template <class Scalar>
struct AddColumnsBody {
  template <class Path>
  BETAVAE_INLINE static void run(Index rows, Index columns, const Scalar* matrix, Index stride, Scalar* into) {
    constexpr Index width = simd::lanes<Path, Scalar>;
    constexpr int vectors = 4;  // an addition takes four cycles: as many chains, or it waits for itself
    Index i = 0;
    for (; i + vectors * width <= rows; i += vectors * width) {
      add_columns_tile<Path, vectors>(columns, matrix + i, stride, into + i);
    }
    for (; i + width <= rows; i += width) {
      add_columns_tile<Path, 1>(columns, matrix + i, stride, into + i);
    }
    for (Index j = 0; i < rows && j < columns; ++j) {
      for (Index rest = i; rest < rows; ++rest) {
        into[rest] += matrix[j * stride + rest];
      }
    }
  }
};

}  // namespace detail

namespace vectors {

template <class Scalar>
Scalar sum(Index count, const Scalar* values) {
  LaneSum<Scalar> lanes;
  const Index whole = count / detail::block_size * detail::block_size;
  simd::dispatch<detail::SumBody<Scalar>>(whole, values, lanes.lanes());
  for (Index i = whole; i < count; ++i) {
    lanes.add(i, values[i]);
  }
  return lanes.total();
}

template <class Scalar>
double sum_of_squares(Index count, const Scalar* values) {
  LaneSum<double> lanes;
  const Index whole = count / detail::block_size * detail::block_size;
  simd::dispatch<detail::SumOfSquaresBody<Scalar>>(whole, values, lanes.lanes());
  for (Index i = whole; i < count; ++i) {
    const auto number = static_cast<double>(values[i]);
    lanes.add(i, number * number);
  }
  return lanes.total();
}

template <class Scalar>
void add_columns(Index rows, Index columns, const Scalar* matrix, Index stride, Scalar* into) {
  simd::dispatch<detail::AddColumnsBody<Scalar>>(rows, columns, matrix, stride, into);
}

}  // namespace vectors
}  // namespace betavae::kernels
