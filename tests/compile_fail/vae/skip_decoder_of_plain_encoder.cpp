// SPDX-License-Identifier: MIT
// expect: betavae: a decoder with skips needs an encoder that gives them, such as dense_skip_encoder
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/skip_networks.hpp>
#include <betavae/vae/vae.hpp>

namespace bv = betavae;

#if !defined(BETAVAE_MUST_FAIL)
bv::Vae model{bv::dense_skip_encoder<7, 5, 2>(), bv::dense_skip_decoder<2, 5, 7>(), bv::Bernoulli{}};
#else
bv::Vae model{bv::dense_encoder<7, 5, 2>(), bv::dense_skip_decoder<2, 5, 7>(), bv::Bernoulli{}};
#endif
