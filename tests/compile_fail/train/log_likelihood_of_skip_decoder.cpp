// SPDX-License-Identifier: MIT
// expect: betavae: log_likelihood: a decoder with skips has read the data that it decodes
#include <betavae/analysis/importance_weighting.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/skip_networks.hpp>

namespace bv = betavae;

#if !defined(BETAVAE_MUST_FAIL)
auto decoder = bv::dense_decoder<2, 5, 7>();
#else
auto decoder = bv::dense_skip_decoder<2, 5, 7>();
#endif

double nats() {
  const bv::Vae model{bv::dense_skip_encoder<7, 5, 2>(), decoder, bv::Bernoulli{}};
  return bv::log_likelihood(model, bv::Matrix<float>::Zero(7, 3).eval()).mean;
}
