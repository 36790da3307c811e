// SPDX-License-Identifier: MIT
// expect: betavae: the prior must have as many latents as the encoder
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/prior/mixture.hpp>
#include <betavae/vae/vae.hpp>

namespace bv = betavae;

#if defined(BETAVAE_MUST_FAIL)
constexpr int latents = 3;
#else
constexpr int latents = 2;
#endif

bv::Vae model{bv::dense_encoder<7, 2>(), bv::dense_decoder<2, 7>(), bv::Bernoulli{},
              bv::GaussianMixturePrior<latents, 5>{}};
