// SPDX-License-Identifier: MIT
// Objectives, and what trains them.
#include <betavae/betavae.hpp>
#include <betavae/train/objective/factor_vae.hpp>
#include <betavae/train/training_step.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>
#include <betavae/vae/objective/importance_weighted_elbo.hpp>
#include <betavae/vae/prior/mixture.hpp>

namespace bv = betavae;

// case: train/const_objective_that_learns
// An objective with a controller learns from every step, and changes.
// expect: betavae: an objective that learns changes while it trains: give fit one that is not const
namespace const_objective_that_learns {

/// The rate as β, for the sake of an example.
class Follower {
 public:
  template <class Terms>
  void end_step(const Terms& terms) {
    rate_ = terms.rate_per_dimension.value().sum();
  }
  template <class Terms>
  [[nodiscard]] auto operator()(const Terms& terms) const {
    return terms.distortion + rate_ * sum(terms.rate_per_dimension);
  }

 private:
  float rate_ = 1;
};

void train() {
  bv::Vae model{bv::dense_encoder<4, 2>(), bv::dense_decoder<2, 4>(), bv::Bernoulli{}};
  const bv::Matrix<float> data = bv::Matrix<float>::Zero(4, 8);
#ifdef BETAVAE_MUST_FAIL
  const
#endif
      Follower objective{};
  bv::fit(model, data, objective);
}

}  // namespace const_objective_that_learns

// case: train/const_objective_told_of_training
// An objective with a schedule is told of the training, and changes.
// expect: betavae: an objective that learns of its training changes: give fit one that is not const
namespace const_objective_told_of_training {

void train() {
  bv::Vae model{bv::dense_encoder<4, 2>(), bv::dense_decoder<2, 4>(), bv::Bernoulli{}};
  const bv::Matrix<float> data = bv::Matrix<float>::Zero(4, 8);
#ifdef BETAVAE_MUST_FAIL
  const
#endif
      bv::BetaElbo objective{bv::LinearSchedule({.to = 4, .steps = 100})};
  bv::fit(model, data, objective);
}

}  // namespace const_objective_told_of_training

// case: train/const_objective_with_schedule
// An objective that is told of every step changes.
// expect: betavae: an objective with a schedule changes while it trains: give fit one that is not const
namespace const_objective_with_schedule {

/// β from 0 to 1 in a hundred steps.
class Rising {
 public:
  void begin_step(std::uint64_t step) { beta_ = step < 100 ? static_cast<float>(step) / 100 : 1.0F; }
  template <class Terms>
  [[nodiscard]] auto operator()(const Terms& terms) const {
    return terms.distortion + beta_ * sum(terms.rate_per_dimension);
  }

 private:
  float beta_ = 0;
};

void train() {
  bv::Vae model{bv::dense_encoder<4, 2>(), bv::dense_decoder<2, 4>(), bv::Bernoulli{}};
  const bv::Matrix<float> data = bv::Matrix<float>::Zero(4, 8);
#ifdef BETAVAE_MUST_FAIL
  const
#endif
      Rising objective{};
  bv::fit(model, data, objective);
}

}  // namespace const_objective_with_schedule

// case: train/discriminator_of_other_latents
// expect: betavae: FactorVae: the discriminator must take as many inputs as the model has latents
namespace discriminator_of_other_latents {

void train() {
  bv::Vae model{bv::dense_encoder<4, 3>(), bv::dense_decoder<3, 4>(), bv::Bernoulli{}};
  const bv::Matrix<float> data = bv::Matrix<float>::Zero(4, 8);
#ifdef BETAVAE_MUST_FAIL
  constexpr int latents = 2;
#else
  constexpr int latents = 3;
#endif
  bv::fit(model, data, bv::factor_vae<latents, 8>());
}

}  // namespace discriminator_of_other_latents

// case: train/discriminator_of_two_outputs
// Two logits, as many implementations have, are one too many: their difference is the logit.
// expect: betavae: FactorVae: the discriminator must give one output, a logit
namespace discriminator_of_two_outputs {

#ifdef BETAVAE_MUST_FAIL
constexpr int outputs = 2;
#else
constexpr int outputs = 1;
#endif

auto objective() { return bv::FactorVae(bv::dense_network<float, 3, 8, outputs>()); }

}  // namespace discriminator_of_two_outputs

// case: train/factor_vae_of_mixture_prior
// Under a prior whose dimensions depend on each other, those of a code are not to be independent.
// expect: betavae: FactorVae needs a factorial prior
namespace factor_vae_of_mixture_prior {

#if !defined(BETAVAE_MUST_FAIL)
using Prior = bv::StandardNormal;
#else
using Prior = bv::GaussianMixturePrior<2, 3>;
#endif

void train() {
  bv::Vae model{bv::dense_encoder<4, 2>(), bv::dense_decoder<2, 4>(), bv::Bernoulli{}, Prior()};
  const bv::Matrix<float> data = bv::Matrix<float>::Zero(4, 8);
  bv::fit(model, data, bv::factor_vae<2, 8>());
}

}  // namespace factor_vae_of_mixture_prior

// case: train/importance_weights_of_batch_likelihood
// Where the best sigma of the batch is taken, a draw's weight depends on the other draws.
// expect: betavae: ImportanceWeightedElbo needs a likelihood of each sample by itself
namespace importance_weights_of_batch_likelihood {

#if !defined(BETAVAE_MUST_FAIL)
using Likelihood = bv::GaussianLearnedSigma<float>;
#else
using Likelihood = bv::GaussianOptimalSigma;
#endif

void train() {
  bv::Vae model{bv::dense_encoder<4, 2>(), bv::dense_decoder<2, 4>(), Likelihood{}};
  const bv::Matrix<float> data = bv::Matrix<float>::Zero(4, 8);
  bv::fit(model, data, bv::ImportanceWeightedElbo({.draws = 3}));
}

}  // namespace importance_weights_of_batch_likelihood

// case: train/importance_weights_of_prior_without_density
// expect: betavae: importance weights need the density of codes: a prior with a member log_density(context, z)
namespace importance_weights_of_prior_without_density {

struct Prior {
  template <class Posterior>
  auto rate(const Posterior& posterior) const {
    return gaussian_rate(posterior);
  }
  template <class Scalar>
  void sample(bv::MatrixView<Scalar> z, const bv::Random& random, std::uint64_t first_sample) const {
    bv::StandardNormal{}.sample(z, random, first_sample);
  }
#if !defined(BETAVAE_MUST_FAIL)
  template <class Context, bv::Operand Z>
  auto log_density(Context& context, const Z& z) const {
    return bv::StandardNormal{}.log_density(context, z);
  }
#endif
};

void differentiate() {
  bv::Vae model{bv::dense_encoder<7, 2>(), bv::dense_decoder<2, 7>(), bv::Bernoulli{}, Prior{}};
  bv::TrainingStep step(model);
  (void)step.differentiate(bv::ImportanceWeightedElbo({.draws = 3}), bv::GaussianNoise(1), 0,
                           [](const auto&, const auto&) {});
}

}  // namespace importance_weights_of_prior_without_density

// case: train/objective_of_constant
// expect: betavae: the objective's result does not depend on any parameter that the model shows through visit(f)
namespace objective_of_constant {

struct Objective {
  template <class Terms>
  auto operator()(const Terms& terms) const {
#if !defined(BETAVAE_MUST_FAIL)
    return terms.distortion + sum(terms.rate_per_dimension);
#else
    return bv::Constant<float, 1>(terms.distortion.tape(), terms.distortion.value_view());
#endif
  }
};

void differentiate() {
  bv::Vae model{bv::dense_encoder<7, 2>(), bv::dense_decoder<2, 7>(), bv::Bernoulli{}};
  bv::TrainingStep step(model);
  (void)step.differentiate(Objective{}, bv::GaussianNoise(1), 0, [](const auto&...) {});
}

}  // namespace objective_of_constant

// case: train/objective_of_plain_number
// expect: betavae: an objective gives a variable of the terms' tape (1 x 1), not a plain number
namespace objective_of_plain_number {

struct Objective {
  template <class Terms>
  auto operator()(const Terms& terms) const {
#if !defined(BETAVAE_MUST_FAIL)
    return terms.distortion + sum(terms.rate_per_dimension);
#else
    return terms.distortion.value()(0, 0);
#endif
  }
};

void differentiate() {
  bv::Vae model{bv::dense_encoder<7, 2>(), bv::dense_decoder<2, 7>(), bv::Bernoulli{}};
  bv::TrainingStep step(model);
  (void)step.differentiate(Objective{}, bv::GaussianNoise(1), 0, [](const auto&...) {});
}

}  // namespace objective_of_plain_number

// case: train/objective_without_call
// expect: betavae: an objective needs an operator()(terms) const that makes one number of rate and distortion
namespace objective_without_call {

struct Objective {
#if !defined(BETAVAE_MUST_FAIL)
  template <class Terms>
  auto operator()(const Terms& terms) const {
    return terms.distortion + sum(terms.rate_per_dimension);
  }
#endif
};

void differentiate() {
  bv::Vae model{bv::dense_encoder<7, 2>(), bv::dense_decoder<2, 7>(), bv::Bernoulli{}};
  bv::TrainingStep step(model);
  (void)step.differentiate(Objective{}, bv::GaussianNoise(1), 0, [](const auto&...) {});
}

}  // namespace objective_without_call
