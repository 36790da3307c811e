// SPDX-License-Identifier: MIT
// expect: betavae: GaussianMixturePrior: a mixture needs at least one component
#include <betavae/vae/prior/mixture.hpp>

#if defined(BETAVAE_MUST_FAIL)
constexpr int components = 0;
#else
constexpr int components = 1;
#endif

betavae::GaussianMixturePrior<2, components> prior;
