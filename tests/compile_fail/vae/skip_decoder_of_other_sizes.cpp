// SPDX-License-Identifier: MIT
// expect: betavae: the decoder's hidden layers must mirror those of the encoder, whose skips they take
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/skip_networks.hpp>
#include <betavae/vae/vae.hpp>

namespace bv = betavae;

#if !defined(BETAVAE_MUST_FAIL)
bv::Vae model{bv::dense_skip_encoder<7, 5, 4, 2>(), bv::dense_skip_decoder<2, 4, 5, 7>(), bv::Bernoulli{}};
#else
bv::Vae model{bv::dense_skip_encoder<7, 5, 4, 2>(), bv::dense_skip_decoder<2, 5, 4, 7>(), bv::Bernoulli{}};
#endif
