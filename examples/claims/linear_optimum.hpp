// SPDX-License-Identifier: MIT
// The linear β-VAE at its optimum, written down and not trained: where theory has exact numbers, so have its models.
//
// Prior N(0, I), decoder x = W z with variance η², diagonal posterior whose variances do not depend on x. For data of mean 0 whose
// covariance is diag(ζ₁², ζ₂², …), the least distortion + β·rate has, for each latent i with ζᵢ² > βη² (Lucas, Tucker, Grosse and
// Norouzi, 2019, with β),
//
//     decoder √(ζᵢ² − βη²) along axis i,   encoder √(ζᵢ² − βη²)/ζᵢ² along the same,   posterior variance βη²/ζᵢ²
//
// and for the others 0, 0 and 1: collapsed. Only the covariance matters, so a finite set serves as well as a distribution.
#pragma once

#include <betavae/betavae.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <tuple>
#include <vector>

namespace claims {

/// dimensions × count, of mean 0 and covariance exactly diag(variances), up to rounding. `count` must exceed the dimensions.
betavae::Matrix<double> exact_points(const std::vector<double>& variances, betavae::Index count, std::uint64_t seed);

/// The variance of latent i's posterior.
inline double optimal_posterior_variance(double variance, double beta, double sigma) {
  return std::min(1.0, beta * sigma * sigma / variance);
}

/// What the encoder's last layer gives for a log-variance, which its posterior bounds smoothly.
inline double before_the_bound(double log_variance) {
  return betavae::log_variance_bound * std::atanh(log_variance / betavae::log_variance_bound);
}

/// Dimensions, latents ≤ dimensions; the i-th latent is for the i-th variance.
template <int Dimensions, int Latents>
auto optimal_linear_model(const std::vector<double>& variances, double beta, double sigma) {
  betavae::Vae model{betavae::dense_encoder<double, Dimensions, Latents>(),
                     betavae::dense_decoder<double, Latents, Dimensions>(), betavae::Gaussian(sigma)};
  auto& encoder = std::get<0>(model.encoder.network.layers);
  auto& decoder = std::get<0>(model.decoder.layers);
  encoder.weight.value().setZero();
  encoder.bias.value().setZero();
  decoder.weight.value().setZero();
  decoder.bias.value().setZero();
  for (betavae::Index i = 0; i < Latents; ++i) {
    const double variance = variances.at(static_cast<std::size_t>(i));
    const double width = std::sqrt(std::max(0.0, variance - beta * sigma * sigma));
    decoder.weight.value()(i, i) = width;
    encoder.weight.value()(i, i) = width / variance;
    encoder.bias.value()(Latents + i, 0) =
        before_the_bound(std::log(optimal_posterior_variance(variance, beta, sigma)));
  }
  return model;
}

}  // namespace claims
