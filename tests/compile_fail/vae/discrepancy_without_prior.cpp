// SPDX-License-Identifier: MIT
// expect: betavae: InfoElbo draws from the prior, so it needs the terms of a model: ElboTerms with their DrawTerms
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/objective/info_elbo.hpp>
#include <betavae/vae/vae.hpp>

namespace bv = betavae;

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
