// SPDX-License-Identifier: MIT
#include "linear_algebra.hpp"
#include "linear_vae.hpp"

#include <algorithm>
#include <cmath>

namespace betavae::test {

double optimal_sigma(const std::vector<double>& variances, Index latents, double beta) {
  const auto dimensions = static_cast<Index>(variances.size());
  for (Index k = 0; k <= std::min(latents, dimensions); ++k) {
    const double free = static_cast<double>(dimensions) - beta * static_cast<double>(k);
    double dropped = 0;
    for (Index i = k; i < dimensions; ++i) {
      dropped += variances[static_cast<std::size_t>(i)];
    }
    const double level = beta * dropped / free;
    const bool keeps_last = k == 0 || variances[static_cast<std::size_t>(k - 1)] > level;
    const bool drops_next = k == std::min(latents, dimensions) || variances[static_cast<std::size_t>(k)] <= level;
    if (free > 0 && dropped > 0 && keeps_last && drops_next) {
      return std::sqrt(dropped / free);
    }
  }
  return std::nan("");
}

LinearData linear_data(const std::vector<double>& variances, Index count, std::uint64_t seed) {
  const auto dimensions = static_cast<Index>(variances.size());
  LinearData data;
  data.eigenvectors = random_rotation(dimensions, seed);
  data.mean = normals(dimensions, 1, seed + 1);
  Matrix<double> white = normals(dimensions, count, seed + 2);
  white.colwise() -= white.rowwise().mean().eval();
  const Eigen::Map<const Eigen::VectorXd> diagonal(variances.data(), dimensions);
  data.samples = data.eigenvectors * diagonal.cwiseSqrt().asDiagonal() * whitened(white);
  data.samples.colwise() += data.mean.col(0);
  return data;
}

WeightedGrid gaussian_population(const std::vector<double>& variances) {
  constexpr Index a_side = 31;
  constexpr double farthest = 6;
  WeightedGrid grid{{Matrix<double>(2, a_side * a_side), Matrix<double>::Identity(2, 2), Matrix<double>::Zero(2, 1)},
                    {}};
  const auto place = [](Index i) { return farthest * (2 * static_cast<double>(i) / (a_side - 1) - 1); };
  double total = 0;
  for (Index i = 0; i < a_side; ++i) {
    for (Index j = 0; j < a_side; ++j) {
      grid.axes.samples.col(i * a_side + j) << std::sqrt(variances[0]) * place(i), std::sqrt(variances[1]) * place(j);
      grid.weights.push_back(std::exp(-0.5 * (place(i) * place(i) + place(j) * place(j))));
      total += grid.weights.back();
    }
  }
  for (double& weight : grid.weights) {
    weight /= total;
  }
  return grid;
}

Matrix<double> repeated(const Matrix<double>& samples, Index times) {
  Matrix<double> result(samples.rows(), samples.cols() * times);
  for (Index j = 0; j < result.cols(); ++j) {
    result.col(j) = samples.col(j / times);
  }
  return result;
}

OptimalLayers optimal_layers(const LinearOptimum& optimum, const LinearData& data) {
  const Index latents = optimum.latents;
  const Index dimensions = optimum.dimensions();
  OptimalLayers layers{Matrix<double>::Zero(2 * latents, dimensions), Matrix<double>(2 * latents, 1),
                       Matrix<double>::Zero(dimensions, latents), data.mean};
  for (Index i = 0; i < latents; ++i) {
    if (optimum.is_active(i)) {
      const Eigen::VectorXd column = optimum.singular_value(i) * data.eigenvectors.col(i);
      layers.decoder_weight.col(i) = column;
      layers.encoder_weight.row(i) = column.transpose() / optimum.variance(i);
    }
    // The encoder's output is turned into the log-variance by B tanh(r/B).
    const double log_variance = std::log(optimum.posterior_variance(i));
    layers.encoder_bias(latents + i, 0) = log_variance_bound * std::atanh(log_variance / log_variance_bound);
  }
  layers.encoder_bias.topRows(latents) = -layers.encoder_weight.topRows(latents) * data.mean;
  return layers;
}

}  // namespace betavae::test
