// SPDX-License-Identifier: MIT
// The parts would read a set that is gone.
// expect: deleted
#include <betavae/data/data_set.hpp>

namespace bv = betavae;

bv::Index count(const Eigen::MatrixXf& matrix) {
#if !defined(BETAVAE_MUST_FAIL)
  const bv::MatrixSet<float> data(matrix);
  const auto parts = bv::split(data);
#else
  const auto parts = bv::split(bv::MatrixSet<float>(matrix));
#endif
  return parts.training.size();
}
