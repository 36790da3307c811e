// SPDX-License-Identifier: MIT
// expect: betavae: Dense: sizes that are dynamic are given to the constructor: Dense(inputs, outputs, activation)
#include <betavae/nn/dense.hpp>

int main() {
#if defined(BETAVAE_MUST_FAIL)
  const betavae::Dense<betavae::dynamic, 2> layer;
#else
  const betavae::Dense<betavae::dynamic, 2> layer(3, 2);
#endif
  return static_cast<int>(layer.weight.columns());
}
