// SPDX-License-Identifier: MIT
// Weights that the batch cannot ask for would be ignored.
// expect: betavae: fill_weights(samples, weights) must write numbers of the model's scalar type
#include <betavae/data/batch.hpp>

namespace bv = betavae;

struct Weighted {
#if !defined(BETAVAE_MUST_FAIL)
  using Weight = float;
#else
  using Weight = double;
#endif
  bv::Index size() const { return 1; }
  bv::Index features() const { return 1; }
  void fill(std::span<const bv::Index>, float* values) const { *values = 1; }
  void fill_weights(std::span<const bv::Index>, Weight* weights) const { *weights = 1; }
};

void fill(bv::Batch<float>& batch, std::span<const bv::Index> samples) { batch.fill(Weighted{}, samples); }
