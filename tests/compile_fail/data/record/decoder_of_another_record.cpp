// SPDX-License-Identifier: MIT
// The decoder gives one number too many.
// expect: betavae: a decoder of records must have RecordLayout<Type>::outputs outputs
// expect: Person
#include <betavae/data/record_vae.hpp>

namespace bv = betavae;

struct Person {
  double height = 0;
};

template <>
struct bv::Record<Person> {
  static constexpr auto fields = bv::fields(bv::real<&Person::height>());
};

#if !defined(BETAVAE_MUST_FAIL)
constexpr int outputs = bv::RecordLayout<Person>::outputs;
#else
constexpr int outputs = 2;
#endif

auto model(const std::vector<Person>& people) {
  return bv::RecordVae(bv::dense_encoder<1, 2>(), bv::dense_decoder<2, outputs>(),
                       bv::RecordLikelihood<Person>(people));
}
