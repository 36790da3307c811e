// SPDX-License-Identifier: MIT
// case: compiled/eigen_alignment
// A unit whose matrices are allocated otherwise than those of the library.
// expect: betavae:
// expect: EIGEN_MAX_ALIGN_BYTES
#if defined(BETAVAE_MUST_FAIL)
#undef EIGEN_MAX_ALIGN_BYTES
#define EIGEN_MAX_ALIGN_BYTES 16
#endif
#include <betavae/betavae.hpp>
