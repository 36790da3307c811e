// SPDX-License-Identifier: MIT
// The probability that a logistic number falls between two edges, for likelihoods of rounded and of ordered values:
//
//     P = σ(u) − σ(v) = σ(u) σ(−v) (1 − e^−w),   w = u − v > 0
//
// The product keeps its digits where the difference of two numbers near 0 or 1 has none left.
#pragma once

#include <betavae/core/special_functions.hpp>
#include <betavae/kernels/activation.hpp>

#include <cmath>

namespace betavae::detail {

/// −ln P, and its derivatives with u, v and w taken for three numbers.
template <class Number>
struct LogisticInterval {
  Number nats;
  Number by_upper;
  Number by_lower;
  Number by_width;
};

/// An edge that is not there (the first interval has no lower one, the last no upper one) is at infinity; `width` is then not read.
template <class Number>
[[nodiscard]] LogisticInterval<Number> logistic_interval(bool has_upper, Number upper, bool has_lower, Number lower,
                                                         Number width) {
  using std::expm1;
  LogisticInterval<Number> result{Number(0), Number(0), Number(0), Number(0)};
  if (has_upper) {
    result.nats += kernels::softplus(Number(-upper));
    result.by_upper = -kernels::sigmoid(Number(-upper));
  }
  if (has_lower) {
    result.nats += kernels::softplus(lower);
    result.by_lower = kernels::sigmoid(lower);
  }
  if (has_upper && has_lower) {
    result.nats -= log_one_minus_exp(width);
    result.by_width = Number(-1) / expm1(width);
  }
  return result;
}

}  // namespace betavae::detail
