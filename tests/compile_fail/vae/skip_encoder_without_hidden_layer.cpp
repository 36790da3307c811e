// SPDX-License-Identifier: MIT
// expect: betavae: a skip needs at least one hidden layer that it can come from
#include <betavae/vae/skip_networks.hpp>

namespace bv = betavae;

#if !defined(BETAVAE_MUST_FAIL)
auto encoder = bv::dense_skip_encoder<7, 5, 2>();
#else
auto encoder = bv::dense_skip_encoder<7, 2>();
#endif
