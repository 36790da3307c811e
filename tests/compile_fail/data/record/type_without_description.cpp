// SPDX-License-Identifier: MIT
// A type that nobody described.
// expect: betavae: a record needs a description: a specialisation of betavae::Record for its type
// expect: Person
#include <betavae/data/record_vae.hpp>

namespace bv = betavae;

struct Person {
  double height = 0;
};

#if !defined(BETAVAE_MUST_FAIL)
template <>
struct bv::Record<Person> {
  static constexpr auto fields = bv::fields(bv::real<&Person::height>());
};
#endif

int rows() { return bv::RecordLayout<Person>::rows; }
