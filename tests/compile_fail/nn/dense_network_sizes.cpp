// SPDX-License-Identifier: MIT
// expect: betavae: dense_network: give at least two sizes, inputs and outputs
#include <betavae/nn/sequential.hpp>

int main() {
#if defined(BETAVAE_MUST_FAIL)
  const auto network = betavae::dense_network<float, 3>();
#else
  const auto network = betavae::dense_network<float, 3, 2>();
#endif
  return static_cast<int>(betavae::count_parameters(network));
}
