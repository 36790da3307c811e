// SPDX-License-Identifier: MIT
// Every objective with a gradient along the path of a draw × prior × posterior that compiles: the gradient of every parameter of the
// model against finite differences. Not here: the doubly reparameterized gradient and FactorVAE's, which are right in the mean alone.
#include <betavae/vae/full_gaussian_encoder.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>
#include <betavae/vae/objective/beta_elbo.hpp>
#include <betavae/vae/objective/beta_tc.hpp>
#include <betavae/vae/objective/capacity_elbo.hpp>
#include <betavae/vae/objective/dip.hpp>
#include <betavae/vae/objective/free_bits_elbo.hpp>
#include <betavae/vae/objective/importance_weighted_elbo.hpp>
#include <betavae/vae/objective/info_elbo.hpp>
#include <betavae/vae/prior/diagonal_normal.hpp>
#include <betavae/vae/prior/flow.hpp>
#include <betavae/vae/prior/laplace.hpp>
#include <betavae/vae/prior/logistic.hpp>
#include <betavae/vae/prior/mixture.hpp>
#include <betavae/vae/prior/vamp.hpp>

#include "catch.hpp"
#include "model_check.hpp"

using namespace betavae;
using betavae::test::normals;

namespace {

constexpr int features = 3;
constexpr int latents = 2;

/// Where dimensions depend on each other, what is said of each of them makes no sense, and does not compile.
template <class PriorType>
inline constexpr bool is_factorial = true;
template <>
inline constexpr bool is_factorial<GaussianMixturePrior<latents, 2, double>> = false;
template <>
inline constexpr bool is_factorial<VampPrior<features, 2, double>> = false;
template <>
inline constexpr bool is_factorial<CouplingFlowPrior<latents, 2, 2, double>> = false;

template <class Model, class Objective>
void check(const char* name, const Model& model, const Objective& objective) {
  INFO(name);
  // Five samples; weights where the objective takes them are checked in its own test.
  CHECK(betavae::test::worst_gradient_error(model, objective, GaussianNoise(3), normals(features, 5, 7)) <=
        GradientCheck::tolerance);
}

template <bool is_diagonal, class EncoderType, class PriorType>
void check_objectives(EncoderType encoder, PriorType prior) {
  // Biases that are no zeros, so that nothing is symmetric.
  std::uint64_t number = 0;
  const auto shake = [&](const std::string& /*name*/, auto& parameter) {
    const Matrix<double> noise = normals(parameter.rows(), parameter.columns(), 100 + number++);
    for (Index i = 0; i < parameter.size(); ++i) {
      parameter.data()[i] += 0.3 * noise.data()[i];
    }
  };
  Vae model{std::move(encoder), dense_decoder<double, latents, features>(), Gaussian{0.9}, std::move(prior)};
  visit_parameters(model, shake);

  check("beta", model, BetaElbo{2.5});
  check("capacity below", model, CapacityElbo{0.01, {.gamma = 3}});
  check("capacity above", model, CapacityElbo{50, {.gamma = 3}});
  check("free nats of the code that the rate is above", model, FreeBitsElbo{FreeNatsPerCode{0.01}, 2.0});
  check("free nats of the code that the rate is below", model, FreeBitsElbo{FreeNatsPerCode{50}, 2.0});
  if constexpr (!detail::is_learned_prior<PriorType> && !PriorOfEncoder<PriorType, EncoderType>) {
    check("InfoVAE", model, InfoElbo({.alpha = 0.5, .lambda = 7}));
    check("InfoVAE, Gaussian kernel", model, InfoElbo({.alpha = 1, .lambda = 7}, GaussianKernel{}));
  }
  check("importance weights", model, ImportanceWeightedElbo({.draws = 3, .gradient = ImportanceGradient::pathwise}));
  if constexpr (is_factorial<PriorType>) {
    check("free nats of each dimension", model, FreeBitsElbo{FreeNatsPerDimension{0.4}, 2.0});
  }
  if constexpr (is_factorial<PriorType> && is_diagonal) {
    if constexpr (!requires { PriorType::has_own_variances; }) {
      for (const DipCovariance covariance : {DipCovariance::of_means, DipCovariance::of_codes}) {
        check("DIP", model, DipElbo({.covariance = covariance, .lambda_off_diagonal = 3, .lambda_diagonal = 5}));
      }
    }
    for (const DensityEstimator estimator :
         {DensityEstimator::minibatch_stratified, DensityEstimator::minibatch_weighted, DensityEstimator::exact}) {
      const Index samples = estimator == DensityEstimator::exact ? 5 : 40;
      check("total correlation", model, BetaTotalCorrelation(4.0, {.estimator = estimator, .samples = samples}));
    }
  }
}

template <class PriorType>
void check_posteriors(const PriorType& prior) {
  check_objectives<true>(dense_encoder<double, features, latents>(), prior);
  check_objectives<false>(dense_full_encoder<double, features, latents>(), prior);
}

}  // namespace

TEST_CASE("Every objective and posterior has the right gradient with the standard normal", "[vae][combinations]") {
  check_posteriors(StandardNormal{});
}

TEST_CASE("Every objective and posterior has the right gradient with a diagonal normal", "[vae][combinations]") {
  check_posteriors(DiagonalNormal<latents, double>({0.5, 2}));
  check_posteriors(LearnedDiagonalNormal<latents, double>());
}

TEST_CASE("Every objective and posterior has the right gradient with a Laplace prior", "[vae][combinations]") {
  check_posteriors(LaplacePrior());
}

TEST_CASE("Every objective and posterior has the right gradient with a logistic prior", "[vae][combinations]") {
  check_posteriors(LogisticPrior());
}

TEST_CASE("Every objective and posterior has the right gradient with a mixture", "[vae][combinations]") {
  // Wide components: where they are narrow, the difference that is compared with has an error of its own above the tolerance.
  check_posteriors(GaussianMixturePrior<latents, 2, double>({.spread = 0.5}));
}

TEST_CASE("Every objective has the right gradient with a Vamp prior", "[vae][combinations]") {
  check_objectives<true>(dense_encoder<double, features, latents>(), VampPrior<features, 2, double>({.spread = 1}));
}

TEST_CASE("Every objective and posterior has the right gradient with a flow", "[vae][combinations]") {
  check_posteriors(CouplingFlowPrior<latents, 2, 2, double>());
}
