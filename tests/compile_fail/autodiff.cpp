// SPDX-License-Identifier: MIT
// Constants, slices, the arena and operations of the tape.
#include <betavae/autodiff/arena.hpp>
#include <betavae/autodiff/dense.hpp>
#include <betavae/autodiff/elementwise.hpp>
#include <betavae/autodiff/shape.hpp>
#include <betavae/autodiff/variable.hpp>

#include <string>
#include <vector>

namespace bv = betavae;

// case: autodiff/arena_alignment
// expect: betavae: an arena aligns to 64 bytes, and no more
namespace arena_alignment {

#if defined(BETAVAE_MUST_FAIL)
struct alignas(128) Page {
#else
struct alignas(64) Page {
#endif
  double number;
};

int use() {
  bv::Arena arena;
  arena.allocate<Page>(1)->number = 0;
}

}  // namespace arena_alignment

// case: autodiff/arena_destructor
// expect: what lies in an arena must be trivially destructible
namespace arena_destructor {

int use() {
  bv::Arena arena;
#if defined(BETAVAE_MUST_FAIL)
  return arena.allocate<std::string>(1)->empty() ? 0 : 1;
#else
  *arena.allocate<int>(1) = 0;
#endif
}

}  // namespace arena_destructor

// case: autodiff/callback_with_destructor
// expect: a reverse callback lives in the arena and is never destroyed: capture handles and pointers only
namespace callback_with_destructor {

int use() {
  bv::Tape<float> tape;
  const auto x = bv::make_variable(tape, 3, 2);
  const std::vector<float> kept(3, 1.0F);
#if defined(BETAVAE_MUST_FAIL)
  bv::record("keeps a vector", x, [=] { x.adjoint()(0, 0) += kept[0]; });
#else
  const float* const numbers = kept.data();
  bv::record("keeps a pointer", x, [=] { x.adjoint()(0, 0) += numbers[0]; });
#endif
}

}  // namespace callback_with_destructor

// case: autodiff/constant_expression
// expect: betavae: a constant is read in place, so it must be a column-major matrix and not an expression
namespace constant_expression {

int use() {
  bv::Tape<double> tape;
  const Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(3, 2);
#if defined(BETAVAE_MUST_FAIL)
  const auto x = bv::constant(tape, 2 * matrix);
#else
  const auto x = bv::constant(tape, matrix);
#endif
  return static_cast<int>(x.rows());
}

}  // namespace constant_expression

// case: autodiff/constant_of_a_temporary
// A constant reads somebody else's matrix in place: one without a name is gone before it is read.
// expect: betavae: a constant is read in place: give the matrix a name that outlives it
namespace constant_of_a_temporary {

int use() {
  bv::Tape<double> tape;
  const Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(3, 2);
#if defined(BETAVAE_MUST_FAIL)
  const auto x = bv::constant(tape, Eigen::MatrixXd(2 * matrix));
#else
  const auto x = bv::constant(tape, matrix);
#endif
  return static_cast<int>(x.rows());
}

}  // namespace constant_of_a_temporary

// case: autodiff/constant_row_as_column
// A row of a column-major matrix, turned into a column, has its numbers a stride apart: a column has none for that.
// expect: betavae: a constant is read in place, so it must be a column-major matrix and not an expression
namespace constant_row_as_column {

int use() {
  bv::Tape<double> tape;
  const Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(3, 2);
#if defined(BETAVAE_MUST_FAIL)
  const auto x = bv::constant(tape, matrix.row(1).transpose());
#else
  const auto x = bv::constant(tape, matrix.row(1));
#endif
  return static_cast<int>(x.rows());
}

}  // namespace constant_row_as_column

// case: autodiff/constant_scalar
// expect: betavae: the matrix has another scalar type than the tape
namespace constant_scalar {

int use() {
  bv::Tape<double> tape;
#if defined(BETAVAE_MUST_FAIL)
  const Eigen::MatrixXf matrix = Eigen::MatrixXf::Zero(3, 2);
#else
  const Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(3, 2);
#endif
  return static_cast<int>(bv::constant(tape, matrix).rows());
}

}  // namespace constant_scalar

// case: autodiff/dense_bias
// expect: betavae: weight and bias of a dense layer must have the same number of outputs
namespace dense_bias {

int use() {
  bv::Tape<float> tape;
  const auto x = bv::make_variable<3>(tape, 3, 2);
  const auto weight = bv::make_variable<4>(tape, 4, 3);
#if defined(BETAVAE_MUST_FAIL)
  const auto bias = bv::make_variable<3>(tape, 3, 1);
#else
  const auto bias = bv::make_variable<4>(tape, 4, 1);
#endif
  return static_cast<int>(bv::dense(x, weight, bias).rows());
}

}  // namespace dense_bias

// case: autodiff/elementwise_rows
// expect: betavae: both operands of an elementwise operation must have the same number of rows
namespace elementwise_rows {

int use() {
  bv::Tape<float> tape;
  const auto three = bv::make_variable<3>(tape, 3, 2);
#if defined(BETAVAE_MUST_FAIL)
  const auto other = bv::make_variable<4>(tape, 4, 2);
#else
  const auto other = bv::make_variable<3>(tape, 3, 2);
#endif
  return static_cast<int>((three + other).rows());
}

}  // namespace elementwise_rows

// case: autodiff/elementwise_scalars
// expect: betavae: the operands of an operation must have the same scalar type
namespace elementwise_scalars {

int use() {
  bv::Tape<float> tape;
  const auto single = bv::make_variable(tape, 3, 2);
#if defined(BETAVAE_MUST_FAIL)
  bv::Tape<double> other_tape;
  const auto other = bv::make_variable(other_tape, 3, 2);
#else
  const auto other = bv::make_variable(tape, 3, 2);
#endif
  return static_cast<int>((single * other).rows());
}

}  // namespace elementwise_scalars

// case: autodiff/slice_outside
// expect: betavae: rows: a slice must lie inside the rows of its operand
namespace slice_outside {

int use() {
  bv::Tape<float> tape;
  const auto x = bv::make_variable<3>(tape, 3, 2);
#if defined(BETAVAE_MUST_FAIL)
  return static_cast<int>(bv::rows<4>(x, 0).rows());
#else
  return static_cast<int>(bv::rows<3>(x, 0).rows());
#endif
}

}  // namespace slice_outside
