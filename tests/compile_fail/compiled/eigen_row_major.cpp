// SPDX-License-Identifier: MIT
// case: compiled/eigen_row_major
// A unit whose matrices lie row by row unless it says otherwise.
// expect: betavae:
// expect: EIGEN_DEFAULT_TO_ROW_MAJOR
#if defined(BETAVAE_MUST_FAIL)
#define EIGEN_DEFAULT_TO_ROW_MAJOR
#endif
#include <betavae/betavae.hpp>
