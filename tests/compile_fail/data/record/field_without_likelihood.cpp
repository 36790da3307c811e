// SPDX-License-Identifier: MIT
// A text has no likelihood.
// expect: betavae: a field of a record must be a number, a bool, an enum, or a std::optional or std::array of one
// expect: Person::name
#include <betavae/data/record_vae.hpp>

#include <string>

namespace bv = betavae;

struct Person {
  double height = 0;
  std::string name;
};

template <>
struct bv::Record<Person> {
#if !defined(BETAVAE_MUST_FAIL)
  static constexpr auto fields = bv::fields(bv::real<&Person::height>());
#else
  static constexpr auto fields = bv::fields(bv::real<&Person::name>());
#endif
};

int rows() { return bv::RecordLayout<Person>::rows; }
