// SPDX-License-Identifier: MIT
// case: compiled/glibcxx_debug
// A unit whose containers are others than those of the library.
// expect: betavae: betavae::compiled was built without _GLIBCXX_DEBUG
#if defined(BETAVAE_MUST_FAIL)
#define _GLIBCXX_DEBUG 1
#endif
#include <betavae/betavae.hpp>
