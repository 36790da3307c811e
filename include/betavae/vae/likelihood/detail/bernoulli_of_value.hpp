// SPDX-License-Identifier: MIT
// The Bernoulli likelihood of one value, in the form of pointwise.hpp. Apart from Bernoulli, whose batches have a kernel of their own.
#pragma once

#include <betavae/kernels/bernoulli.hpp>
#include <betavae/vae/likelihood/detail/pointwise.hpp>

namespace betavae::detail {

struct BernoulliOfValue {
  static constexpr int parameters_per_value = 1;  ///< the logit
  static constexpr std::string_view name = "Bernoulli";
  static constexpr std::string_view point_estimate_name = "mean";
  static constexpr std::string_view domain = "0 or 1";
  static constexpr CommonParameters common_parameters{};

  /// −ln p in nats and, unless null, its derivative in the logit.
  template <class Number>
  [[nodiscard]] Number nats(const Number* logit, Number x, Number* partial) const {
    if (partial != nullptr) {
      partial[0] = kernels::sigmoid(logit[0]) - x;
    }
    return kernels::softplus(logit[0]) - x * logit[0];
  }
  template <class Number>
  void information(const Number* logit, Number* diagonal) const {
    diagonal[0] = kernels::sigmoid(logit[0]) * kernels::sigmoid(Number(-logit[0]));
  }
  template <class Number>
  [[nodiscard]] Number estimate(const Number* logit) const {
    return kernels::sigmoid(logit[0]);
  }
  [[nodiscard]] double draw(const double* logit, Draws& draws) const {
    return draws.uniform() <= kernels::sigmoid(logit[0]) ? 1 : 0;
  }
  [[nodiscard]] bool contains(double x) const { return x == 0 || x == 1; }
};

}  // namespace betavae::detail
