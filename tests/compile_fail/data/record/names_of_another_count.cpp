// SPDX-License-Identifier: MIT
// Three categories cannot have two names.
// expect: betavae: a category must have as many names as categories
// expect: Person::eyes
#include <betavae/data/record_vae.hpp>

namespace bv = betavae;

struct Person {
  int eyes = 0;
};

template <>
struct bv::Record<Person> {
#if !defined(BETAVAE_MUST_FAIL)
  static constexpr auto fields = bv::fields(bv::category<&Person::eyes, 3>(bv::names("brown", "blue", "green")));
#else
  static constexpr auto fields = bv::fields(bv::category<&Person::eyes, 3>(bv::names("brown", "blue")));
#endif
};

int rows() { return bv::RecordLayout<Person>::rows; }
