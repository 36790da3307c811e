// SPDX-License-Identifier: MIT
// Parameters and gradients for float and double.
#include <betavae/nn/gradients.hpp>
#include <betavae/nn/initialiser.hpp>
#include <betavae/nn/parameter.ipp>
#include <betavae/nn/state.ipp>

namespace betavae {

BETAVAE_GRADIENTS(, float)
BETAVAE_GRADIENTS(, double)
BETAVAE_INITIALISER(, float)
BETAVAE_INITIALISER(, double)

}  // namespace betavae

namespace betavae::detail {

BETAVAE_PARAMETER(, float)
BETAVAE_PARAMETER(, double)

}  // namespace betavae::detail
