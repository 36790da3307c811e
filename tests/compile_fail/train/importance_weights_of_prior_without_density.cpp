// SPDX-License-Identifier: MIT
// expect: betavae: importance weights need the density of codes: a prior with a member log_density(context, z)
#include <betavae/train/training_step.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/objective/importance_weighted_elbo.hpp>

namespace bv = betavae;

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
