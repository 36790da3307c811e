// SPDX-License-Identifier: MIT
// expect: betavae: both operands of an elementwise operation must have the same number of rows
#include <betavae/autodiff/elementwise.hpp>

int main() {
  betavae::Tape<float> tape;
  const auto three = betavae::make_variable<3>(tape, 3, 2);
#if defined(BETAVAE_MUST_FAIL)
  const auto other = betavae::make_variable<4>(tape, 4, 2);
#else
  const auto other = betavae::make_variable<3>(tape, 3, 2);
#endif
  return static_cast<int>((three + other).rows());
}
