// SPDX-License-Identifier: MIT
// A row of a column-major matrix, turned into a column, has its numbers a stride apart: a column has none for that.
// expect: betavae: a constant is read in place, so it must be a column-major matrix and not an expression
#include <betavae/autodiff/variable.hpp>

int main() {
  betavae::Tape<double> tape;
  const Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(3, 2);
#if defined(BETAVAE_MUST_FAIL)
  const auto x = betavae::constant(tape, matrix.row(1).transpose());
#else
  const auto x = betavae::constant(tape, matrix.row(1));
#endif
  return static_cast<int>(x.rows());
}
