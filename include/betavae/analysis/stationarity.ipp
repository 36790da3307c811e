// SPDX-License-Identifier: MIT
// How far a code is from a stationary point of training.
#pragma once

#include <betavae/analysis/detail/csv_cell.hpp>
#include <betavae/analysis/stationarity.hpp>

#include <cmath>
#include <cstddef>
#include <utility>

namespace betavae {

BETAVAE_DEFINITION double Stationarity::worst() const {
  double distance = 0;
  for (std::size_t k = 0; k < z_mean.size(); ++k) {
    for (const double off : {std::abs(z_mean[k]), std::abs(z_mean_square[k] - 1)}) {
      distance = off <= distance || std::isnan(distance) ? distance : off;  // NaN is the worst
    }
  }
  return distance;
}

BETAVAE_DEFINITION std::string Stationarity::csv() const {
  std::string text = "latent,z_mean,z_mean_square\n";
  for (std::size_t k = 0; k < z_mean.size(); ++k) {
    text += detail::csv_line({static_cast<double>(k), z_mean[k], z_mean_square[k]});
  }
  return text;
}

BETAVAE_DEFINITION Stationarity stationarity(std::vector<double> z_mean, std::vector<double> z_mean_square,
                                             double tolerance) {
  require_same_size("stationarity", "means of codes", static_cast<Index>(z_mean.size()), "mean squares",
                    static_cast<Index>(z_mean_square.size()));
  require(!z_mean.empty(), "stationarity", "means of codes", "at least one latent", 0);
  require(tolerance > 0 && std::isfinite(tolerance), "stationarity", "tolerance", "a finite number above 0", tolerance);
  return {std::move(z_mean), std::move(z_mean_square), tolerance};
}

BETAVAE_DEFINITION Stationarity stationarity(const Evaluation& measured, double tolerance) {
  return stationarity(measured.z_mean, measured.z_mean_square, tolerance);
}

BETAVAE_DEFINITION std::string detail::text_of(const Stationarity& stationarity) {
  return format_text("{}: E[z] and E[z^2] are within {} of 0 and 1{}",
                     {stationarity.converged() ? "converged" : "not converged",
                      {stationarity.worst(), 4},
                      stationarity.converged() ? "" : ": train longer, or at a falling learning rate"});
}

}  // namespace betavae
