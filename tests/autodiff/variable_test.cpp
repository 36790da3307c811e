// SPDX-License-Identifier: MIT
#include <betavae/autodiff/elementwise.hpp>
#include <betavae/autodiff/shape.hpp>

#include "catch.hpp"
#include "error_text.hpp"
#include "gradients.hpp"

#include <type_traits>

namespace bv = betavae;
namespace test = bv::test;
using bv::Constant;
using bv::Variable;

namespace {

static_assert(bv::Operand<Variable<float, 3>> && bv::Operand<Constant<double>>);
static_assert(!bv::Operand<double> && !bv::Operand<Eigen::MatrixXd>);
static_assert(bv::is_variable<Variable<float>> && !bv::is_variable<Constant<float>>);
static_assert(std::is_trivially_copyable_v<Variable<float, 3>> && std::is_trivially_copyable_v<Constant<float, 3>>);
static_assert(std::is_same_v<bv::ResultOf<float, 3, Constant<float>, Constant<float>>, Constant<float, 3>>);
static_assert(std::is_same_v<bv::ResultOf<float, 3, Constant<float>, Variable<float>>, Variable<float, 3>>);

using V = Variable<double, 3>;
using C = Constant<double, 3>;
static_assert(std::is_same_v<decltype(std::declval<V>() + std::declval<V>()), V>);
static_assert(std::is_same_v<decltype(std::declval<V>() * std::declval<C>()), V>);
static_assert(std::is_same_v<decltype(std::declval<C>() - std::declval<V>()), V>);
static_assert(std::is_same_v<decltype(std::declval<C>() / std::declval<C>()), C>);
static_assert(std::is_same_v<decltype(exp(std::declval<C>())), C>);
static_assert(std::is_same_v<decltype(std::declval<V>() + std::declval<Constant<double>>()), V>);
static_assert(std::is_same_v<decltype(std::declval<Variable<double>>() + std::declval<C>()), V>);

}  // namespace

TEST_CASE("A new variable has its shape, memory of its own, and no adjoint yet", "[autodiff][variable]") {
  bv::Tape<double> tape;
  const auto x = bv::make_variable<3>(tape, 3, 4);
  CHECK(std::is_same_v<decltype(x), const Variable<double, 3>>);
  CHECK(x.rows() == 3);
  CHECK(x.columns() == 4);
  CHECK(&x.tape() == &tape);
  CHECK(x.adjoint().isZero(0));
  CHECK(x.value_view().data != x.adjoint_view().data);
  x.value_view().column(2)[1] = 5;
  CHECK(x.value()(1, 2) == 5);
  x.adjoint()(2, 3) = 7;
  CHECK(x.adjoint_view().column(3)[2] == 7);
}

TEST_CASE("A variable of no rows or no columns is legal", "[autodiff][variable]") {
  bv::Tape<float> tape;
  CHECK(bv::make_variable(tape, 0, 5).value().size() == 0);
  CHECK(bv::make_variable<2>(tape, 2, 0).value().rows() == 2);
}

TEST_CASE("A constant reads its matrix in place", "[autodiff][variable]") {
  bv::Tape<double> tape;
  Eigen::MatrixXd matrix = test::matrix(4, 3, 1);
  const auto x = bv::constant(tape, matrix);
  CHECK(x.value_view().data == matrix.data());
  CHECK(x.value() == matrix);
  matrix(2, 1) = 8;
  CHECK(x.value()(2, 1) == 8);
  CHECK(tape.arena().capacity() == 0);
}

TEST_CASE("A constant may be a block, a map, a vector or of fixed rows", "[autodiff][variable]") {
  bv::Tape<double> tape;
  const Eigen::MatrixXd matrix = test::matrix(5, 4, 1);
  const auto block = matrix.block(1, 1, 3, 2);
  CHECK(bv::constant(tape, block).value() == block);
  CHECK(bv::constant(tape, matrix.topRows<2>()).value() == matrix.topRows<2>());
  CHECK(std::is_same_v<decltype(bv::constant(tape, matrix.topRows<2>())), Constant<double, 2>>);

  const Eigen::Map<const Eigen::MatrixXd, 0, Eigen::OuterStride<>> map(matrix.data(), 2, 3, Eigen::OuterStride<>(5));
  CHECK(bv::constant(tape, map).value() == map);
  const Eigen::Vector3d vector(1, 2, 3);
  CHECK(bv::constant(tape, vector).value() == vector);
}

TEST_CASE("A constant of one row reads every sample, whatever lies between them", "[autodiff][variable]") {
  bv::Tape<double> tape;
  const Eigen::MatrixXd matrix = test::matrix(5, 4, 1);
  const Eigen::RowVectorXd row_vector = matrix.row(2);
  CHECK(bv::constant(tape, row_vector).value() == row_vector);
  const auto in_place = matrix.row(3);
  const auto x = bv::constant(tape, in_place);
  CHECK(x.value_view().stride == 5);
  CHECK(x.value() == in_place);
  CHECK(exp(x).value().isApprox(in_place.array().exp().matrix(), 1e-15));
}

TEST_CASE("A row of fixed size is seen through Eigen as it lies in memory", "[autodiff][variable]") {
  // A single row is row-major to Eigen, and the stride of a slice its inner stride.
  bv::Tape<double> tape;
  const auto x = bv::make_variable<4>(tape, 4, 3);
  for (int i = 0; i < 12; ++i) {
    x.value_view().data[i] = i;
    x.adjoint_view().data[i] = -i;
  }
  const auto row = bv::rows<1>(x, 2);
  CHECK(row.value() == Eigen::RowVector3d(2, 6, 10));
  CHECK(row.adjoint() == Eigen::RowVector3d(-2, -6, -10));
}

TEST_CASE("Operations on constants record nothing", "[autodiff][variable]") {
  bv::Tape<double> tape;
  const Eigen::MatrixXd matrix = test::matrix(2, 2, 1);
  const auto x = bv::constant(tape, matrix);
  const auto y = exp(x) + x;
  CHECK(y.value().isApprox(matrix.array().exp().matrix() + matrix, 1e-15));
  bool called = false;
  bv::record("nothing", y, [&] { called = true; });
  tape.reverse();
  CHECK_FALSE(called);
}

TEST_CASE("While checking, a constant that is not finite names its operation too", "[autodiff][variable]") {
  bv::Tape<double> tape;
  tape.check_finite(true);
  const Eigen::MatrixXd zero = Eigen::MatrixXd::Zero(2, 2);
  CHECK(test::error_text<bv::NotFiniteError>([&] { std::ignore = log(bv::constant(tape, zero)); }) ==
        "log: the first value that is not finite is its result");
}

TEST_CASE("reverse begins with an adjoint of one", "[autodiff][variable]") {
  bv::Tape<double> tape;
  const auto x = bv::make_variable<1>(tape, 1, 1);
  *x.value_view().data = 3;
  bv::reverse(square(x));
  CHECK(x.adjoint()(0, 0) == 6);
}

TEST_CASE("reverse refuses what is not one number", "[autodiff][variable]") {
  bv::Tape<double> tape;
  CHECK(test::error_text<bv::ArgumentError>([&] { bv::reverse(bv::make_variable(tape, 2, 3)); }) ==
        "reverse: expected as many numbers in the loss as a single number has, got 6 and 1");
  CHECK_THROWS_AS(bv::reverse(bv::make_variable(tape, 0, 1)), bv::ArgumentError);
  CHECK_THROWS_AS(bv::reverse(bv::make_variable(tape, 1, 0)), bv::ArgumentError);
}
