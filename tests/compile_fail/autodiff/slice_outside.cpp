// SPDX-License-Identifier: MIT
// expect: betavae: rows: a slice must lie inside the rows of its operand
#include <betavae/autodiff/shape.hpp>

int main() {
  betavae::Tape<float> tape;
  const auto x = betavae::make_variable<3>(tape, 3, 2);
#if defined(BETAVAE_MUST_FAIL)
  return static_cast<int>(betavae::rows<4>(x, 0).rows());
#else
  return static_cast<int>(betavae::rows<3>(x, 0).rows());
#endif
}
