// SPDX-License-Identifier: MIT
// expect: betavae: Sequential: each layer must have as many inputs as the layer before it has outputs
#include <betavae/nn/sequential.hpp>

int main() {
#if defined(BETAVAE_MUST_FAIL)
  const betavae::Sequential network{betavae::Dense<3, 4>(), betavae::Dense<4, 5>(), betavae::Dense<6, 2>()};
#else
  const betavae::Sequential network{betavae::Dense<3, 4>(), betavae::Dense<4, 5>(), betavae::Dense<5, 2>()};
#endif
  return static_cast<int>(betavae::count_parameters(network));
}
