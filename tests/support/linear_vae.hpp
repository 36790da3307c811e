// SPDX-License-Identifier: MIT
// The linear β-VAE, whose optimum is known exactly.
//
// Prior N(0, I), decoder x = W z + b with variance η², affine encoder of the mean, posterior variances that do not depend on x.
// For data whose covariance has eigenvalues ζ₁² ≥ … ≥ ζ_d² with eigenvectors uᵢ, and K latents, the least distortion + β·rate has
// (Lucas, Tucker, Grosse and Norouzi, 2019, with β; Sicks, Korn and Schwaar, 2021)
//
//     decoder column i     √(ζᵢ² − βη²) uᵢ   where ζᵢ² > βη² and i ≤ K (active), else 0 (collapsed)
//     encoder row i        √(ζᵢ² − βη²)/ζᵢ² uᵢᵀ                                    0
//     posterior variance   βη²/ζᵢ²                                                 1
//     rate                 ½ ln(ζᵢ²/βη²)                                           0
//     squared error        βη²                                                     ζᵢ²
//
// Rate and distortion depend on mean and covariance of the data alone, so a finite set serves as well as a distribution.
#pragma once

#include "model_check.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <tuple>
#include <vector>

namespace betavae::test {

/// The case that tests share. ζ²/η² are 6.25, 3.9, 2.5, 1.56, and two that no latent is left for: from β = 7 on everything has
/// collapsed.
namespace linear_case {
inline constexpr int dimensions = 6;
inline constexpr int latents = 4;
inline constexpr double sigma = 0.8;
inline const std::vector<double> variances{4, 2.5, 1.6, 1, 0.5, 0.2};
}  // namespace linear_case

/// The closed form. `variances` are the ζ², in descending order.
struct LinearOptimum {
  std::vector<double> variances;
  Index latents;
  double beta;
  double sigma;  ///< η

  [[nodiscard]] double variance(Index i) const { return variances[static_cast<std::size_t>(i)]; }
  [[nodiscard]] Index dimensions() const { return static_cast<Index>(variances.size()); }
  [[nodiscard]] double water_level() const { return beta * sigma * sigma; }
  [[nodiscard]] bool is_active(Index i) const { return i < latents && variance(i) > water_level(); }
  [[nodiscard]] Index active() const {
    Index count = 0;
    for (Index i = 0; i < dimensions(); ++i) {
      count += is_active(i) ? 1 : 0;
    }
    return count;
  }
  [[nodiscard]] double singular_value(Index i) const {
    return is_active(i) ? std::sqrt(variance(i) - water_level()) : 0;
  }
  [[nodiscard]] double posterior_variance(Index i) const { return is_active(i) ? water_level() / variance(i) : 1; }
  [[nodiscard]] double rate(Index i) const { return is_active(i) ? 0.5 * std::log(variance(i) / water_level()) : 0; }
  [[nodiscard]] double rate() const {
    double nats = 0;
    for (Index i = 0; i < dimensions(); ++i) {
      nats += rate(i);
    }
    return nats;
  }
  [[nodiscard]] double squared_error() const {
    double error = 0;
    for (Index i = 0; i < dimensions(); ++i) {
      error += is_active(i) ? water_level() : variance(i);
    }
    return error;
  }
  [[nodiscard]] double constant_nats() const {
    return 0.5 * static_cast<double>(dimensions()) * std::log(2 * std::numbers::pi * sigma * sigma);
  }
  [[nodiscard]] double distortion() const { return squared_error() / (2 * sigma * sigma) + constant_nats(); }

  /// min (D + βR), written out on its own and not as the sum of the two above.
  [[nodiscard]] double objective() const {
    double explained = 0;
    double total = 0;
    for (Index i = 0; i < dimensions(); ++i) {
      total += variance(i);
      if (is_active(i)) {
        const double ratio = water_level() / variance(i);
        explained += variance(i) * (1 + ratio * (std::log(ratio) - 1));
      }
    }
    return (total - explained) / (2 * sigma * sigma) + constant_nats();
  }
};

/// The learned η: η̂² = Σ_dropped ζ² / (d − βk) with the k for which it is consistent, ζ_k² > βη̂² ≥ ζ_{k+1}².
/// NaN where there is none.
[[nodiscard]] double optimal_sigma(const std::vector<double>& variances, Index latents, double beta);

/// Samples whose mean and covariance (divided by n) are exactly as asked, up to rounding.
struct LinearData {
  Matrix<double> samples;       ///< d × n
  Matrix<double> eigenvectors;  ///< d × d, column i belongs to the i-th variance
  Matrix<double> mean;          ///< d × 1
};

/// `count` must exceed the number of variances.
[[nodiscard]] LinearData linear_data(const std::vector<double>& variances, Index count, std::uint64_t seed);

namespace linear_case {
/// Data of the case, made once.
template <Index samples>
[[nodiscard]] const LinearData& data_of() {
  static const LinearData data = linear_data(variances, samples, 1);
  return data;
}
}  // namespace linear_case

/// A population as a set: samples with weights that sum to 1.
struct WeightedGrid {
  LinearData axes;              ///< samples, mean 0, eigenvectors the axes themselves
  std::vector<double> weights;  ///< one a sample
};

/// N(0, diag(a, b)) as an equidistant grid to six standard deviations, weighted by the density. Sums over it of a smooth function are its
/// expectation to 1e-7 or so (the trapezoidal rule), and of what Gaussian posteriors of variance 0.2 and more mix to.
[[nodiscard]] WeightedGrid gaussian_population(const std::vector<double>& variances);

/// Each sample 2K times in a row, for QuadratureNoise.
[[nodiscard]] Matrix<double> repeated(const Matrix<double>& samples, Index times);

/// The only layer of an encoder without hidden layer, and of such a decoder.
template <class Model>
[[nodiscard]] auto& encoder_layer(Model& model) {
  return std::get<0>(model.encoder.network.layers);
}
template <class Model>
[[nodiscard]] auto& decoder_layer(Model& model) {
  return std::get<0>(model.decoder.layers);
}

/// The closed form as weights and biases of two affine layers, of which the encoder's gives mean and log-variance.
struct OptimalLayers {
  Matrix<double> encoder_weight, encoder_bias, decoder_weight, decoder_bias;
};
[[nodiscard]] OptimalLayers optimal_layers(const LinearOptimum& optimum, const LinearData& data);

/// Writes the closed form into a model whose encoder and decoder are one affine layer each.
template <class Model>
void set_to_optimum(Model& model, const LinearOptimum& optimum, const LinearData& data) {
  const OptimalLayers layers = optimal_layers(optimum, data);
  const auto write = [](const Matrix<double>& numbers, auto& parameter) {
    std::copy_n(numbers.data(), parameter.size(), parameter.data());
  };
  write(layers.encoder_weight, encoder_layer(model).weight);
  write(layers.encoder_bias, encoder_layer(model).bias);
  write(layers.decoder_weight, decoder_layer(model).weight);
  write(layers.decoder_bias, decoder_layer(model).bias);
}

}  // namespace betavae::test
