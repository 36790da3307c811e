// SPDX-License-Identifier: MIT
// A sample of what math_exhaustive_test.cpp tests in full, and special values one by one.
#include "catch.hpp"
#include "math_functions.hpp"
#include "math_sweep.hpp"

using namespace betavae::test;

namespace {

/// One value, on one path.
template <class Function, class Scalar>
Scalar evaluate(const MathPath<Scalar>& path, Scalar x) {
  const std::vector<Scalar> arguments(16, x);
  std::vector<Scalar> results(16);
  path.run(16, arguments.data(), results.data());
  return results[5];
}

template <class Scalar>
struct SpecialValue {
  Scalar x;
  Scalar y;
};

/// Checks the values of an odd or any other function, bit for bit, on every path, with denormals flushed and without.
template <class Function, class Scalar>
void check_special_values(const std::vector<SpecialValue<Scalar>>& values) {
  for (const MathPath<Scalar>& path : math_paths<Function, Scalar>()) {
    for (const SpecialValue<Scalar>& value : values) {
      CAPTURE(Function::name, path.name, value.x, value.y);
      CHECK(same_bits(evaluate<Function>(path, value.x), value.y));
      Scalar flushed = 0;
      {
        const betavae::FlushDenormals flush;
        flushed = evaluate<Function>(path, value.x);
      }
      CHECK(same_bits(flushed, value.y));
    }
    CHECK(std::isnan(evaluate<Function>(path, std::numeric_limits<Scalar>::quiet_NaN())));
  }
}

template <class Scalar>
constexpr Scalar infinity = std::numeric_limits<Scalar>::infinity();

}  // namespace

TEMPLATE_TEST_CASE("A sample of all floats is within the stated error on every path", "[simd][math]",
                   BETAVAE_TEST_MATH_FUNCTIONS) {
  const auto findings = sweep_floats<TestType>(4099);
  CAPTURE(findings.greatest_error, findings.at);
  CHECK(findings.failure == "");
}

TEMPLATE_TEST_CASE("Numbers where something changes are within the stated error on every path", "[simd][math]",
                   BETAVAE_TEST_MATH_FUNCTIONS) {
  CHECK(sweep_edges<TestType, float>().failure == "");
  CHECK(sweep_edges<TestType, double>().failure == "");
}

TEMPLATE_TEST_CASE("Drawn doubles are within the stated error on every path", "[simd][math]",
                   BETAVAE_TEST_MATH_FUNCTIONS) {
  const auto findings = sweep_drawn<TestType>(200'000);
  CAPTURE(findings.greatest_error, findings.at);
  CHECK(findings.failure == "");
}

TEMPLATE_TEST_CASE("Special values come out as the headers say, whether denormals are flushed or not", "[simd][math]",
                   float, double) {
  using Scalar = TestType;
  constexpr Scalar none = 0;
  constexpr Scalar tiny = std::numeric_limits<Scalar>::denorm_min();
  check_special_values<Exp, Scalar>(
      {{infinity<Scalar>, infinity<Scalar>}, {-infinity<Scalar>, none}, {none, 1}, {-none, 1}, {tiny, 1}, {-tiny, 1}});
  check_special_values<Expm1, Scalar>(
      {{infinity<Scalar>, infinity<Scalar>}, {-infinity<Scalar>, -1}, {none, none}, {-none, -none}});
  check_special_values<Log, Scalar>({{infinity<Scalar>, infinity<Scalar>},
                                     {1, none},
                                     {none, -infinity<Scalar>},
                                     {-none, -infinity<Scalar>},
                                     {tiny, -infinity<Scalar>},
                                     {-tiny, -infinity<Scalar>}});
  check_special_values<Log1p, Scalar>(
      {{infinity<Scalar>, infinity<Scalar>}, {-1, -infinity<Scalar>}, {none, none}, {-none, -none}});
  check_special_values<Log1pOfFraction, Scalar>({{none, none}, {-none, -none}});
  check_special_values<Sigmoid, Scalar>({{infinity<Scalar>, 1},
                                         {-infinity<Scalar>, none},
                                         {none, Scalar(0.5)},
                                         {-none, Scalar(0.5)},
                                         {tiny, Scalar(0.5)},
                                         {-tiny, Scalar(0.5)}});
  check_special_values<Softplus, Scalar>({{infinity<Scalar>, infinity<Scalar>}, {-infinity<Scalar>, none}});
  check_special_values<Tanh, Scalar>({{infinity<Scalar>, 1}, {-infinity<Scalar>, -1}, {none, none}, {-none, -none}});
  check_special_values<SineOfTurns, Scalar>(
      {{none, none}, {-none, -none}, {Scalar(0.25), 1}, {Scalar(0.5), -none}, {Scalar(0.75), -1}});
  check_special_values<CosineOfTurns, Scalar>(
      {{none, 1}, {-none, 1}, {tiny, 1}, {Scalar(0.25), -none}, {Scalar(0.5), -1}, {Scalar(0.75), none}});
}

TEMPLATE_TEST_CASE("Outside its domain a logarithm is NaN", "[simd][math]", float, double) {
  const TestType below_minus_1 = std::nextafter(TestType(-1), TestType(-2));
  for (const MathPath<TestType>& path : math_paths<Log, TestType>()) {
    CHECK(std::isnan(evaluate<Log>(path, -std::numeric_limits<TestType>::min())));
    CHECK(std::isnan(evaluate<Log>(path, -infinity<TestType>)));
  }
  for (const MathPath<TestType>& path : math_paths<Log1p, TestType>()) {
    CHECK(std::isnan(evaluate<Log1p>(path, below_minus_1)));
    CHECK(std::isnan(evaluate<Log1p>(path, -infinity<TestType>)));
  }
}

TEMPLATE_TEST_CASE("Functions that are nearly the identity near zero keep denormals, unless those are flushed",
                   "[simd][math]", Log1p, Log1pOfFraction, Tanh) {
  const auto check = [](auto tiny) {
    for (const auto& path : math_paths<TestType, decltype(tiny)>()) {
      CAPTURE(path.name);
      CHECK(same_bits(evaluate<TestType>(path, tiny), tiny));
      const betavae::FlushDenormals flush;
      CHECK(same_bits(evaluate<TestType>(path, tiny), decltype(tiny)(0)));
    }
  };
  check(std::numeric_limits<float>::denorm_min());
  check(std::numeric_limits<double>::denorm_min());
}
