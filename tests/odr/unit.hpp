// SPDX-License-Identifier: MIT
// What each translation unit computes, in types that no compiler flag changes.
#pragma once

#include <array>
#include <cstdint>

struct UnitResult {
  std::array<std::uint32_t, 175> product{};  ///< 5 × 35 by the kernels, as bits
  double rate = 0;                           ///< of a model, in nats
  double distortion = 0;
  double reconstruction = 0;  ///< the sum over all pixels
};

namespace unoptimized {
UnitResult run();
}
namespace optimized {
UnitResult run();
}
namespace native {
UnitResult run();
}
