// SPDX-License-Identifier: MIT
// expect: betavae: FactorVae: the discriminator must take as many inputs as the model has latents
#include <betavae/betavae.hpp>
#include <betavae/train/objective/factor_vae.hpp>

void train() {
  betavae::Vae model{betavae::dense_encoder<4, 3>(), betavae::dense_decoder<3, 4>(), betavae::Bernoulli{}};
  const betavae::Matrix<float> data = betavae::Matrix<float>::Zero(4, 8);
#ifdef BETAVAE_MUST_FAIL
  constexpr int latents = 2;
#else
  constexpr int latents = 3;
#endif
  betavae::fit(model, data, betavae::factor_vae<latents, 8>());
}
