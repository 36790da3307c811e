// SPDX-License-Identifier: MIT
#include <betavae/autodiff/reduction.hpp>
#include <betavae/autodiff/shape.hpp>

#include "catch.hpp"
#include "error_text.hpp"
#include "gradients.hpp"

#include <limits>
#include <type_traits>
#include <vector>

namespace bv = betavae;
namespace test = bv::test;
using bv::Index;

TEST_CASE("Sums have the right shapes and values", "[autodiff][reduction]") {
  bv::Tape<double> tape;
  const auto matrix = test::matrix<double, 5>(5, 7, 1);
  const auto x = bv::constant(tape, matrix);
  CHECK(std::is_same_v<decltype(bv::sum_over_features(x)), bv::Constant<double, 1>>);
  CHECK(std::is_same_v<decltype(bv::sum_over_samples(x)), bv::Constant<double, 5>>);
  CHECK(std::is_same_v<decltype(bv::sum(x)), bv::Constant<double, 1>>);
  CHECK(bv::sum_over_features(x).value().isApprox(matrix.colwise().sum(), 1e-14));
  CHECK(bv::sum_over_samples(x).value().isApprox(matrix.rowwise().sum(), 1e-14));
  CHECK(bv::mean_over_samples(x).value().isApprox(matrix.rowwise().mean(), 1e-14));
  CHECK_THAT(bv::sum(x).value()(0, 0), Catch::Matchers::WithinRel(matrix.sum(), 1e-13));
}

TEST_CASE("Weights count a sample as often as they say", "[autodiff][reduction]") {
  bv::Tape<double> tape;
  Eigen::MatrixXd matrix(2, 3);
  matrix << 1, 2, 3, 4, 5, 6;
  const double weights[] = {2, 0, 1};
  const auto x = bv::constant(tape, matrix);
  CHECK(bv::sum_over_samples(x, weights).value() == Eigen::Vector2d(5, 14));
  CHECK(bv::mean_over_samples(x, weights).value().isApprox(Eigen::Vector2d(5.0 / 3, 14.0 / 3), 1e-15));
}

TEMPLATE_TEST_CASE("Sums are taken in the fixed order of the kernel, bit for bit", "[autodiff][reduction]", float,
                   double) {
  bv::Tape<TestType> tape;
  const auto matrix = test::matrix<TestType>(37, 3, 1);
  const auto x = bv::constant(tape, matrix);
  const auto by_features = bv::sum_over_features(x);
  for (Index j = 0; j < 3; ++j) {
    CHECK(test::same_bits(by_features.value()(0, j), bv::kernels::sum<TestType>(37, matrix.col(j).data())));
  }
  const bv::Matrix<TestType> transposed = matrix.transpose();
  const auto by_samples = bv::sum_over_samples(bv::constant(tape, transposed));
  for (Index i = 0; i < 3; ++i) {
    CHECK(test::same_bits(by_samples.value()(i, 0), bv::kernels::sum<TestType>(37, matrix.col(i).data())));
  }
}

TEST_CASE("Sums pass the gradient check at every size", "[autodiff][reduction]") {
  const std::vector<double> weights = {0.5, 2, 0, 1, 3, 0.25, 1, 1};
  for (const Index rows : test::interesting_sizes) {
    for (const Index columns : {0, 1, 2, 8}) {
      CAPTURE(rows, columns);
      const auto x = test::matrix(rows, columns, 1);
      const double* const w = weights.data();
      test::require_pass(bv::gradient_check([](const auto& v) { return square(bv::sum_over_features(square(v))); }, x));
      test::require_pass(bv::gradient_check([](const auto& v) { return square(bv::sum_over_samples(square(v))); }, x));
      test::require_pass(
          bv::gradient_check([=](const auto& v) { return square(bv::sum_over_samples(square(v), w)); }, x));
      test::require_pass(bv::gradient_check([](const auto& v) { return square(bv::sum(exp(v))); }, x));
      if (columns > 0) {
        test::require_pass(
            bv::gradient_check([](const auto& v) { return square(bv::mean_over_samples(square(v))); }, x));
        test::require_pass(
            bv::gradient_check([=](const auto& v) { return square(bv::mean_over_samples(square(v), w)); }, x));
      }
    }
  }
}

TEST_CASE("Sums of slices, and of one row, read what belongs to them", "[autodiff][reduction]") {
  const auto x = test::matrix<double, 6>(6, 4, 1);
  test::require_pass(
      bv::gradient_check([](const auto& v) { return square(bv::sum_over_features(bv::rows(v, 2, 3))); }, x));
  test::require_pass(
      bv::gradient_check([](const auto& v) { return square(bv::sum_over_samples(bv::rows<1>(v, 5))); }, x));
  test::require_pass(
      bv::gradient_check([](const auto& v) { return square(bv::mean_over_samples(bv::rows(v, 1, 2))); }, x));
  bv::Tape<double> tape;
  CHECK_THAT(bv::sum(bv::rows<1>(bv::constant(tape, x), 3)).value()(0, 0),
             Catch::Matchers::WithinRel(x.row(3).sum(), 1e-14));
}

TEST_CASE("Sums have the same gradient in float, double and long double", "[autodiff][reduction]") {
  test::check_other_scalars([](const auto& v) { return bv::mean_over_samples(square(v)); }, test::matrix(9, 5, 1));
  test::check_other_scalars([](const auto& v) { return bv::sum_over_features(exp(v)); }, test::matrix(17, 3, 1));
}

TEST_CASE("A mean over no samples, or over weights without a positive sum, is an error", "[autodiff][reduction]") {
  bv::Tape<double> tape;
  CHECK(test::error_text<bv::ArgumentError>([&] {
          std::ignore = bv::mean_over_samples(bv::make_variable(tape, 2, 0));
        }) == "mean_over_samples: samples: expected at least 1, got 0");
  const auto x = bv::make_variable(tape, 2, 2);
  for (const double bad : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN()}) {
    const double weights[] = {0, bad};
    CHECK(test::error_text<bv::ArgumentError>([&] { std::ignore = bv::mean_over_samples(x, weights); }) ==
          "mean_over_samples: weights: expected a positive sum, got one that is not");
  }
}
