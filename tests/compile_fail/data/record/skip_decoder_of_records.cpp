// SPDX-License-Identifier: MIT
// A decoder with skips, whose skips would be left out.
// expect: betavae: a decoder of records takes no skips from its encoder
#include <betavae/data/record_vae.hpp>
#include <betavae/vae/skip_networks.hpp>

namespace bv = betavae;

struct Person {
  double height = 0;
};

template <>
struct bv::Record<Person> {
  static constexpr auto fields = bv::fields(bv::real<&Person::height>());
};

constexpr int outputs = bv::RecordLayout<Person>::outputs;

#if !defined(BETAVAE_MUST_FAIL)
auto decoder() { return bv::dense_decoder<2, 4, outputs>(); }
#else
auto decoder() { return bv::dense_skip_decoder<2, 4, outputs>(); }
#endif

auto model(const std::vector<Person>& people) {
  return bv::RecordVae(bv::dense_skip_encoder<1, 4, 2>(), decoder(), bv::RecordLikelihood<Person>(people));
}
