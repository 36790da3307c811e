// SPDX-License-Identifier: MIT
#include <betavae/kernels/sum.hpp>

#include "catch.hpp"
#include "numbers.hpp"

#include <limits>

namespace bv = betavae;
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
