// SPDX-License-Identifier: MIT
// Which of the two would count?
// expect: betavae: a record has at most one weight
// expect: Person
#include <betavae/data/record_vae.hpp>

namespace bv = betavae;

struct Person {
  double height = 0;
  double weight = 1;
  double second = 1;
};

template <>
struct bv::Record<Person> {
#if !defined(BETAVAE_MUST_FAIL)
  static constexpr auto fields = bv::fields(bv::real<&Person::height>(), bv::weight<&Person::weight>());
#else
  static constexpr auto fields =
      bv::fields(bv::real<&Person::height>(), bv::weight<&Person::weight>(), bv::weight<&Person::second>());
#endif
};

int rows() { return bv::RecordLayout<Person>::rows; }
