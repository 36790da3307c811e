// SPDX-License-Identifier: MIT
// case: version_fast_math
// expect: betavae: build without -ffast-math and -ffinite-math-only
#if defined(BETAVAE_MUST_FAIL)
#define __FAST_MATH__ 1  // what -ffast-math defines
#endif
#include <betavae/core/version.hpp>
