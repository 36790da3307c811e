// SPDX-License-Identifier: MIT
// The set would read a matrix that is gone.
// expect: deleted
#include <betavae/data/observed_set.hpp>

namespace bv = betavae;

bv::Index count(const Eigen::MatrixXf& matrix) {
#if !defined(BETAVAE_MUST_FAIL)
  const bv::ObservedSet<float> data(matrix, {.weights = {1, 2}});
#else
  const bv::ObservedSet<float> data(Eigen::MatrixXf(matrix), {.weights = {1, 2}});
#endif
  return data.size();
}
