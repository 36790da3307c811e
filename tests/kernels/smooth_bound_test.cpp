// SPDX-License-Identifier: MIT
#include <betavae/kernels/smooth_bound.ipp>

#include "catch.hpp"
#include "paths.hpp"

#include <cmath>
#include <limits>

namespace bv = betavae;
namespace test = bv::test;
namespace kernels = betavae::kernels;

namespace {

/// What vectors and the specification may differ by, each having its own functions.
template <class Scalar>
constexpr auto tolerance = static_cast<double>(8 * std::numeric_limits<Scalar>::epsilon());

template <class Scalar>
bv::MatrixView<Scalar> column(test::Shifted<Scalar>& values) {
  return {values.data(), values.size(), 1, values.size()};
}

}  // namespace

TEMPLATE_TEST_CASE("A bound in vectors agrees with its specification, at every length and address",
                   "[kernels][smooth_bound]", float, double) {
  test::for_lengths_and_shifts([](bv::Index count, bv::Index shift) {
    auto x = test::Shifted<TestType>::numbers(1, count, shift, 50);
    test::Shifted<TestType> results[4] = {{count, shift}, {count, shift / 2}, {count, shift}, {count, shift}};
    kernels::smooth_bound(TestType(16), column(x), column(results[0]), column(results[1]));
    kernels::smooth_bound_reference(count, TestType(16), x.data(), results[2].data(), results[3].data());
    CAPTURE(count, shift);
    CHECK(results[0].error(results[2], 1e-6) <= tolerance<TestType>);
    CHECK(results[1].error(results[3]) <= tolerance<TestType>);
    kernels::smooth_bound(TestType(16), column(x), column(results[1]), {});
    CHECK(results[1].error(results[0]) == 0);
  });
}

TEMPLATE_TEST_CASE("A bound is never passed, and NaN stays NaN", "[kernels][smooth_bound]", float, double,
                   long double) {
  constexpr auto infinity = std::numeric_limits<TestType>::infinity();
  TestType x[] = {infinity, -infinity, std::numeric_limits<TestType>::max(),
                  100,      -0.0F,     std::numeric_limits<TestType>::quiet_NaN()};
  TestType y[6];
  TestType derivative[6];
  kernels::smooth_bound<TestType>(TestType(3), {x, 6, 1, 6}, {y, 6, 1, 6}, {derivative, 6, 1, 6});
  CHECK(y[0] == 3);
  CHECK(y[1] == -3);
  CHECK(y[2] == 3);
  CHECK(derivative[2] == 0);
  CHECK(y[3] <= 3);
  CHECK(y[4] == 0);
  CHECK(std::signbit(y[4]));
  CHECK(derivative[4] == 1);
  CHECK(std::isnan(y[5]));
  CHECK(std::isnan(derivative[5]));
}

TEMPLATE_TEST_CASE("A bound has the same bits on AVX2 and AVX-512", "[kernels][smooth_bound]", float, double) {
  const auto x = test::telling_numbers<TestType>(1, 320);
  CHECK(test::paths_agree<kernels::detail::SmoothBoundBody<TestType>, 2, TestType>({x}, TestType(16)));
}
