// SPDX-License-Identifier: MIT
// expect: betavae: an objective gives a variable of the terms' tape (1 x 1), not a plain number
#include <betavae/train/training_step.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>

namespace bv = betavae;

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
