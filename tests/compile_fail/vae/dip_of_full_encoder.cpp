// SPDX-License-Identifier: MIT
// Through the objective: the posterior is named, not the prior, which is as it should be.
// expect: betavae: the moments of DIP-VAE are known for diagonal Gaussian posteriors alone
#include <betavae/betavae.hpp>
#include <betavae/vae/full_gaussian_encoder.hpp>
#include <betavae/vae/objective/dip.hpp>

namespace bv = betavae;

void train() {
#if !defined(BETAVAE_MUST_FAIL)
  const auto encoder = bv::dense_encoder<float, 4, 2>();
#else
  const auto encoder = bv::dense_full_encoder<float, 4, 2>();
#endif
  bv::Vae model{encoder, bv::dense_decoder<2, 4>(), bv::Bernoulli{}};
  const bv::Matrix<float> data = bv::Matrix<float>::Zero(4, 8);
  bv::fit(model, data, bv::DipElbo());
}
