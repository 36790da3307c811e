// SPDX-License-Identifier: MIT
// expect: betavae: VampPrior: the pseudo-inputs must have as many features as the encoder has inputs
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/prior/vamp.hpp>
#include <betavae/vae/vae.hpp>

namespace bv = betavae;

#if defined(BETAVAE_MUST_FAIL)
constexpr int features = 8;
#else
constexpr int features = 7;
#endif

bv::Vae model{bv::dense_encoder<7, 2>(), bv::dense_decoder<2, 7>(), bv::Bernoulli{}, bv::VampPrior<features, 5>{}};
