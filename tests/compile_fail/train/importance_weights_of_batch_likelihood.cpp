// SPDX-License-Identifier: MIT
// Where the best sigma of the batch is taken, a draw's weight depends on the other draws.
// expect: betavae: ImportanceWeightedElbo needs a likelihood of each sample by itself
#include <betavae/betavae.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>
#include <betavae/vae/objective/importance_weighted_elbo.hpp>

namespace bv = betavae;

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
