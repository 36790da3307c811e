// SPDX-License-Identifier: MIT
// expect: betavae: FullGaussianEncoder: the network must have K (K+3)/2 outputs for K latents
#include <betavae/vae/full_gaussian_encoder.hpp>

namespace bv = betavae;

#if !defined(BETAVAE_MUST_FAIL)
bv::FullGaussianEncoder encoder{bv::dense_network<float, 5, 9>()};
#else
bv::FullGaussianEncoder encoder{bv::dense_network<float, 5, 8>()};
#endif
