// SPDX-License-Identifier: MIT
// The encoder does not see what stands beside the values.
// expect: betavae: an encoder of records must have RecordLayout<Type>::inputs inputs
// expect: Person
#include <betavae/data/record_vae.hpp>

namespace bv = betavae;

struct Person {
  std::optional<double> height;
};

template <>
struct bv::Record<Person> {
  static constexpr auto fields = bv::fields(bv::real<&Person::height>());
};

#if !defined(BETAVAE_MUST_FAIL)
constexpr int inputs = bv::RecordLayout<Person>::inputs;
#else
constexpr int inputs = 1;
#endif

auto model(const std::vector<Person>& people) {
  return bv::RecordVae(bv::dense_encoder<inputs, 2>(), bv::dense_decoder<2, 1>(), bv::RecordLikelihood<Person>(people));
}
