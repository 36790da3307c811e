// SPDX-License-Identifier: MIT
// expect: betavae: GaussianEncoder: the network must have two outputs for each latent, a mean and a log-variance
#include <betavae/vae/networks.hpp>

namespace bv = betavae;

#if !defined(BETAVAE_MUST_FAIL)
bv::GaussianEncoder encoder{bv::dense_network<float, 5, 4>()};
#else
bv::GaussianEncoder encoder{bv::dense_network<float, 5, 3>()};
#endif
