// SPDX-License-Identifier: MIT
// expect: betavae: latents everywhere: give at least three sizes, latents, a hidden layer and outputs
#include <betavae/vae/generative_skip.hpp>

namespace bv = betavae;

#if !defined(BETAVAE_MUST_FAIL)
auto decoder = bv::dense_decoder_with_latents_everywhere<2, 5, 7>();
#else
auto decoder = bv::dense_decoder_with_latents_everywhere<2, 7>();
#endif
