// SPDX-License-Identifier: MIT
// Sums in one fixed order: number i goes to lane i mod 16, and the sixteen lanes are added in a tree. The order does not depend on
// the width of a vector, so every instruction set gives the same bits; sixteen short chains also round less than a long one.
//
// The sum of squares of doubles, the one that multiplies, rounds each number once where the processor fuses, else twice.
#pragma once

#include <betavae/kernels/detail/blocks.hpp>

namespace betavae::kernels {

/// Sixteen running sums. `add(i, number)` for i = 0, 1, …, then `total()`.
template <class Scalar>
class LaneSum {
 public:
  void add(Index i, Scalar number) { lanes_[i % 16] += number; }

  [[nodiscard]] Scalar total() const {
    Scalar tree[16];
    for (int i = 0; i < 16; ++i) {
      tree[i] = lanes_[i];
    }
    for (int half = 8; half > 0; half /= 2) {
      for (int i = 0; i < half; ++i) {
        tree[i] += tree[i + half];
      }
    }
    return tree[0];
  }

  /// The sixteen sums, which a kernel's body takes into registers and gives back.
  [[nodiscard]] Scalar* lanes() { return lanes_; }

 private:
  alignas(64) Scalar lanes_[16] = {};
};

/// The specification of `sum`.
template <class Scalar>
[[nodiscard]] Scalar sum_reference(Index count, const Scalar* values) {
  LaneSum<Scalar> lanes;
  for (Index i = 0; i < count; ++i) {
    lanes.add(i, values[i]);
  }
  return lanes.total();
}

/// The specification of `sum_of_squares`.
template <class Scalar>
[[nodiscard]] double sum_of_squares_reference(Index count, const Scalar* values) {
  LaneSum<double> lanes;
  for (Index i = 0; i < count; ++i) {
    const auto number = static_cast<double>(values[i]);
    lanes.add(i, number * number);
  }
  return lanes.total();
}

/// The specification of `add_columns`.
template <class Scalar>
void add_columns_reference(Index rows, Index columns, const Scalar* matrix, Index stride, Scalar* into) {
  for (Index j = 0; j < columns; ++j) {
    for (Index i = 0; i < rows; ++i) {
      into[i] += matrix[j * stride + i];
    }
  }
}

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

/// The sum of `count` numbers.
template <class Scalar>
[[nodiscard]] Scalar sum(Index count, const Scalar* values) {
  if constexpr (detail::has_vectors<Scalar>) {
    LaneSum<Scalar> lanes;
    const Index whole = count / detail::block_size * detail::block_size;
    simd::dispatch<detail::SumBody<Scalar>>(whole, values, lanes.lanes());
    for (Index i = whole; i < count; ++i) {
      lanes.add(i, values[i]);
    }
    return lanes.total();
  } else {
    return sum_reference(count, values);
  }
}

/// The sum of the squares of `count` numbers, each taken as a double.
template <class Scalar>
[[nodiscard]] double sum_of_squares(Index count, const Scalar* values) {
  if constexpr (detail::has_vectors<Scalar>) {
    LaneSum<double> lanes;
    const Index whole = count / detail::block_size * detail::block_size;
    simd::dispatch<detail::SumOfSquaresBody<Scalar>>(whole, values, lanes.lanes());
    for (Index i = whole; i < count; ++i) {
      const auto number = static_cast<double>(values[i]);
      lanes.add(i, number * number);
    }
    return lanes.total();
  } else {
    return sum_of_squares_reference(count, values);
  }
}

/// into[i] += Σⱼ matrix(i, j) for `columns` columns of `rows` numbers, column j beginning at `matrix + j · stride`. Each row is one
/// chain of additions, in the order of the columns.
template <class Scalar>
void add_columns(Index rows, Index columns, const Scalar* matrix, Index stride, Scalar* into) {
  if constexpr (detail::has_vectors<Scalar>) {
    simd::dispatch<detail::AddColumnsBody<Scalar>>(rows, columns, matrix, stride, into);
  } else {
    add_columns_reference(rows, columns, matrix, stride, into);
  }
}

}  // namespace betavae::kernels
