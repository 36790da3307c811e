// SPDX-License-Identifier: MIT
#include <betavae/autodiff/shape.hpp>

#include "catch.hpp"
#include "error_text.hpp"
#include "gradients.hpp"

#include <limits>
#include <type_traits>

namespace bv = betavae;
namespace test = bv::test;
using bv::Index;

TEST_CASE("A slice is a view: the same memory, for value and adjoint", "[autodiff][shape]") {
  bv::Tape<double> tape;
  const auto x = bv::make_variable<5>(tape, 5, 3);
  const auto slice = bv::rows<2>(x, 1);
  CHECK(std::is_same_v<decltype(slice), const bv::Variable<double, 2>>);
  CHECK(slice.value_view().data == x.value_view().data + 1);
  CHECK(slice.adjoint_view().data == x.adjoint_view().data + 1);
  CHECK(slice.value_view().stride == 5);
  slice.adjoint()(1, 2) += 4;
  CHECK(x.adjoint()(2, 2) == 4);

  const Eigen::MatrixXd matrix = test::matrix(5, 3, 1);
  const auto constant_slice = bv::rows(bv::constant(tape, matrix), 2, 3);
  CHECK(std::is_same_v<decltype(constant_slice), const bv::Constant<double>>);
  CHECK(constant_slice.value() == matrix.bottomRows(3));
  CHECK(bv::rows(bv::rows(bv::constant(tape, matrix), 1, 4), 1, 2).value() == matrix.middleRows(2, 2));
}

TEST_CASE("A slice may be empty, at either end or in an empty operand", "[autodiff][shape]") {
  bv::Tape<double> tape;
  const auto x = bv::make_variable(tape, 3, 2);
  CHECK(bv::rows(x, 0, 0).rows() == 0);
  CHECK(bv::rows(x, 3, 0).rows() == 0);
  CHECK(bv::rows<0>(bv::make_variable(tape, 0, 2), 0).rows() == 0);
}

TEST_CASE("A slice outside of its operand is an error that says both", "[autodiff][shape]") {
  bv::Tape<double> tape;
  const auto x = bv::make_variable(tape, 3, 2);
  CHECK(test::error_text<bv::ArgumentError>([&] { std::ignore = bv::rows(x, 2, 2); }) ==
        "rows: the slice: expected inside the 3 rows of the operand, got 2 rows from row 2");
  constexpr Index most = std::numeric_limits<Index>::max();
  for (const auto& [first, count] :
       {std::pair<Index, Index>{-1, 2}, {0, 4}, {4, 0}, {1, -1}, {most, 1}, {1, most}, {most, most}}) {
    CAPTURE(first, count);
    CHECK_THROWS_AS(bv::rows(x, first, count), bv::ArgumentError);
  }
  CHECK_THROWS_AS(bv::rows<2>(x, 2), bv::ArgumentError);
}

TEST_CASE("A slice of a fixed size has that size", "[autodiff][shape]") {
  bv::Tape<double> tape;
  const auto x = bv::make_variable(tape, 5, 2);
  CHECK(bv::rows<2>(x, 1, 2).rows() == 2);
  CHECK_THROWS_AS(bv::rows<2>(x, 1, 3), bv::ArgumentError);
}

TEST_CASE("Slices pass the gradient check", "[autodiff][shape]") {
  for (const Index rows : test::interesting_sizes) {
    for (const Index columns : {0, 1, 4}) {
      CAPTURE(rows, columns);
      const auto x = test::matrix(rows, columns, 1);
      test::require_pass(
          bv::gradient_check([=](const auto& v) { return square(bv::rows(v, rows / 2, rows - rows / 2)); }, x));
    }
  }
  test::require_pass(
      bv::gradient_check([](const auto& v) { return exp(bv::rows<1>(v, 2)); }, test::matrix<double, 5>(5, 4, 1)));
}

TEST_CASE("A slice can be the result itself", "[autodiff][shape]") {
  test::require_pass(bv::gradient_check([](const auto& v) { return bv::rows(v, 1, 2); }, test::matrix(4, 3, 1)));
}

TEST_CASE("Concatenated rows lie under each other, sample by sample", "[autodiff][shape]") {
  bv::Tape<double> tape;
  const auto upper = test::matrix<double, 2>(2, 4, 1);
  const auto lower = test::matrix<double, 3>(3, 4, 2);
  const auto both = bv::concatenate(bv::constant(tape, upper), bv::constant(tape, lower));
  CHECK(std::is_same_v<decltype(both), const bv::Constant<double, 5>>);
  CHECK(both.value().topRows(2) == upper);
  CHECK(both.value().bottomRows(3) == lower);
  const auto mixed = bv::concatenate(bv::constant(tape, upper), bv::make_variable(tape, 3, 4));
  CHECK(std::is_same_v<decltype(mixed), const bv::Variable<double>>);
}

TEST_CASE("Concatenation passes the gradient check, in every operand", "[autodiff][shape]") {
  const auto squared = [](const auto& u, const auto& v) { return square(bv::concatenate(u, v)); };
  for (const Index rows : test::interesting_sizes) {
    for (const Index columns : {0, 1, 3}) {
      CAPTURE(rows, columns);
      test::check_in_every_operand(squared, test::matrix(rows, columns, 1), test::matrix(2, columns, 2));
      test::check_in_every_operand(squared, test::matrix(1, columns, 1), test::matrix(rows, columns, 2));
    }
  }
  test::check_in_every_operand(squared, test::matrix<double, 2>(2, 3, 1), test::matrix<double, 1>(1, 3, 2));
}

TEST_CASE("A matrix put together from its own slices is that matrix, gradient included", "[autodiff][shape]") {
  const auto x = test::matrix(7, 3, 1);
  const auto cut_and_joined = [](const auto& v) { return bv::concatenate(bv::rows(v, 0, 3), bv::rows(v, 3, 4)); };
  test::require_pass(bv::gradient_check(cut_and_joined, x));
  test::require_pass(bv::gradient_check([](const auto& v) { return bv::concatenate(v, v); }, x));
  test::check_other_scalars(cut_and_joined, x);
}

TEST_CASE("Concatenation refuses unequal numbers of samples", "[autodiff][shape]") {
  bv::Tape<double> tape;
  CHECK(test::error_text<bv::ArgumentError>([&] {
          std::ignore = bv::concatenate(bv::make_variable(tape, 2, 3), bv::make_variable(tape, 2, 4));
        }) == "concatenate: expected as many columns above as columns below, got 3 and 4");
}
