// SPDX-License-Identifier: MIT
// A file may hold any numbers: an integer could not take them all.
// expect: betavae: read_npy gives float, double or long double
#include <betavae/io/npy.hpp>

namespace bv = betavae;

bv::Index count(const std::string& path) {
#if !defined(BETAVAE_MUST_FAIL)
  return bv::read_npy<double>(path).matrix().size();
#else
  return static_cast<bv::Index>(bv::read_npy<int>(path).shape.size());
#endif
}
