// SPDX-License-Identifier: MIT
// Types of what most tests write about matrices, made once, where this header is precompiled: Eigen's classes take 10 to
// 20 ms each to instantiate, a tenth of the time to build a test file alone. Nothing includes it but the precompiled
// header.
#pragma once

#include <Eigen/Dense>

namespace betavae::test::expressions {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

template <class Expression>
inline constexpr bool is_complete = sizeof(Expression) > 0;

#define BETAVAE_TEST_TYPE_OF(...) static_assert(is_complete<decltype(__VA_ARGS__)>)
inline void make_types(Matrix& m, const Matrix& c, const Vector& v, const Eigen::Map<const Matrix>& p,
                       const Eigen::Map<Matrix>& q, double number) {
  BETAVAE_TEST_TYPE_OF((c - c).norm() + (p - c).norm() + (c - p).norm() + (q - c).norm() + (p - p).norm());
  BETAVAE_TEST_TYPE_OF(c + c);
  BETAVAE_TEST_TYPE_OF(p + q);
  BETAVAE_TEST_TYPE_OF(c * c);
  BETAVAE_TEST_TYPE_OF(p * q);
  BETAVAE_TEST_TYPE_OF(c * v);
  BETAVAE_TEST_TYPE_OF(m.noalias() += c * c);
  BETAVAE_TEST_TYPE_OF(c.transpose() * c);
  BETAVAE_TEST_TYPE_OF(c * c.transpose() / number);
  BETAVAE_TEST_TYPE_OF(number * c);
  BETAVAE_TEST_TYPE_OF(c * number);
  BETAVAE_TEST_TYPE_OF(c / number);
  BETAVAE_TEST_TYPE_OF(-c);
  BETAVAE_TEST_TYPE_OF(p.transpose());
  BETAVAE_TEST_TYPE_OF(m.transpose());
  BETAVAE_TEST_TYPE_OF(m.col(0));
  BETAVAE_TEST_TYPE_OF(c.col(0));
  BETAVAE_TEST_TYPE_OF(m.row(0));
  BETAVAE_TEST_TYPE_OF(c.row(0));
  BETAVAE_TEST_TYPE_OF(m.topRows(1));
  BETAVAE_TEST_TYPE_OF(c.topRows(1));
  BETAVAE_TEST_TYPE_OF(m.leftCols(1));
  BETAVAE_TEST_TYPE_OF(c.leftCols(1));
  BETAVAE_TEST_TYPE_OF(m.array());
  BETAVAE_TEST_TYPE_OF(c.array().square());
  BETAVAE_TEST_TYPE_OF(c.array().exp());
  BETAVAE_TEST_TYPE_OF(p.array());
  BETAVAE_TEST_TYPE_OF(c.cwiseAbs().maxCoeff() + p.cwiseAbs().maxCoeff());
  BETAVAE_TEST_TYPE_OF(c.rowwise().mean());
  BETAVAE_TEST_TYPE_OF(c.colwise().sum());
  BETAVAE_TEST_TYPE_OF(m.colwise() += v);
  BETAVAE_TEST_TYPE_OF(c.colwise() - v);
  BETAVAE_TEST_TYPE_OF(Matrix::Zero(1, 1));
  BETAVAE_TEST_TYPE_OF(Matrix::Identity(1, 1));
  BETAVAE_TEST_TYPE_OF(Matrix::Constant(1, 1, number));
  BETAVAE_TEST_TYPE_OF(c.isApprox(c));
  BETAVAE_TEST_TYPE_OF(p.isApprox(c));
}
#undef BETAVAE_TEST_TYPE_OF

}  // namespace betavae::test::expressions
