// SPDX-License-Identifier: MIT
// expect: what lies in an arena must be trivially destructible
#include <betavae/autodiff/arena.hpp>

#include <string>

int main() {
  betavae::Arena arena;
#if defined(BETAVAE_MUST_FAIL)
  return arena.allocate<std::string>(1)->empty() ? 0 : 1;
#else
  *arena.allocate<int>(1) = 0;
#endif
}
