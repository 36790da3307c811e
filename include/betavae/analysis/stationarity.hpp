// SPDX-License-Identifier: MIT
// Whether training has come to its end, from the codes alone.
//
// Where the encoder's last and the decoder's first layer are affine, codes z → s z with the decoder's inputs divided by s, and codes
// z → z + t with its bias shifted, change the rate and nothing else. So at every stationary point of distortion + β · rate under
// the prior N(0, I), for every β > 0 and over data and noise,
//
//     E[zⱼ] = 0,   E[zⱼ²] = 1                            since ∂rate/∂tⱼ = E[zⱼ] and ∂rate/∂ln sⱼ = E[zⱼ²] − 1
//
// The first is exact. The second is so where a log-variance ℓ does not depend on x, as on the linear optimum: an encoder that keeps it within
// ±B by B tanh (B = 16, see posterior.hpp) cannot shift all ℓⱼ(x) by the same number, and stands still at
//
//     E[zⱼ²] − 1 = (2/β) E[∂L/∂ℓⱼ (ℓⱼ/B)²],    L = distortion + β · rate
//
// where (ℓ/B)² is 1/16 at σ = e^−2, and ¼ at e^−4.
//
// A latent that has collapsed meets both. The reverse does not hold: a code that meets them may yet learn. It says nothing for other
// priors, end layers that are not affine, or objectives with other terms in the codes (DIP, InfoElbo, free bits below their floor).
#pragma once

#include <betavae/train/evaluate.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace betavae {

struct Stationarity {
  std::vector<double> z_mean;         ///< E[zⱼ]
  std::vector<double> z_mean_square;  ///< E[zⱼ²]
  double tolerance = 0.05;

  /// The farthest E[zⱼ] from 0 and E[zⱼ²] from 1.
  [[nodiscard]] BETAVAE_API double worst() const;
  [[nodiscard]] bool converged() const { return worst() <= tolerance; }

  /// One line a latent, from 0, with a header.
  [[nodiscard]] BETAVAE_API std::string csv() const;
};

/// From sums over the data: of `evaluate`, whose draws alone scatter E[z²] by √(2/samples) or so, or of a CodeCovariance, without draws.
/// Errors: ArgumentError for no latent, unless there are as many means as mean squares, and unless the tolerance is finite and above 0.
[[nodiscard]] BETAVAE_API Stationarity stationarity(std::vector<double> z_mean, std::vector<double> z_mean_square,
                                                    double tolerance = 0.05);
[[nodiscard]] BETAVAE_API Stationarity stationarity(const Evaluation& measured, double tolerance = 0.05);

namespace detail {

/// One line, as fmt prints it.
[[nodiscard]] BETAVAE_API std::string text_of(const Stationarity& stationarity);

}  // namespace detail
}  // namespace betavae

/// converged: E[z] and E[z^2] are within 0.01 of 0 and 1
template <>
struct fmt::formatter<betavae::Stationarity> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const betavae::Stationarity& s, Context& context) const {
    const std::string text = betavae::detail::text_of(s);
    return std::copy(text.begin(), text.end(), context.out());
  }
};

#if BETAVAE_HEADER_ONLY
#include <betavae/analysis/stationarity.ipp>
#endif
