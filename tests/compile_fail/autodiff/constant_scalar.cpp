// SPDX-License-Identifier: MIT
// expect: betavae: the matrix has another scalar type than the tape
#include <betavae/autodiff/variable.hpp>

int main() {
  betavae::Tape<double> tape;
#if defined(BETAVAE_MUST_FAIL)
  const Eigen::MatrixXf matrix = Eigen::MatrixXf::Zero(3, 2);
#else
  const Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(3, 2);
#endif
  return static_cast<int>(betavae::constant(tape, matrix).rows());
}
