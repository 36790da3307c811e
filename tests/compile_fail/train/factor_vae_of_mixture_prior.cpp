// SPDX-License-Identifier: MIT
// Under a prior whose dimensions depend on each other, those of a code are not to be independent.
// expect: betavae: FactorVae needs a factorial prior
#include <betavae/betavae.hpp>
#include <betavae/train/objective/factor_vae.hpp>
#include <betavae/vae/prior/mixture.hpp>

namespace bv = betavae;

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
