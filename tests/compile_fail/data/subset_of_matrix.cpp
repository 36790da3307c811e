// SPDX-License-Identifier: MIT
// expect: betavae: a part is taken of a data set, with size(), features() and fill(samples, values); MatrixSet makes a matrix one
#include <betavae/data/data_set.hpp>

namespace bv = betavae;

bv::Index count(const Eigen::MatrixXf& matrix) {
#if !defined(BETAVAE_MUST_FAIL)
  const bv::MatrixSet<float> data(matrix);
#else
  const Eigen::MatrixXf& data = matrix;
#endif
  return bv::split(data).training.size();
}
