// SPDX-License-Identifier: MIT
// An objective with a schedule is told of the training, and changes.
// expect: betavae: an objective that learns of its training changes: give fit one that is not const
#include <betavae/betavae.hpp>

void train() {
  betavae::Vae model{betavae::dense_encoder<4, 2>(), betavae::dense_decoder<2, 4>(), betavae::Bernoulli{}};
  const betavae::Matrix<float> data = betavae::Matrix<float>::Zero(4, 8);
#ifdef BETAVAE_MUST_FAIL
  const
#endif
      betavae::BetaElbo objective{betavae::LinearSchedule({.to = 4, .steps = 100})};
  betavae::fit(model, data, objective);
}
