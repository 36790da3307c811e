// SPDX-License-Identifier: MIT
// Samples that stand several times in a row, as for several draws of the code of each.
//
// y has column j of x in columns j·times, …, j·times + times − 1; in the reverse pass each column of x̄ gets the sum over its copies.
#pragma once

#include <betavae/autodiff/erased.hpp>

#include <algorithm>

namespace betavae {

namespace detail {

template <class Scalar>
Erased<Scalar> erased_repeat_samples(const Erased<Scalar>& x, Index times) {
  require(times >= 1, "repeat_samples", "times", "at least 1", times);
  if (times == 1) {
    return x;
  }
  const Index rows = x.value.rows;
  const Erased<Scalar> y = make_erased(*x.tape, rows, x.value.columns * times, x.is_variable());
  const Index least = Tape<Scalar>::numbers_worth_a_thread / std::max<Index>(rows * times, 1);
  x.tape->share_range(x.value.columns, least, [&](Index first, Index samples) {
    for (Index j = first * times; j < (first + samples) * times; ++j) {
      std::copy_n(x.value.column(j / times), rows, y.value.column(j));
    }
  });
  record_erased("repeat_samples", y, [=] {
    for (Index j = 0; j < y.value.columns; ++j) {
      for (Index i = 0; i < rows; ++i) {
        x.adjoint.column(j / times)[i] += y.adjoint.column(j)[i];
      }
    }
  });
  return y;
}

}  // namespace detail

/// Each column of x so many times in a row: rows × samples → rows × (samples · times). Once, it is x itself and nothing is copied.
/// Errors: ArgumentError unless `times` is at least 1.
template <Operand X>
[[nodiscard]] ResultOf<typename X::Scalar, X::Rows, X> repeat_samples(const X& x, Index times) {
  return detail::restore<ResultOf<typename X::Scalar, X::Rows, X>>(
      detail::erased_repeat_samples(detail::erase(x), times));
}

#if !BETAVAE_HEADER_ONLY
namespace detail {
#define BETAVAE_REPEAT(Keyword, Scalar) \
  Keyword template BETAVAE_API Erased<Scalar> erased_repeat_samples(const Erased<Scalar>&, Index);
BETAVAE_INSTANCES(BETAVAE_REPEAT)
}  // namespace detail
#endif

}  // namespace betavae
