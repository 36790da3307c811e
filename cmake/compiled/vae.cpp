// SPDX-License-Identifier: MIT
// Posterior, rate and the Gaussian likelihood for float and double.
#include <betavae/vae/likelihood/gaussian.hpp>
#include <betavae/vae/posterior.hpp>
#include <betavae/vae/rate.hpp>

namespace betavae::detail {

BETAVAE_POSTERIOR(, float)
BETAVAE_POSTERIOR(, double)
BETAVAE_RATE(, float)
BETAVAE_RATE(, double)
BETAVAE_OBSERVED(, float)
BETAVAE_OBSERVED(, double)
BETAVAE_GAUSSIAN(, float)
BETAVAE_GAUSSIAN(, double)

}  // namespace betavae::detail
