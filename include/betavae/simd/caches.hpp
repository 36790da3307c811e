// SPDX-License-Identifier: MIT
// How much the processor's caches hold, as it says itself: what sizes of blocks are chosen by.
#pragma once

#include <betavae/core/form.hpp>
#include <betavae/core/index.hpp>

namespace betavae::simd {

/// Bytes of the data caches of one core.
struct Caches {
  Index first_level = Index{32} << 10;
  Index second_level = Index{512} << 10;
};

/// Those of this machine, asked once; the sizes above where the system does not know (or says less than 16 KiB or 128 KiB).
[[nodiscard]] BETAVAE_API const Caches& caches();

}  // namespace betavae::simd

#if BETAVAE_HEADER_ONLY
#include <betavae/simd/caches.ipp>
#endif
