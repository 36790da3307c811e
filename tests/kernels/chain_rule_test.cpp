// SPDX-License-Identifier: MIT
#include <betavae/kernels/chain_rule.ipp>

#include "catch.hpp"
#include "paths.hpp"

#include <cmath>
#include <limits>

namespace bv = betavae;
namespace test = bv::test;
namespace kernels = betavae::kernels;

namespace {

template <class Scalar>
constexpr auto tolerance = static_cast<double>(2 * std::numeric_limits<Scalar>::epsilon());

}  // namespace

TEMPLATE_TEST_CASE("One factor times numbers is added to what is there, at every length and address",
                   "[kernels][chain_rule]", float, double) {
  test::for_lengths_and_shifts([](bv::Index count, bv::Index shift) {
    const auto x = test::Shifted<TestType>::numbers(1, count, shift / 2);
    auto into = test::Shifted<TestType>::numbers(2, count, shift);
    auto expected = into;
    kernels::multiply_add<TestType>(count, TestType(-0.625), x.data(), into.data());
    kernels::multiply_add_reference<TestType>(count, TestType(-0.625), x.data(), expected.data());
    CAPTURE(count, shift);
    CHECK(into.error(expected) <= tolerance<TestType>);
  });
}

TEMPLATE_TEST_CASE("Adjoints flow through columns that follow each other or have gaps", "[kernels][chain_rule]", float,
                   double) {
  for (const bv::Index rows : {0, 1, 2, 15, 16, 20, 33, 300, 700}) {
    for (const bv::Index columns : {0, 1, 2, 7, 40}) {
      for (const bv::Index gap : {0, 3}) {
        const bv::Index stride = rows + gap;
        auto adjoint = test::Shifted<TestType>::numbers(1, rows * columns, 0);
        auto partial = test::Shifted<TestType>::numbers(2, stride * columns, 1);
        auto into = test::Shifted<TestType>::numbers(3, stride * columns, 3);
        auto expected = into;
        auto ones = into;
        auto expected_ones = into;
        const bv::MatrixView<TestType> y{adjoint.data(), rows, columns, rows};
        const bv::MatrixView<TestType> dy{partial.data(), rows, columns, stride};
        kernels::chain_rule(y, dy, {into.data(), rows, columns, stride});
        kernels::chain_rule_reference(y, dy, {expected.data(), rows, columns, stride});
        kernels::chain_rule(y, {}, {ones.data(), rows, columns, stride});
        kernels::chain_rule_reference(y, {}, {expected_ones.data(), rows, columns, stride});
        CAPTURE(rows, columns, gap);
        CHECK(into.error(expected) <= tolerance<TestType>);
        CHECK(ones.same_bits(expected_ones));
      }
    }
  }
}

TEST_CASE("What lies between the columns is not touched", "[kernels][chain_rule]") {
  std::vector<double> adjoint(6, 1);
  std::vector<double> into(9, 5);
  kernels::chain_rule<double>({adjoint.data(), 2, 3, 2}, {}, {into.data(), 2, 3, 3});
  CHECK(into == std::vector<double>{6, 6, 5, 6, 6, 5, 6, 6, 5});
}

TEMPLATE_TEST_CASE("NaN and infinity reach their own sums alone", "[kernels][chain_rule]", float, double) {
  std::vector<TestType> x(20, TestType(1));
  std::vector<TestType> into(20, TestType(1));
  x[2] = std::numeric_limits<TestType>::quiet_NaN();
  x[18] = std::numeric_limits<TestType>::infinity();
  kernels::multiply_add<TestType>(20, 2, x.data(), into.data());
  for (std::size_t i = 0; i < 20; ++i) {
    CHECK(std::isnan(into[i]) == (i == 2));
    CHECK(std::isinf(into[i]) == (i == 18));
  }
}

TEMPLATE_TEST_CASE("Chains have the same bits on AVX2 and AVX-512", "[kernels][chain_rule]", float, double) {
  const auto a = test::telling_numbers<TestType>(1, 160);
  const auto b = test::telling_numbers<TestType>(2, 160);
  const auto c = test::numbers<TestType>(3, 160);
  CHECK(test::paths_agree<kernels::detail::MultiplyAddBody<TestType>, 1, TestType>({a, c}, TestType(0.375)));
  CHECK(test::paths_agree<kernels::detail::ChainRuleBody<TestType>, 1, TestType>({a, b, c}, TestType(0)));
}

TEST_CASE("Any scalar has a chain rule", "[kernels][chain_rule]") {
  long double adjoint = 2;
  long double partial = 3;
  long double into = 1;
  kernels::chain_rule<long double>({&adjoint, 1, 1, 1}, {&partial, 1, 1, 1}, {&into, 1, 1, 1});
  CHECK(into == 7);
  kernels::multiply_add<long double>(1, 2, &adjoint, &into);
  CHECK(into == 11);
}
