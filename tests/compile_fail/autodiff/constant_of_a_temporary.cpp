// SPDX-License-Identifier: MIT
// A constant reads somebody else's matrix in place: one without a name is gone before it is read.
// expect: betavae: a constant is read in place: give the matrix a name that outlives it
#include <betavae/autodiff/variable.hpp>

int main() {
  betavae::Tape<double> tape;
  const Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(3, 2);
#if defined(BETAVAE_MUST_FAIL)
  const auto x = betavae::constant(tape, Eigen::MatrixXd(2 * matrix));
#else
  const auto x = betavae::constant(tape, matrix);
#endif
  return static_cast<int>(x.rows());
}
