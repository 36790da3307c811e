// SPDX-License-Identifier: MIT
// expect: betavae: the operands of an operation must have the same scalar type
#include <betavae/autodiff/elementwise.hpp>

int main() {
  betavae::Tape<float> tape;
  const auto single = betavae::make_variable(tape, 3, 2);
#if defined(BETAVAE_MUST_FAIL)
  betavae::Tape<double> other_tape;
  const auto other = betavae::make_variable(other_tape, 3, 2);
#else
  const auto other = betavae::make_variable(tape, 3, 2);
#endif
  return static_cast<int>((single * other).rows());
}
