// SPDX-License-Identifier: MIT
// expect: betavae: ActivationLayer: the input must have as many rows as the layer has inputs
#include <betavae/nn/activation.hpp>

int main() {
  betavae::Tape<float> tape;
  betavae::Evaluating<float> evaluating(tape);
  const betavae::ActivationLayer<3> layer(betavae::Activation::relu);
#if defined(BETAVAE_MUST_FAIL)
  const auto x = betavae::make_variable<4>(tape, 4, 5);
#else
  const auto x = betavae::make_variable<3>(tape, 3, 5);
#endif
  return static_cast<int>(layer(evaluating, x).rows());
}
