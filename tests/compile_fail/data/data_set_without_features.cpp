// SPDX-License-Identifier: MIT
// expect: betavae: a data set needs size(), features() and fill(samples, values)
#include <betavae/data/data_set.hpp>

namespace bv = betavae;

struct Data {
  [[nodiscard]] bv::Index size() const { return 3; }
#if !defined(BETAVAE_MUST_FAIL)
  [[nodiscard]] bv::Index features() const { return 2; }
#endif
  void fill(std::span<const bv::Index> samples, float* values) const;
};

struct Model {
  using Scalar = float;
  struct {
  } likelihood;
};

bv::Index count(const Data& data) {
  return bv::detail::with_data_set(Model{}, data, [](const auto& set) { return bv::Index(set.size()); });
}
