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

#include <betavae/analysis/detail/csv_cell.hpp>
#include <betavae/train/evaluate.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace betavae {

struct Stationarity {
  std::vector<double> z_mean;         ///< E[zⱼ]
  std::vector<double> z_mean_square;  ///< E[zⱼ²]
  double tolerance = 0.05;

  /// The farthest E[zⱼ] from 0 and E[zⱼ²] from 1.
  [[nodiscard]] double worst() const {
    double distance = 0;
    for (std::size_t k = 0; k < z_mean.size(); ++k) {
      for (const double off : {std::abs(z_mean[k]), std::abs(z_mean_square[k] - 1)}) {
        distance = off <= distance || std::isnan(distance) ? distance : off;  // NaN is the worst
      }
    }
    return distance;
  }
  [[nodiscard]] bool converged() const { return worst() <= tolerance; }

  /// One line a latent, from 0, with a header.
  [[nodiscard]] std::string csv() const {
    std::string text = "latent,z_mean,z_mean_square\n";
    for (std::size_t k = 0; k < z_mean.size(); ++k) {
      text += detail::csv_line({static_cast<double>(k), z_mean[k], z_mean_square[k]});
    }
    return text;
  }
};

/// From sums over the data: of `evaluate`, whose draws alone scatter E[z²] by √(2/samples) or so, or of a CodeCovariance, without draws.
/// Errors: ArgumentError for no latent, unless there are as many means as mean squares, and unless the tolerance is finite and above 0.
[[nodiscard]] inline Stationarity stationarity(std::vector<double> z_mean, std::vector<double> z_mean_square,
                                               double tolerance = 0.05) {
  require_same_size("stationarity", "means of codes", static_cast<Index>(z_mean.size()), "mean squares",
                    static_cast<Index>(z_mean_square.size()));
  require(!z_mean.empty(), "stationarity", "means of codes", "at least one latent", 0);
  require(tolerance > 0 && std::isfinite(tolerance), "stationarity", "tolerance", "a finite number above 0", tolerance);
  return {std::move(z_mean), std::move(z_mean_square), tolerance};
}
[[nodiscard]] inline Stationarity stationarity(const Evaluation& measured, double tolerance = 0.05) {
  return stationarity(measured.z_mean, measured.z_mean_square, tolerance);
}

}  // namespace betavae

/// converged: E[z] and E[z^2] are within 0.01 of 0 and 1
template <>
struct fmt::formatter<betavae::Stationarity> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const betavae::Stationarity& s, Context& context) const {
    const std::string text =
        betavae::detail::format_text("{}: E[z] and E[z^2] are within {} of 0 and 1{}",
                                     {s.converged() ? "converged" : "not converged",
                                      {s.worst(), 4},
                                      s.converged() ? "" : ": train longer, or at a falling learning rate"});
    return std::copy(text.begin(), text.end(), context.out());
  }
};
