// SPDX-License-Identifier: MIT
// expect: betavae: weight and bias of a dense layer must have the same number of outputs
#include <betavae/autodiff/dense.hpp>

int main() {
  betavae::Tape<float> tape;
  const auto x = betavae::make_variable<3>(tape, 3, 2);
  const auto weight = betavae::make_variable<4>(tape, 4, 3);
#if defined(BETAVAE_MUST_FAIL)
  const auto bias = betavae::make_variable<3>(tape, 3, 1);
#else
  const auto bias = betavae::make_variable<4>(tape, 4, 1);
#endif
  return static_cast<int>(betavae::dense(x, weight, bias).rows());
}
