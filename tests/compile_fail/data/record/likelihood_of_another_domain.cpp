// SPDX-License-Identifier: MIT
// Standardised numbers are negative now and then, where a gamma density has no value.
// expect: betavae: a field's likelihood must be one for the values of its kind
// expect: Person::height
#include <betavae/data/record_vae.hpp>

namespace bv = betavae;

struct Person {
  double height = 1;
};

template <>
struct bv::Record<Person> {
#if !defined(BETAVAE_MUST_FAIL)
  static constexpr auto fields = bv::fields(bv::positive<&Person::height>(bv::likelihood<bv::Gamma>()));
#else
  static constexpr auto fields = bv::fields(bv::real<&Person::height>(bv::likelihood<bv::Gamma>()));
#endif
};

int rows() { return bv::RecordLayout<Person>::rows; }
