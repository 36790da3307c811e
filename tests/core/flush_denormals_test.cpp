// SPDX-License-Identifier: MIT
#include <betavae/core/flush_denormals.hpp>

#include "catch.hpp"

#include <limits>

namespace {

/// Half of the least normal number, computed at run time.
template <class Scalar>
Scalar half_of_least() {
  volatile Scalar least = std::numeric_limits<Scalar>::min();
  volatile Scalar half = least / 2;
  return half;
}

}  // namespace

TEMPLATE_TEST_CASE("Denormal numbers count as zero within the scope and not after it", "[core][denormals]", float,
                   double) {
  REQUIRE(half_of_least<TestType>() > 0);
#if defined(__SSE2__) || defined(__aarch64__)
  {
    const betavae::FlushDenormals flush;
    const bool is_zero = half_of_least<TestType>() == 0;
    REQUIRE(is_zero);
    { const betavae::FlushDenormals nested; }
    const bool is_still_zero = half_of_least<TestType>() == 0;
    REQUIRE(is_still_zero);
  }
#endif
  REQUIRE(half_of_least<TestType>() > 0);
}
