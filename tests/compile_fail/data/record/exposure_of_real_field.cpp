// SPDX-License-Identifier: MIT
// Only what is counted has an exposure.
// expect: betavae: an exposure is an option of counts
// expect: Person::height
#include <betavae/data/record_vae.hpp>

namespace bv = betavae;

struct Person {
  double height = 0;
  int visits = 0;
  float years = 1;
};

template <>
struct bv::Record<Person> {
#if !defined(BETAVAE_MUST_FAIL)
  static constexpr auto fields = bv::fields(bv::count<&Person::visits>(bv::exposure<&Person::years>));
#else
  static constexpr auto fields = bv::fields(bv::real<&Person::height>(bv::exposure<&Person::years>));
#endif
};

int rows() { return bv::RecordLayout<Person>::rows; }
