// SPDX-License-Identifier: MIT
// expect: betavae: an objective needs an operator()(terms) const that makes one number of rate and distortion
#include <betavae/train/training_step.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>

namespace bv = betavae;

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
