// SPDX-License-Identifier: MIT
// What the page draws is the likelihood's mean, so it must know how that comes from the decoder's output.
// expect: betavae: StoredDecoder takes the likelihoods Bernoulli, Gaussian (with any sigma) and Poisson
#include <betavae/io/report/stored_decoder.hpp>
#include <betavae/vae/likelihood/continuous_bernoulli.hpp>

namespace bv = betavae;

bv::Index outputs() {
  const bv::Sequential network(bv::Dense<2, 3>{});
#if !defined(BETAVAE_MUST_FAIL)
  return bv::StoredDecoder(network, bv::GaussianLearnedSigma<float>{}).outputs();
#else
  return bv::StoredDecoder(network, bv::ContinuousBernoulli{}).outputs();
#endif
}
