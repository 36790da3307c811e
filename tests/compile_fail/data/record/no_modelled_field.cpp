// SPDX-License-Identifier: MIT
// A condition alone leaves nothing to model.
// expect: betavae: a record needs at least one field that is modelled
// expect: Person
#include <betavae/data/record_vae.hpp>

namespace bv = betavae;

struct Person {
  double height = 0;
};

template <>
struct bv::Record<Person> {
#if !defined(BETAVAE_MUST_FAIL)
  static constexpr auto fields = bv::fields(bv::real<&Person::height>());
#else
  static constexpr auto fields = bv::fields(bv::condition(bv::real<&Person::height>()));
#endif
};

int rows() { return bv::RecordLayout<Person>::rows; }
