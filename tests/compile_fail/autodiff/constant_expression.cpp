// SPDX-License-Identifier: MIT
// expect: betavae: a constant is read in place, so it must be a column-major matrix and not an expression
#include <betavae/autodiff/variable.hpp>

int main() {
  betavae::Tape<double> tape;
  const Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(3, 2);
#if defined(BETAVAE_MUST_FAIL)
  const auto x = betavae::constant(tape, 2 * matrix);
#else
  const auto x = betavae::constant(tape, matrix);
#endif
  return static_cast<int>(x.rows());
}
