// SPDX-License-Identifier: MIT
// The Bernoulli likelihood p(x|a) = pˣ (1 − p)^{1−x}, p = sigmoid(a), for values in {0, 1}, and as cross-entropy for grey values
// in [0, 1].
//
//     distortion = −ln p(x|a) = softplus(a) − x a          score = ∂ ln p/∂a = x − p          Fisher information in a = p (1 − p)
//
// For 0 < x < 1 this is no log-likelihood: it has the floor h(x) = −x ln x − (1−x) ln(1−x), reached at p = x.
#pragma once

#include <betavae/core/random.hpp>
#include <betavae/kernels/bernoulli.hpp>
#include <betavae/vae/likelihood/observed.hpp>

#include <cmath>

namespace betavae {

struct Bernoulli {
  static constexpr int parameters_per_value = 1;  ///< the decoder gives one logit for each value
  static constexpr std::string_view name = "Bernoulli";
  static constexpr std::string_view point_estimate_name = "mean";

  /// −ln p of each sample in nats, summed over its features: 1 × samples. `logits` is features × samples.
  template <class Context, Operand Logits, Operand Values>
  [[nodiscard]] ResultOf<typename Logits::Scalar, 1, Logits> distortion(Context& /*context*/, const Logits& logits,
                                                                        const Observed<Values>& observed) const {
    using Scalar = typename Logits::Scalar;
    detail::require_matching(name, logits, observed);
    return detail::restore<ResultOf<Scalar, 1, Logits>>(detail::erased_distortion<Scalar>(
        "bernoulli_distortion", this, &nats_of_sample<Scalar>, detail::erase(logits), detail::erase(observed)));
  }

  /// ∂ ln p/∂logit, value by value: features × samples.
  template <class Logits, class Values>
  [[nodiscard]] Matrix<typename Logits::Scalar> score(const Logits& logits, const Values& values) const {
    using Scalar = typename Logits::Scalar;
    return detail::transform(logits, [&](Scalar a, Index i, Index j) { return values(i, j) - kernels::sigmoid(a); });
  }

  /// The probability of a one, p.
  template <class Logits>
  [[nodiscard]] Matrix<typename Logits::Scalar> point_estimate(const Logits& logits) const {
    return detail::transform(logits, [](auto a, Index, Index) { return kernels::sigmoid(a); });
  }

  /// Draws of 0 or 1. Column j is sample `first_sample` + j of `random`.
  template <class Logits>
  [[nodiscard]] Matrix<typename Logits::Scalar> sample(const Logits& logits, const Random& random,
                                                       std::uint64_t first_sample = 0) const {
    using Scalar = typename Logits::Scalar;
    return detail::transform(logits, [&](Scalar a, Index i, Index j) {
      const NoiseAddress address{0, first_sample + static_cast<std::uint64_t>(j), static_cast<std::uint64_t>(i)};
      return random.uniform<Scalar>(address) <= kernels::sigmoid(a) ? Scalar(1) : Scalar(0);
    });
  }

  /// The least distortion that any decoder can reach for one value, in nats: its entropy h(x); 0 for x in {0, 1}.
  [[nodiscard]] double floor(double x) const {
    const auto term = [](double p) { return p > 0 ? -p * std::log(p) : 0.0; };
    return term(x) + term(1 - x);
  }

  /// The Fisher information of each value in its logit: p (1 − p), exact far out on both sides.
  template <class Logits>
  [[nodiscard]] Matrix<typename Logits::Scalar> fisher_information(const Logits& logits) const {
    return detail::transform(logits, [](auto a, Index, Index) { return kernels::sigmoid(a) * kernels::sigmoid(-a); });
  }

  /// Errors: DataError unless x lies in [0, 1].
  template <class Scalar>
  void check(Scalar x, Index feature, Index sample) const {
    if (!(x >= Scalar(0) && x <= Scalar(1))) [[unlikely]] {
      throw DataError(detail::format_text("Bernoulli: feature {} of sample {}: expected a value in [0, 1], got {}",
                                          {feature, sample, static_cast<double>(x)}));
    }
  }

 private:
  template <class Scalar>
  static Scalar nats_of_sample(const void* /*likelihood*/, Index features, const Scalar* logits, const Scalar* values,
                               const std::uint8_t* mask, Scalar offset, Scalar* partial) {
    return kernels::bernoulli_distortion<Scalar>(features, logits, values, mask, offset, partial);
  }
};

}  // namespace betavae
