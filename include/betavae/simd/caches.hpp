// SPDX-License-Identifier: MIT
// How much the processor's caches hold, as it says itself: what sizes of blocks are chosen by.
#pragma once

#include <betavae/core/index.hpp>

#include <unistd.h>

namespace betavae::simd {

/// Bytes of the data caches of one core.
struct Caches {
  Index first_level = Index{32} << 10;
  Index second_level = Index{512} << 10;
};

/// Those of this machine, asked once; the sizes above where the system does not know (or says less than 16 KiB or 128 KiB).
[[nodiscard]] inline const Caches& caches() {
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
