// SPDX-License-Identifier: MIT
// A sample without a weight?
// expect: betavae: a weight must be one number, not optional
// expect: Person::maybe
#include <betavae/data/record_vae.hpp>

namespace bv = betavae;

struct Person {
  double height = 0;
  double weight = 1;
  std::optional<double> maybe;
};

template <>
struct bv::Record<Person> {
#if !defined(BETAVAE_MUST_FAIL)
  static constexpr auto fields = bv::fields(bv::real<&Person::height>(), bv::weight<&Person::weight>());
#else
  static constexpr auto fields = bv::fields(bv::real<&Person::height>(), bv::weight<&Person::maybe>());
#endif
};

int rows() { return bv::RecordLayout<Person>::rows; }
