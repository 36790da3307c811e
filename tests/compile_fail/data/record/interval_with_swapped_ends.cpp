// SPDX-License-Identifier: MIT
// The lower end of an interval comes first.
// expect: interval_needs_its_lower_end_first
// expect: Person::share
#include <betavae/data/record_vae.hpp>

namespace bv = betavae;

struct Person {
  double share = 0.5;
};

template <>
struct bv::Record<Person> {
#if !defined(BETAVAE_MUST_FAIL)
  static constexpr auto fields = bv::fields(bv::interval<&Person::share>(0, 1));
#else
  static constexpr auto fields = bv::fields(bv::interval<&Person::share>(1, 0));
#endif
};

int rows() { return bv::RecordLayout<Person>::rows; }
