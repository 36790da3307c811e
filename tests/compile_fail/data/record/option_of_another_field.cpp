// SPDX-License-Identifier: MIT
// Numbers have no names.
// expect: betavae: names are an option of categories
// expect: Person::height
#include <betavae/data/record_vae.hpp>

namespace bv = betavae;

struct Person {
  double height = 0;
  int eyes = 0;
};

template <>
struct bv::Record<Person> {
#if !defined(BETAVAE_MUST_FAIL)
  static constexpr auto fields = bv::fields(bv::ordered<&Person::eyes>(bv::names("brown", "blue")));
#else
  static constexpr auto fields = bv::fields(bv::real<&Person::height>(bv::names("small", "tall")));
#endif
};

int rows() { return bv::RecordLayout<Person>::rows; }
