// SPDX-License-Identifier: MIT
// What stands in core/ and simd/, and the symbol by which the linker refuses a library of another version (see core/form.hpp).
#include <betavae/core/errors.ipp>
#include <betavae/core/threads.ipp>
#include <betavae/simd/caches.ipp>
#include <betavae/simd/instruction_set.ipp>

extern "C" BETAVAE_API const int BETAVAE_LINKED = 1;
