// SPDX-License-Identifier: MIT
#include <betavae/analysis/symmetry.hpp>
#include <betavae/betavae.hpp>
#include <betavae/vae/full_gaussian_encoder.hpp>
#include <betavae/vae/prior/laplace.hpp>

#include "axis_changes.hpp"
#include "linear_algebra.hpp"
#include "linear_optimum.hpp"

#include <cmath>
#include <numbers>
#include <tuple>

namespace claims::axes {

namespace {

struct Measured {
  double loss = 0;                        ///< distortion + β · rate, nats
  bv::Matrix<double> second_moment = {};  ///< E[zzᵀ] over data and posterior
};

/// Quadrature points stand for the noise, 2K for each sample: expectations come out to rounding.
template <class Model>
Measured measure(const Model& model, const bv::Matrix<double>& points) {
  bv::Tape<double> tape;
  bv::Evaluating<double> context(tape);
  const auto terms =
      model.terms(context, bv::Observed{bv::constant(tape, points)}, bv::QuadratureNoise{}, 0, 0, 2 * latents);
  const bv::Matrix<double> z = terms.z.value();
  return {terms.distortion.value()(0, 0) + beta * terms.rate_per_dimension.value().sum(),
          z * z.transpose() / static_cast<double>(z.cols())};
}

/// E|z| of N(mean, variance), which the Laplace prior pays for.
double mean_distance(double mean, double variance) {
  return std::sqrt(2 * variance / std::numbers::pi) * std::exp(-mean * mean / (2 * variance)) +
         mean * std::erf(mean / std::sqrt(2 * variance));
}

template <class Model>
double rotation_cost_of_laplace(const Model& model, const bv::Matrix<double>& q, const bv::Matrix<double>& points) {
  double sum = 0;
  for (bv::Index j = 0; j < points.cols(); ++j) {
    const bv::Matrix<double> mean = model.encode(points.col(j)).mean;
    const bv::Matrix<double> covariance = model.posterior_covariance(points.col(j));
    for (bv::Index k = 0; k < latents; ++k) {
      sum += mean_distance((q * mean)(k, 0), (q * covariance * q.transpose())(k, k)) -
             mean_distance(mean(k, 0), covariance(k, k));
    }
  }
  return sum / model.prior.scale() / static_cast<double>(points.cols());
}

/// A linear model whose means and decoder are rotated, and whose posterior is the best of the diagonal ones.
template <class Model>
Model rotated_and_diagonal(Model model, const bv::Matrix<double>& q, const bv::Matrix<double>& variances) {
  model.decoder = bv::rotated(model, q).decoder;
  auto& layer = std::get<0>(model.encoder.network.layers);
  layer.weight.value().topRows(latents) = (q * layer.weight.value().topRows(latents)).eval();
  const bv::Matrix<double> precision = q * variances.cwiseInverse().col(0).asDiagonal() * q.transpose();
  for (bv::Index k = 0; k < latents; ++k) {
    layer.bias.value()(latents + k, 0) = before_the_bound(-std::log(precision(k, k)));
  }
  return model;
}

}  // namespace

std::vector<Change> changes(std::uint64_t seed) {
  const bv::Matrix<double> q = random_rotation(latents, seed);
  bv::Matrix<double> order(latents, latents);
  order << 0, -1, 0, 0, 0, 1, -1, 0, 0;
  const bv::Matrix<double> variances = prior_variances;
  const std::vector<double> spectrum = {4, 2.5, 1.6, 0.5, 0.2};
  const bv::Matrix<double> points = exact_points(spectrum, 12, seed);
  const auto model_of = [&](auto encoder, auto prior) {
    return bv::Vae{std::move(encoder), bv::dense_decoder<double, latents, features>({.seed = seed}),
                   bv::Gaussian(sigma), prior};
  };
  const auto full = [&](auto prior) {
    return model_of(bv::dense_full_encoder<double, features, 7, latents>({.seed = seed}), prior);
  };
  const auto diagonal = model_of(bv::dense_encoder<double, features, 7, latents>({.seed = seed}), bv::StandardNormal{});
  const auto isotropic = full(bv::StandardNormal{});
  const auto anisotropic = full(anisotropic_prior());
  const auto laplace = full(bv::LaplacePrior{});

  std::vector<Change> rows;
  const auto add = [&](std::string prior, std::string posterior, std::string what, double theory, const auto& before,
                       const auto& after, const bv::Matrix<double>& x) {
    const double loss = measure(before, x).loss;
    rows.push_back({std::move(prior), std::move(posterior), std::move(what), beta * theory,
                    measure(after, x).loss - loss, loss, theory == 0});
  };
  add("N(0, I)", "full", "rotation", 0, isotropic, bv::rotated(isotropic, q), points);
  add("N(0, I)", "full", "stretch by 2",
      1.5 * measure(isotropic, points).second_moment.trace() - latents * std::log(2.0), isotropic,
      bv::transformed(isotropic, 2 * bv::Matrix<double>::Identity(latents, latents)), points);
  add("N(0, Λ)", "full", "rotation",
      bv::rotation_cost_of_prior(q, variances, measure(anisotropic, points).second_moment), anisotropic,
      bv::rotated(anisotropic, q), points);
  add("N(0, Λ)", "full", "Λ^½ rotation Λ^−½", 0, anisotropic,
      bv::transformed(anisotropic, bv::preserving_prior(q, variances)), points);

  // A linear optimum in units in which the decoder's columns are orthonormal: its codes then have the prior's variances.
  std::vector<double> of_columns = {0, 0, 0, 0.5, 0.2};
  for (std::size_t i = 0; i < latents; ++i) {
    of_columns[i] = prior_variances[static_cast<bv::Index>(i)] + beta * sigma * sigma;
  }
  const auto standard = optimal_linear_model<features, latents>(of_columns, beta, sigma);
  const auto stretched = bv::transformed(standard, variances.cwiseSqrt().col(0).asDiagonal());
  const bv::Vae orthonormal{stretched.encoder, stretched.decoder, stretched.likelihood, anisotropic_prior()};
  add("N(0, Λ)", "full, decoder's columns orthonormal", "rotation: they stay so",
      0.5 * (variances.cwiseInverse().col(0).asDiagonal() * q * variances.col(0).asDiagonal() * q.transpose()).trace() -
          0.5 * latents,
      orthonormal, bv::rotated(orthonormal, q), exact_points(of_columns, 12, seed));

  const auto optimum = optimal_linear_model<features, latents>(spectrum, beta, sigma);
  bv::Matrix<double> of_posterior(latents, 1);
  for (bv::Index k = 0; k < latents; ++k) {
    of_posterior(k, 0) = optimal_posterior_variance(spectrum[static_cast<std::size_t>(k)], beta, sigma);
  }
  add("N(0, I)", "diagonal", "order and signs", 0, diagonal, bv::reordered(diagonal, order), points);
  add("N(0, I)", "diagonal, variances differ", "rotation", bv::rotation_cost_of_diagonal_posterior(q, of_posterior),
      optimum, rotated_and_diagonal(optimum, q, of_posterior), points);
  const std::vector<double> equal = {2, 2, 2, 0.5, 0.2};
  const auto same = optimal_linear_model<features, latents>(equal, beta, sigma);
  add("N(0, I)", "diagonal, variances equal", "rotation", 0, same,
      rotated_and_diagonal(same, q,
                           bv::Matrix<double>::Constant(latents, 1, optimal_posterior_variance(equal[0], beta, sigma))),
      exact_points(equal, 12, seed));
  add("Laplace", "full", "rotation", rotation_cost_of_laplace(laplace, q, points), laplace, bv::rotated(laplace, q),
      points);
  add("Laplace", "full", "order and signs", 0, laplace, bv::rotated(laplace, order), points);
  return rows;
}

}  // namespace claims::axes
