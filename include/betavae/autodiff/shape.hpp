// SPDX-License-Identifier: MIT
// Slices, which read in place, and concatenations, which copy.
#pragma once

#include <betavae/autodiff/elementwise.hpp>

namespace betavae {

namespace detail {

[[noreturn]] BETAVAE_API void fail_slice(Index rows, Index first, Index count);

template <class Scalar>
[[nodiscard]] MatrixView<Scalar> row_slice(MatrixView<Scalar> view, Index first, Index count) {
  return {view.data + first, count, view.columns, view.stride};
}

}  // namespace detail

/// `count` rows of x from row `first` on: a view, nothing is copied in either direction. Errors: ArgumentError outside of x.
template <int Count = dynamic, Operand X>
[[nodiscard]] ResultOf<typename X::Scalar, Count, X> rows(const X& x, Index first, Index count = Count) {
  static_assert(Count == dynamic || X::Rows == dynamic || Count <= X::Rows,
                "betavae: rows: a slice must lie inside the rows of its operand");
  require(Count == dynamic || count == Count, "rows", "count", "the number of rows in the type of the slice", count);
  if (first < 0 || count < 0 || first > x.rows() || count > x.rows() - first) [[unlikely]] {
    detail::fail_slice(x.rows(), first, count);
  }
  if constexpr (is_variable<X>) {
    return {x.tape(), detail::row_slice(x.value_view(), first, count),
            detail::row_slice(x.adjoint_view(), first, count)};
  } else {
    return {x.tape(), detail::row_slice(x.value_view(), first, count)};
  }
}

/// The rows of `upper`, then the rows of `lower`, sample by sample. Errors: ArgumentError for unequal numbers of samples.
template <Operand Upper, Operand Lower>
[[nodiscard]] auto concatenate(const Upper& upper, const Lower& lower) {
  constexpr int total = Upper::Rows == dynamic || Lower::Rows == dynamic ? dynamic : Upper::Rows + Lower::Rows;
  require_same_size("concatenate", "columns above", upper.columns(), "columns below", lower.columns());
  auto y = make_result<total>(upper.rows() + lower.rows(), upper.columns(), upper, lower);
  const Index split = upper.rows();
  const auto copy = [](auto from, auto to) {
    detail::for_each(from.rows, from.columns, [&](Index i, Index j) { to.column(j)[i] = from.column(j)[i]; });
  };
  copy(upper.value_view(), detail::row_slice(y.value_view(), 0, split));
  copy(lower.value_view(), detail::row_slice(y.value_view(), split, lower.rows()));
  record("concatenate", y, [=] {
    const auto add = [](auto from, auto to) {
      detail::for_each(to.rows, to.columns, [&](Index i, Index j) { to.column(j)[i] += from.column(j)[i]; });
    };
    if constexpr (is_variable<Upper>) {
      add(detail::row_slice(y.adjoint_view(), 0, split), upper.adjoint_view());
    }
    if constexpr (is_variable<Lower>) {
      add(detail::row_slice(y.adjoint_view(), split, lower.rows()), lower.adjoint_view());
    }
  });
  return y;
}

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/autodiff/shape.ipp>
#endif
