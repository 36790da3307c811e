// SPDX-License-Identifier: MIT
// expect: betavae: a MatrixSet reads in place, so it needs a column-major matrix and not an expression
#include <betavae/data/data_set.hpp>

namespace bv = betavae;

bv::Index count(const Eigen::MatrixXf& matrix) {
#if !defined(BETAVAE_MUST_FAIL)
  return bv::MatrixSet<float>(matrix.topRows(2)).size();
#else
  return bv::MatrixSet<float>(matrix * 2).size();
#endif
}
