// SPDX-License-Identifier: MIT
// expect: betavae: an arena aligns to 64 bytes, and no more
#include <betavae/autodiff/arena.hpp>

#if defined(BETAVAE_MUST_FAIL)
struct alignas(128) Page {
#else
struct alignas(64) Page {
#endif
  double number;
};

int main() {
  betavae::Arena arena;
  arena.allocate<Page>(1)->number = 0;
}
