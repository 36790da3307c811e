// SPDX-License-Identifier: MIT
// expect: betavae: CouplingFlowPrior: a coupling needs at least two latents, one to be moved by the other
#include <betavae/vae/prior/flow.hpp>

#if defined(BETAVAE_MUST_FAIL)
constexpr int latents = 1;
#else
constexpr int latents = 2;
#endif

betavae::CouplingFlowPrior<latents, 2, 3> prior;
