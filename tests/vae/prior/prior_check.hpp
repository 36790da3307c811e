// SPDX-License-Identifier: MIT
// What every prior must hold to: a density that integrates to 1, draws that follow it and depend on their address alone, and gradients.
#pragma once

#include <betavae/vae/full_gaussian_encoder.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/prior.hpp>

#include "catch.hpp"
#include "model_check.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace betavae::test {

/// ln p of codes, one number a sample: factorial densities are summed.
template <class PriorType, class Scalar>
[[nodiscard]] Matrix<Scalar> log_density_of(const PriorType& prior, const Matrix<Scalar>& z) {
  Tape<Scalar> tape;
  Evaluating<Scalar> context(tape);
  return prior.log_density(context, constant(tape, z)).value().colwise().sum();
}

template <class Scalar = double, class PriorType>
[[nodiscard]] Matrix<Scalar> draws_of(const PriorType& prior, Index latents, Index count, std::uint64_t seed = 1,
                                      std::uint64_t first_sample = 0) {
  Matrix<Scalar> z(latents, count);
  prior.sample(MatrixView<Scalar>{z.data(), latents, count, latents}, Random(seed, Stream::prior), first_sample);
  return z;
}

/// Points −range, −range + step, …, range, in `latents` dimensions (1 or 2), and p at each.
struct Grid {
  Index points;
  Matrix<double> z;
  Eigen::ArrayXd
      probability;  ///< p times the volume of a cell: by the trapezoid rule, where p has vanished at the ends
};

template <class PriorType>
[[nodiscard]] Grid grid_of(const PriorType& prior, Index latents, double range, double step) {
  const auto points = static_cast<Index>(std::lround(2 * range / step)) + 1;
  Grid grid{points, Matrix<double>(latents, latents == 1 ? points : points * points), {}};
  for (Index j = 0; j < grid.z.cols(); ++j) {
    grid.z(0, j) = -range + step * static_cast<double>(j / (latents == 1 ? 1 : points));
    if (latents == 2) {
      grid.z(1, j) = -range + step * static_cast<double>(j % points);
    }
  }
  grid.probability = log_density_of(prior, grid.z).transpose().array().exp() * std::pow(step, latents);
  return grid;
}

/// Kolmogorov and Smirnov's statistic of draws against the first dimension's distribution as the grid has it.
[[nodiscard]] inline double distance_of_first(const Grid& grid, const Matrix<double>& draws) {
  const Index cells = grid.z.cols() / grid.points;
  std::vector<double> places;
  std::vector<double> below;  // P(z₀ < the middle of this cell and the next)
  double sum = 0;
  for (Index i = 0; i < grid.points; ++i) {
    sum += grid.probability.segment(i * cells, cells).sum();
    places.push_back(grid.z(0, i * cells) + 0.5 * (grid.z(0, cells) - grid.z(0, 0)));
    below.push_back(sum);
  }
  const Matrix<double> first = draws.row(0);
  return kolmogorov_smirnov({first.data(), first.data() + first.size()}, [&](double z) {
    const auto next = std::upper_bound(places.begin(), places.end(), z) - places.begin();
    if (next == 0 || next == static_cast<std::ptrdiff_t>(places.size())) {
      return next == 0 ? 0.0 : 1.0;
    }
    const auto i = static_cast<std::size_t>(next);
    const double part = (z - places[i - 1]) / (places[i] - places[i - 1]);
    return (1 - part) * below[i - 1] + part * below[i];
  });
}

/// The density integrates to 1, and draws have its marginal and its moments E[zᵢ], E[zᵢ zⱼ] within 4 standard errors.
template <class PriorType>
void check_density_and_draws(const PriorType& prior, Index latents, double range, double step, double tolerance) {
  const Grid grid = grid_of(prior, latents, range, step);
  CHECK(std::abs(grid.probability.sum() - 1) < tolerance);
  constexpr Index count = 4000;
  const Matrix<double> draws = draws_of(prior, latents, count);
  CHECK(distance_of_first(grid, draws) < 1.63);
  const auto check_mean = [&](const auto& function) {
    const Eigen::ArrayXd drawn = function(draws);
    const double expected = (function(grid.z) * grid.probability).sum();
    const double error = std::sqrt((drawn - drawn.mean()).square().mean() / count);
    CAPTURE(expected, drawn.mean(), error);
    CHECK(std::abs(drawn.mean() - expected) < 4 * error);
  };
  for (Index i = 0; i < latents; ++i) {
    check_mean([=](const Matrix<double>& z) { return Eigen::ArrayXd(z.row(i).transpose().array()); });
    for (Index j = 0; j <= i; ++j) {
      check_mean([=](const Matrix<double>& z) {
        return Eigen::ArrayXd(z.row(i).transpose().array() * z.row(j).transpose().array());
      });
    }
  }
}

/// A draw depends on seed and sample alone, whatever else is drawn, and writes its own column alone.
template <class Scalar = double, class PriorType>
void check_addresses(const PriorType& prior, Index latents) {
  const Matrix<Scalar> all = draws_of<Scalar>(prior, latents, 700, 1);
  CHECK((draws_of<Scalar>(prior, latents, 700, 1) == all));
  CHECK((draws_of<Scalar>(prior, latents, 3, 1, 640) == all.middleCols(640, 3)));
  CHECK((draws_of<Scalar>(prior, latents, 1, 1, 5) == all.middleCols(5, 1)));
  CHECK_FALSE((draws_of<Scalar>(prior, latents, 700, 2).array() == all.array()).any());
  Matrix<Scalar> framed = Matrix<Scalar>::Zero(latents + 2, 4);
  prior.sample(MatrixView<Scalar>{framed.data() + 1, latents, 4, latents + 2}, Random(1, Stream::prior));
  CHECK((framed.row(0).array() == 0).all());
  CHECK((framed.row(latents + 1).array() == 0).all());
  CHECK((framed.middleRows(1, latents) == all.leftCols(4)));
  CHECK(all.allFinite());
}

/// KL(N(μ, σ²) ‖ p) by integration of one dimension: q (ln q − ln p) by the trapezoid rule in z = μ + σ t, split at 0, where a density
/// may have a kink, with t(s) = tanh-sinh's double exponential on each part.
template <class LogDensity>
[[nodiscard]] double integrated_rate(double mean, double log_variance, const LogDensity& log_density) {
  const double deviation = std::exp(log_variance / 2);
  const auto integrand = [&](double z) {
    const double standardized = (z - mean) / deviation;
    const double log_q = -0.5 * standardized * standardized - std::log(deviation) - 0.91893853320467274178;
    return log_q < -700 ? 0.0 : std::exp(log_q) * (log_q - log_density(z));
  };
  const auto part = [&](double from, double to) {
    double sum = 0;
    constexpr double step = 1.0 / 128;
    for (int i = -4 * 128; i <= 4 * 128; ++i) {
      const double s = step * i;
      const double inner = 0.5 * std::numbers::pi * std::sinh(s);
      const double weight = 0.5 * std::numbers::pi * std::cosh(s) / (std::cosh(inner) * std::cosh(inner));
      sum += step * weight * integrand(0.5 * (from + to) + 0.5 * (to - from) * std::tanh(inner));
    }
    return 0.5 * (to - from) * sum;
  };
  const double low = mean - 13 * deviation;
  const double high = mean + 13 * deviation;
  const double middle = std::clamp(0.0, low, high);
  return part(low, middle) + part(middle, high);
}

/// The rate of each dimension of each sample against a prior, in closed form or at z = μ + σ ε.
template <class PriorType>
[[nodiscard]] Matrix<double> rates_of(const PriorType& prior, const Matrix<double>& mean,
                                      const Matrix<double>& log_variance, std::uint64_t seed = 1) {
  Tape<double> tape;
  Evaluating<double> context(tape);
  const GaussianPosterior posterior{constant(tape, mean), constant(tape, log_variance)};
  const auto z = reparameterize(posterior, GaussianNoise(seed), 0);
  return betavae::rate_of(context, prior, posterior, z).value();
}

/// The closed form is the mean of ln q(z|x) − ln p(z) over draws, within 3 standard errors.
template <class PriorType>
void check_closed_form_by_draws(const PriorType& prior, Index latents) {
  constexpr Index count = 4000;
  const Matrix<double> mean = normals(latents, 1, 5).replicate(1, count);
  const Matrix<double> log_variance = normals(latents, 1, 6).replicate(1, count);
  Tape<double> tape;
  Evaluating<double> context(tape);
  const GaussianPosterior posterior{constant(tape, mean), constant(tape, log_variance)};
  const auto z = reparameterize(posterior, GaussianNoise(3), 0);
  const Matrix<double> sampled = log_density(posterior, z).value() - prior.log_density(context, z).value();
  const Matrix<double> closed = rates_of(prior, mean, log_variance);
  for (Index k = 0; k < latents; ++k) {
    const Eigen::ArrayXd row = sampled.row(k).transpose();
    const double error = std::sqrt((row - row.mean()).square().mean() / count);
    CAPTURE(k, closed(k, 0), row.mean(), error);
    CHECK(std::abs(row.mean() - closed(k, 0)) < 3 * error);
  }
}

/// The same for a posterior of full covariance of two dimensions, and the rate of the whole code.
template <class PriorType>
void check_closed_form_of_full_posterior(const PriorType& prior) {
  constexpr Index count = 4000;
  const Matrix<double> mean = normals(2, 1, 5).replicate(1, count);
  const Matrix<double> log_variance = normals(2, 1, 6).replicate(1, count);
  const Matrix<double> factor = Matrix<double>::Constant(1, count, 0.8);
  Tape<double> tape;
  Evaluating<double> context(tape);
  const FullGaussianPosterior posterior{constant(tape, mean), constant(tape, log_variance), constant(tape, factor)};
  const auto z = reparameterize(posterior, GaussianNoise(3), 0);
  const Matrix<double> sampled =
      (log_density(posterior, z).value() - prior.log_density(context, z).value()).colwise().sum();
  const double closed = betavae::rate_of(context, prior, posterior, z).value().col(0).sum();
  const double error = std::sqrt((sampled.array() - sampled.mean()).square().mean() / count);
  CAPTURE(closed, sampled.mean(), error);
  CHECK(std::abs(sampled.mean() - closed) < 3 * error);
}

/// A model of 4 features and 2 latents, in double, with all numbers of its prior moved a little from where they begin.
template <class EncoderType, class PriorType>
[[nodiscard]] auto model_with(EncoderType encoder, PriorType prior) {
  Vae model{std::move(encoder), dense_decoder<double, 2, 3, 4>({.activation = Activation::tanh}), Bernoulli{},
            std::move(prior)};
  visit_parameters(model.prior, [](const std::string&, auto& parameter) {
    parameter.value() += 0.2 * normals(parameter.rows(), parameter.columns(), 9);
  });
  return model;
}

/// The gradient of loss = distortion + β rate in all parameters, those of the prior among them.
template <class EncoderType, class PriorType>
void check_gradients_with(const EncoderType& encoder, const PriorType& prior) {
  const Matrix<double> x = uniforms(4, 5, 3);
  const std::vector<double> weights = {0.5, 2, 1, 0.25, 3};
  const auto worst = [&](Beside<double> beside) {
    return worst_gradient_error(model_with(encoder, prior), BetaElbo{1.5}, GaussianNoise(1), x, beside);
  };
  CHECK(worst({}) <= GradientCheck::tolerance);
  CHECK(worst({.weights = weights.data()}) <= GradientCheck::tolerance);
}

/// The same with a diagonal posterior, and with one of full covariance.
template <class PriorType>
void check_gradients(const PriorType& prior) {
  check_gradients_with(dense_encoder<double, 4, 3, 2>({.activation = Activation::tanh}), prior);
  check_gradients_with(dense_full_encoder<double, 4, 3, 2>({.activation = Activation::tanh}), prior);
}

}  // namespace betavae::test
