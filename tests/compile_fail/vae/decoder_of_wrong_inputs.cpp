// SPDX-License-Identifier: MIT
// expect: betavae: the decoder must take as many inputs as the encoder has latents
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/vae.hpp>

namespace bv = betavae;

#if !defined(BETAVAE_MUST_FAIL)
bv::Vae model{bv::dense_encoder<7, 2>(), bv::dense_decoder<2, 7>(), bv::Bernoulli{}};
#else
bv::Vae model{bv::dense_encoder<7, 2>(), bv::dense_decoder<3, 7>(), bv::Bernoulli{}};
#endif
