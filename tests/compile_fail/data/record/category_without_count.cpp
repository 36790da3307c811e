// SPDX-License-Identifier: MIT
// How many categories an enum has is not known.
// expect: betavae: a category needs the number of its categories
// expect: Person::eyes
#include <betavae/data/record_vae.hpp>

namespace bv = betavae;

struct Person {
  enum class Eyes { brown, blue, green };
  Eyes eyes = Eyes::brown;
};

template <>
struct bv::Record<Person> {
#if !defined(BETAVAE_MUST_FAIL)
  static constexpr auto fields = bv::fields(bv::category<&Person::eyes, 3>());
#else
  static constexpr auto fields = bv::fields(bv::category<&Person::eyes>());
#endif
};

int rows() { return bv::RecordLayout<Person>::rows; }
