// SPDX-License-Identifier: MIT
#include <betavae/kernels/sum.ipp>

#include "catch.hpp"
#include "paths.hpp"

#include <limits>

namespace bv = betavae;
namespace test = bv::test;
namespace kernels = betavae::kernels;

namespace {

/// The documented tree: lane i mod 16, then 8 + 8, 4 + 4, 2 + 2, 1 + 1.
template <class Scalar>
Scalar tree_sum(const std::vector<Scalar>& values) {
  Scalar l[16] = {};
  for (std::size_t i = 0; i < values.size(); ++i) {
    l[i % 16] += values[i];
  }
  const Scalar even = ((l[0] + l[8]) + (l[4] + l[12])) + ((l[2] + l[10]) + (l[6] + l[14]));
  const Scalar odd = ((l[1] + l[9]) + (l[5] + l[13])) + ((l[3] + l[11]) + (l[7] + l[15]));
  return even + odd;
}

}  // namespace

TEMPLATE_TEST_CASE("A sum is taken in sixteen lanes and a tree, bit for bit", "[kernels][sum]", float, double) {
  for (const bv::Index count : {0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 100, 1001}) {
    const auto values = test::numbers<TestType>(1, count);
    CAPTURE(count);
    CHECK(test::same_bits(kernels::sum(count, values.data()), tree_sum(values)));
  }
}

TEST_CASE("The sum of nothing is zero, and needs no memory", "[kernels][sum]") {
  CHECK(kernels::sum<double>(0, nullptr) == 0);
}

TEST_CASE("Lanes may be filled one by one, with gaps", "[kernels][sum]") {
  kernels::LaneSum<double> lanes;
  lanes.add(0, 1);
  lanes.add(16, 2);
  lanes.add(1'000'000'007, 4);
  CHECK(lanes.total() == 7);
  CHECK(lanes.total() == 7);
}

TEST_CASE("Short chains round little: a million ones and tenths", "[kernels][sum]") {
  const std::vector<float> values(1'000'000, 0.1F);
  CHECK_THAT(static_cast<double>(kernels::sum(1'000'000, values.data())), Catch::Matchers::WithinRel(1e5, 1e-3));
}

TEST_CASE("NaN and infinity reach the sum", "[kernels][sum]") {
  std::vector<double> values(20, 1.0);
  values[17] = std::numeric_limits<double>::infinity();
  CHECK(kernels::sum(20, values.data()) == std::numeric_limits<double>::infinity());
  values[3] = -std::numeric_limits<double>::infinity();
  CHECK(std::isnan(kernels::sum(20, values.data())));
}

TEMPLATE_TEST_CASE("A vector sum has the bits of its specification, at every length and address", "[kernels][sum]",
                   float, double) {
  test::for_lengths_and_shifts([](bv::Index count, bv::Index shift) {
    const auto values = test::Shifted<TestType>::numbers(2, count, shift);
    CAPTURE(count, shift);
    CHECK(test::same_bits(kernels::sum(count, values.data()), kernels::sum_reference(count, values.data())));
  });
}

TEMPLATE_TEST_CASE("Squares are summed in double, at every length and address", "[kernels][sum]", float, double) {
  test::for_lengths_and_shifts([](bv::Index count, bv::Index shift) {
    const auto values = test::Shifted<TestType>::numbers(3, count, shift);
    CAPTURE(count, shift);
    const double squares = kernels::sum_of_squares(count, values.data());
    const double expected = kernels::sum_of_squares_reference(count, values.data());
    if (sizeof(TestType) == sizeof(float)) {  // whose squares are exact in double
      CHECK(test::same_bits(squares, expected));
    } else {
      CHECK_THAT(squares, Catch::Matchers::WithinRel(expected, 1e-15));
    }
  });
}

TEST_CASE("Squares beyond the range of float are summed, infinite and NaN ones not hidden", "[kernels][sum]") {
  std::vector<float> values(33, 3e30F);
  CHECK_THAT(kernels::sum_of_squares<float>(33, values.data()), Catch::Matchers::WithinRel(33 * 9e60, 1e-6));
  values[5] = -std::numeric_limits<float>::infinity();
  CHECK(kernels::sum_of_squares<float>(33, values.data()) == std::numeric_limits<double>::infinity());
  values[32] = std::numeric_limits<float>::quiet_NaN();
  CHECK(std::isnan(kernels::sum_of_squares<float>(33, values.data())));
}

TEMPLATE_TEST_CASE("Columns are added in their order, bit for bit, and nothing else is touched", "[kernels][sum]",
                   float, double) {
  for (const bv::Index columns : {0, 1, 2, 5}) {
    test::for_lengths_and_shifts([&](bv::Index rows, bv::Index shift) {
      const bv::Index stride = rows + shift;
      const auto matrix = test::Shifted<TestType>::numbers(4, stride * columns, shift);
      auto into = test::Shifted<TestType>::numbers(5, rows, shift);
      auto expected = into;
      kernels::add_columns(rows, columns, matrix.data(), stride, into.data());
      kernels::add_columns_reference(rows, columns, matrix.data(), stride, expected.data());
      CAPTURE(rows, columns, shift);
      CHECK(into.same_bits(expected));
    });
  }
  // Four vectors of AVX-512 side by side, and more.
  const bv::Index rows = 333;
  const auto matrix = test::numbers<TestType>(6, rows * 9);
  auto into = test::numbers<TestType>(7, rows);
  auto expected = into;
  kernels::add_columns(rows, bv::Index(9), matrix.data(), rows, into.data());
  kernels::add_columns_reference(rows, bv::Index(9), matrix.data(), rows, expected.data());
  CHECK(test::same_bits(into, expected));
}

TEMPLATE_TEST_CASE("Sums have the same bits on AVX2 and AVX-512", "[kernels][sum]", float, double) {
  const auto values = test::numbers<TestType>(8, 160);
  std::vector<std::vector<TestType>> sums;
  test::on_both_paths<kernels::detail::SumBody<TestType>>([&](const auto& run) {
    sums.emplace_back(16);
    run(bv::Index(160), values.data(), sums.back().data());
  });
  std::vector<std::vector<double>> squares;
  test::on_both_paths<kernels::detail::SumOfSquaresBody<TestType>>([&](const auto& run) {
    squares.emplace_back(16);
    run(bv::Index(160), values.data(), squares.back().data());
  });
  CHECK((sums.empty() || test::same_bits(sums[0], sums[1])));
  CHECK((squares.empty() || test::same_bits(squares[0], squares[1])));
}

TEST_CASE("Any scalar can be summed", "[kernels][sum]") {
  const long double values[] = {1, 2, 4};
  long double into[] = {1, 1, 1};
  CHECK(kernels::sum<long double>(3, values) == 7);
  CHECK(kernels::sum_of_squares<long double>(3, values) == 21);
  kernels::add_columns<long double>(1, 3, values, 1, into);
  CHECK(into[0] == 8);
  CHECK(into[1] == 1);
}
