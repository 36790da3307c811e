// SPDX-License-Identifier: MIT
// The system is asked for the sizes of its caches.
#pragma once

#include <betavae/simd/caches.hpp>

#include <unistd.h>

namespace betavae::simd {

BETAVAE_DEFINITION const Caches& caches() {
  static const Caches known = [] {
    Caches found;
#if defined(_SC_LEVEL1_DCACHE_SIZE) && defined(_SC_LEVEL2_CACHE_SIZE)
    const Index first = sysconf(_SC_LEVEL1_DCACHE_SIZE);
    const Index second = sysconf(_SC_LEVEL2_CACHE_SIZE);
    if (first >= Index{16} << 10 && second >= Index{128} << 10) {
      found = {first, second};
    }
#endif
    return found;
  }();
  return known;
}

}  // namespace betavae::simd
