// SPDX-License-Identifier: MIT
// expect: a reverse callback lives in the arena and is never destroyed: capture handles and pointers only
#include <betavae/autodiff/variable.hpp>

#include <vector>

int main() {
  betavae::Tape<float> tape;
  const auto x = betavae::make_variable(tape, 3, 2);
  const std::vector<float> kept(3, 1.0F);
#if defined(BETAVAE_MUST_FAIL)
  betavae::record("keeps a vector", x, [=] { x.adjoint()(0, 0) += kept[0]; });
#else
  const float* const numbers = kept.data();
  betavae::record("keeps a pointer", x, [=] { x.adjoint()(0, 0) += numbers[0]; });
#endif
}
