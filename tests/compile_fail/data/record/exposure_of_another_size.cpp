// SPDX-License-Identifier: MIT
// Three counts cannot have two exposures.
// expect: betavae: an exposure must be one number, or an array of as many as its field has
// expect: Person::visits
#include <betavae/data/record_vae.hpp>

namespace bv = betavae;

struct Person {
  std::array<int, 3> visits{};
  std::array<float, 3> years{};
  std::array<float, 2> months{};
};

template <>
struct bv::Record<Person> {
#if !defined(BETAVAE_MUST_FAIL)
  static constexpr auto fields = bv::fields(bv::count<&Person::visits>(bv::exposure<&Person::years>));
#else
  static constexpr auto fields = bv::fields(bv::count<&Person::visits>(bv::exposure<&Person::months>));
#endif
};

int rows() { return bv::RecordLayout<Person>::rows; }
