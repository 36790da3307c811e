// SPDX-License-Identifier: MIT
// A description may name only members of its own type.
// expect: betavae: a field of a record must be a member of its type
// expect: Other::height
#include <betavae/data/record_vae.hpp>

struct Other {
  double height = 0;
};

namespace bv = betavae;

struct Person {
  double height = 0;
};

template <>
struct bv::Record<Person> {
#if !defined(BETAVAE_MUST_FAIL)
  static constexpr auto fields = bv::fields(bv::real<&Person::height>());
#else
  static constexpr auto fields = bv::fields(bv::real<&Other::height>());
#endif
};

int rows() { return bv::RecordLayout<Person>::rows; }
