// SPDX-License-Identifier: MIT
// Objectives beside the plain one, and the models that they are for.
#include <betavae/betavae.hpp>
#include <betavae/train/controller/geco.hpp>
#include <betavae/train/controller/pid.hpp>
#include <betavae/train/fit.hpp>
#include <betavae/vae/full_gaussian_encoder.hpp>
#include <betavae/vae/full_gaussian_posterior.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/objective/beta_elbo.hpp>
#include <betavae/vae/objective/beta_tc.hpp>
#include <betavae/vae/objective/capacity_elbo.hpp>
#include <betavae/vae/objective/dip.hpp>
#include <betavae/vae/objective/free_bits_elbo.hpp>
#include <betavae/vae/objective/info_elbo.hpp>
#include <betavae/vae/objective/maximum_mean_discrepancy.hpp>
#include <betavae/vae/objective/total_correlation.hpp>
#include <betavae/vae/prior/diagonal_normal.hpp>
#include <betavae/vae/prior/mixture.hpp>
#include <betavae/vae/vae.hpp>

namespace bv = betavae;

// case: vae/beta_tc_of_beta_controller
// The laws of these controllers are for a β that is the price of the rate.
// expect: betavae: BetaTotalCorrelation: this controller sets a beta that is the price of the rate
namespace beta_tc_of_beta_controller {

double first() {
#ifdef BETAVAE_MUST_FAIL
  return bv::BetaTotalCorrelation{bv::GecoController({.distortion = 10})}.beta();
#else
  return bv::BetaElbo{bv::GecoController({.distortion = 10})}.beta();
#endif
}

}  // namespace beta_tc_of_beta_controller

// case: vae/beta_tc_of_full_encoder
// Through the objective: the posterior is named, not the prior, which is as it should be.
// expect: betavae: the total correlation is estimated for diagonal Gaussian posteriors alone
// (Of these codes alone: g++ does not say which call it was.)
// expect: betavae::FullGaussianPosterior<betavae::Variable<float, 3>
namespace beta_tc_of_full_encoder {

void train() {
#if !defined(BETAVAE_MUST_FAIL)
  const auto encoder = bv::dense_encoder<float, 4, 3>();
#else
  const auto encoder = bv::dense_full_encoder<float, 4, 3>();
#endif
  bv::Vae model{encoder, bv::dense_decoder<3, 4>(), bv::Bernoulli{}};
  const bv::Matrix<float> data = bv::Matrix<float>::Zero(4, 8);
  bv::fit(model, data, bv::BetaTotalCorrelation(4));
}

}  // namespace beta_tc_of_full_encoder

// case: vae/beta_tc_of_mixture_prior
// Under a prior whose dimensions depend on each other, those of a code are not to be independent.
// expect: betavae: BetaTotalCorrelation needs a factorial prior
namespace beta_tc_of_mixture_prior {

#if !defined(BETAVAE_MUST_FAIL)
using Prior = bv::StandardNormal;
#else
using Prior = bv::GaussianMixturePrior<2, 3>;
#endif

void train() {
  bv::Vae model{bv::dense_encoder<4, 2>(), bv::dense_decoder<2, 4>(), bv::Bernoulli{}, Prior()};
  const bv::Matrix<float> data = bv::Matrix<float>::Zero(4, 8);
  bv::fit(model, data, bv::BetaTotalCorrelation(4));
}

}  // namespace beta_tc_of_mixture_prior

// case: vae/capacity_of_beta_controller
// A controller of β raises it to lower the rate; as a capacity it would run away.
// expect: betavae: CapacityElbo: this controller sets a beta, which lowers the rate where a capacity raises it: give it to BetaElbo
namespace capacity_of_beta_controller {

double first() {
#ifdef BETAVAE_MUST_FAIL
  return bv::CapacityElbo{bv::PidController({.rate = 10})}.capacity();
#else
  return bv::BetaElbo{bv::PidController({.rate = 10})}.beta();
#endif
}

}  // namespace capacity_of_beta_controller

// case: vae/dip_of_diagonal_prior
// Its targets are the moments of N(0, I).
// expect: betavae: DipElbo draws the code's variances to 1, and this prior's are others: give StandardNormal
namespace dip_of_diagonal_prior {

#if !defined(BETAVAE_MUST_FAIL)
using Prior = bv::StandardNormal;
#else
using Prior = bv::LearnedDiagonalNormal<2>;
#endif

void train() {
  bv::Vae model{bv::dense_encoder<4, 2>(), bv::dense_decoder<2, 4>(), bv::Bernoulli{}, Prior()};
  const bv::Matrix<float> data = bv::Matrix<float>::Zero(4, 8);
  bv::fit(model, data, bv::DipElbo());
}

}  // namespace dip_of_diagonal_prior

// case: vae/dip_of_full_encoder
// Through the objective: the posterior is named, not the prior, which is as it should be.
// expect: betavae: the moments of DIP-VAE are known for diagonal Gaussian posteriors alone
// (Of these codes alone: g++ does not say which call it was.)
// expect: betavae::FullGaussianPosterior<betavae::Variable<float, 5>
namespace dip_of_full_encoder {

void train() {
#if !defined(BETAVAE_MUST_FAIL)
  const auto encoder = bv::dense_encoder<float, 4, 5>();
#else
  const auto encoder = bv::dense_full_encoder<float, 4, 5>();
#endif
  bv::Vae model{encoder, bv::dense_decoder<5, 4>(), bv::Bernoulli{}};
  const bv::Matrix<float> data = bv::Matrix<float>::Zero(4, 8);
  bv::fit(model, data, bv::DipElbo());
}

}  // namespace dip_of_full_encoder

// case: vae/dip_of_full_posterior
// expect: betavae: the moments of DIP-VAE are known for diagonal Gaussian posteriors alone
namespace dip_of_full_posterior {

using Codes = bv::Constant<float, 2>;

#if !defined(BETAVAE_MUST_FAIL)
using Posterior = bv::GaussianPosterior<Codes, Codes>;
#else
using Posterior = bv::FullGaussianPosterior<Codes, Codes, bv::Constant<float, 1>>;
#endif

void measure(const Posterior& posterior) { (void)bv::dip_penalty(posterior, {}); }

}  // namespace dip_of_full_posterior

// case: vae/dip_of_mixture_prior
// Under a prior whose dimensions depend on each other, those of a code are not to be independent.
// expect: betavae: DipElbo needs a factorial prior
namespace dip_of_mixture_prior {

#if !defined(BETAVAE_MUST_FAIL)
using Prior = bv::StandardNormal;
#else
using Prior = bv::GaussianMixturePrior<2, 3>;
#endif

void train() {
  bv::Vae model{bv::dense_encoder<4, 2>(), bv::dense_decoder<2, 4>(), bv::Bernoulli{}, Prior()};
  const bv::Matrix<float> data = bv::Matrix<float>::Zero(4, 8);
  bv::fit(model, data, bv::DipElbo());
}

}  // namespace dip_of_mixture_prior

// case: vae/discrepancy_from_learned_prior
// The gradient by the prior's parameters would be wrong without a word.
// expect: betavae: InfoElbo needs a prior that is not learned
namespace discrepancy_from_learned_prior {

void train() {
#ifdef BETAVAE_MUST_FAIL
  const bv::LearnedDiagonalNormal<2> prior;
#else
  const bv::DiagonalNormal<2> prior({0.5, 2});
#endif
  bv::Vae model{bv::dense_encoder<4, 2>(), bv::dense_decoder<2, 4>(), bv::Bernoulli{}, prior};
  const bv::Matrix<float> data = bv::Matrix<float>::Zero(4, 8);
  bv::fit(model, data, bv::InfoElbo({.alpha = 1, .lambda = 10}));
}

}  // namespace discrepancy_from_learned_prior

// case: vae/discrepancy_from_variable
// expect: betavae: squared_maximum_mean_discrepancy: draws of the prior are constants: nothing is differentiated by them
namespace discrepancy_from_variable {

#ifdef BETAVAE_MUST_FAIL
using Draws = bv::Variable<float, 2>;
#else
using Draws = bv::Constant<float, 2>;
#endif

auto discrepancy(const bv::Variable<float, 2>& z, const Draws& draws) {
  return bv::squared_maximum_mean_discrepancy(z, draws, bv::GaussianKernel{});
}

}  // namespace discrepancy_from_variable

// case: vae/discrepancy_without_prior
// expect: betavae: InfoElbo draws from the prior, so it needs the terms of a model: ElboTerms with their DrawTerms
namespace discrepancy_without_prior {

void loss(bv::Evaluating<float>& context, const bv::Constant<float>& x) {
  const bv::Vae model{bv::dense_encoder<4, 2>(), bv::dense_decoder<2, 4>(), bv::Bernoulli{}};
  const auto terms = model.terms(context, bv::Observed{x}, bv::GaussianNoise(1), 0);
  const bv::InfoElbo objective({.alpha = 1, .lambda = 10});
#ifdef BETAVAE_MUST_FAIL
  (void)objective(bv::ElboTerms{terms.rate_per_dimension, terms.distortion, terms.posterior, terms.z});
#else
  (void)objective(terms);
#endif
}

}  // namespace discrepancy_without_prior

// case: vae/free_bits_of_dependent_dimensions
// Where the rate is one number for the whole code, no dimension can have nats of its own free.
// expect: betavae: FreeBitsElbo: with this prior the rate does not fall apart into dimensions: give FreeNatsPerCode
namespace free_bits_of_dependent_dimensions {

/// N(0, I), whose density it gives for the code as a whole.
struct JointNormal {
  template <class Context, bv::Operand Z>
  [[nodiscard]] auto log_density(Context& context, const Z& z) const {
    return bv::sum_over_features(bv::StandardNormal{}.log_density(context, z));
  }
  template <class Scalar>
  void sample(bv::MatrixView<Scalar> z, const bv::Random& random, std::uint64_t first_sample = 0) const {
    bv::StandardNormal{}.sample(z, random, first_sample);
  }
};

void train() {
  bv::Vae model{bv::dense_encoder<4, 2>(), bv::dense_decoder<2, 4>(), bv::Bernoulli{}, JointNormal{}};
  const bv::Matrix<float> data = bv::Matrix<float>::Zero(4, 8);
#ifdef BETAVAE_MUST_FAIL
  bv::fit(model, data, bv::FreeBitsElbo{bv::FreeNatsPerDimension{0.5}});
#else
  bv::fit(model, data, bv::FreeBitsElbo{bv::FreeNatsPerCode{0.5}});
#endif
}

}  // namespace free_bits_of_dependent_dimensions

// case: vae/total_correlation_of_full_posterior
// expect: betavae: the total correlation is estimated for diagonal Gaussian posteriors alone
namespace total_correlation_of_full_posterior {

using Codes = bv::Constant<float, 2>;

#if !defined(BETAVAE_MUST_FAIL)
using Posterior = bv::GaussianPosterior<Codes, Codes>;
#else
using Posterior = bv::FullGaussianPosterior<Codes, Codes, bv::Constant<float, 1>>;
#endif

void measure(const Posterior& posterior, const Codes& z) {
  (void)bv::total_correlation(posterior, z, {.samples = 100});
}

}  // namespace total_correlation_of_full_posterior
