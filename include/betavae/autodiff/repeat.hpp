// SPDX-License-Identifier: MIT
// Samples that stand several times in a row, as for several draws of the code of each.
//
// y has column j of x in columns j·times, …, j·times + times − 1; in the reverse pass each column of x̄ gets the sum over its copies.
#pragma once

#include <betavae/autodiff/variable.hpp>

#include <algorithm>

namespace betavae {

/// Each column of x so many times in a row: rows × samples → rows × (samples · times). Once, it is x itself and nothing is copied.
/// Errors: ArgumentError unless `times` is at least 1.
template <Operand X>
[[nodiscard]] ResultOf<typename X::Scalar, X::Rows, X> repeat_samples(const X& x, Index times) {
  using Scalar = typename X::Scalar;
  require(times >= 1, "repeat_samples", "times", "at least 1", times);
  if (times == 1) {
    return x;
  }
  const auto y = make_result<X::Rows>(x.rows(), x.columns() * times, x);
  const Index least = Tape<Scalar>::numbers_worth_a_thread / std::max<Index>(x.rows() * times, 1);
  x.tape().share_range(x.columns(), least, [&](Index first, Index samples) {
    for (Index j = first * times; j < (first + samples) * times; ++j) {
      std::copy_n(x.value_view().column(j / times), x.rows(), y.value_view().column(j));
    }
  });
  record("repeat_samples", y, [=] {
    if constexpr (is_variable<X>) {
      for (Index j = 0; j < y.columns(); ++j) {
        for (Index i = 0; i < y.rows(); ++i) {
          x.adjoint_view().column(j / times)[i] += y.adjoint_view().column(j)[i];
        }
      }
    }
  });
  return y;
}

}  // namespace betavae
