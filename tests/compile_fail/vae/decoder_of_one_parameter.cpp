// SPDX-License-Identifier: MIT
// expect: betavae: the decoder must give as many outputs as the likelihood needs for the encoder's inputs
#include <betavae/vae/likelihood/negative_binomial.hpp>
#include <betavae/vae/vae.hpp>

namespace bv = betavae;

#if !defined(BETAVAE_MUST_FAIL)
bv::Vae model{bv::dense_encoder<7, 2>(), bv::dense_decoder<2, 14>(), bv::NegativeBinomial{}};
#else
bv::Vae model{bv::dense_encoder<7, 2>(), bv::dense_decoder<2, 7>(), bv::NegativeBinomial{}};
#endif
