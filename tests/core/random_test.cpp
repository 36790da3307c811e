// SPDX-License-Identifier: MIT
#include <betavae/core/random.hpp>

#include "catch.hpp"
#include "numbers.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <vector>

namespace bv = betavae;
namespace test = bv::test;

namespace {

/// The largest distance between the empirical distribution of `sample` and `cdf` (Kolmogorov and Smirnov), times √n. Beyond 1.95
/// for one sample in a thousand.
template <class Cdf>
double kolmogorov_smirnov(std::vector<double> sample, const Cdf& cdf) {
  std::sort(sample.begin(), sample.end());
  const auto count = static_cast<double>(sample.size());
  double worst = 0;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    const double expected = cdf(sample[i]);
    worst = std::max({worst, expected - static_cast<double>(i) / count, static_cast<double>(i + 1) / count - expected});
  }
  return worst * std::sqrt(count);
}

constexpr double kolmogorov_smirnov_limit = 1.95;

double moment(const std::vector<double>& sample, int power) {
  double sum = 0;
  for (const double value : sample) {
    sum += std::pow(value, power);
  }
  return sum / static_cast<double>(sample.size());
}

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0) / static_cast<double>(a.size());
}

constexpr bv::Index large = 100'000;

template <class Scalar>
std::vector<double> normals(bv::Random random, std::uint64_t step = 0, std::uint64_t sample = 0) {
  std::vector<Scalar> values(static_cast<std::size_t>(large));
  random.fill_normals(values.data(), large, step, sample);
  return {values.begin(), values.end()};
}

template <class Scalar>
std::vector<double> uniforms(bv::Random random) {
  std::vector<double> values;
  for (std::uint64_t dimension = 0; dimension < static_cast<std::uint64_t>(large); ++dimension) {
    values.push_back(static_cast<double>(random.uniform<Scalar>({0, 0, dimension})));
  }
  return values;
}

}  // namespace

TEST_CASE("Philox4x32-10 gives Random123's known answers", "[core][random]") {
  CHECK(bv::philox4x32({0, 0, 0, 0}, {0, 0}) == bv::PhiloxBlock{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(bv::philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}) ==
        bv::PhiloxBlock{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(bv::philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        bv::PhiloxBlock{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("Philox can be computed while compiling", "[core][random]") {
  static_assert(bv::philox4x32({0, 0, 0, 0}, {0, 0})[0] == 0x6627e8d5);
  static_assert(bv::Random(7).block({1, 2, 3}) != bv::Random(8).block({1, 2, 3}));
}

TEST_CASE("The address goes into counter and key as the header says", "[core][random]") {
  const bv::Random random(0x1122334455667788, bv::Stream::likelihood);
  CHECK(random.block({0x00AABBCCDDEEFF01, 5, 9}) ==
        bv::philox4x32({9, 5, 0xDDEEFF01, 0x02AABBCC}, {0x55667788, 0x11223344}));
}

TEMPLATE_TEST_CASE("A normal depends on its address alone, not on how or in which order it is drawn", "[core][random]",
                   float, double) {
  const bv::Random random(3, bv::Stream::posterior);
  for (const bv::Index count : {0, 1, 2, 3, 5, 8, 17}) {
    std::vector<TestType> filled(static_cast<std::size_t>(count) + 1, TestType(77));
    random.fill_normals(filled.data(), count, 12, 34);
    for (bv::Index i = count - 1; i >= 0; --i) {
      const auto dimension = static_cast<std::uint64_t>(i);
      CAPTURE(count, i);
      CHECK(test::same_bits(filled[static_cast<std::size_t>(i)], random.normal<TestType>({12, 34, dimension})));
    }
    CHECK(filled.back() == TestType(77));  // not one number more than asked for
  }
}

TEST_CASE("Seed, stream, step, sample and dimension each lead to other numbers", "[core][random]") {
  const std::vector<bv::Random> sources = {bv::Random(1, bv::Stream::posterior), bv::Random(2, bv::Stream::posterior),
                                           bv::Random(1ULL << 32, bv::Stream::posterior),
                                           bv::Random(1, bv::Stream::prior), bv::Random(1, bv::Stream::user)};
  const std::vector<bv::NoiseAddress> addresses = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1ULL << 32, 0, 0}};
  std::set<double> seen;
  for (const bv::Random& source : sources) {
    for (const bv::NoiseAddress& address : addresses) {
      seen.insert(source.normal<double>(address));
    }
  }
  CHECK(seen.size() == sources.size() * addresses.size());
}

TEST_CASE("The default stream is the user's, and the seed can be asked for", "[core][random]") {
  static_assert(bv::Random(9).seed() == 9);
  CHECK(bv::Random(9).block({}) == bv::Random(9, bv::Stream::user).block({}));
}

TEMPLATE_TEST_CASE("Uniforms lie above 0 up to 1 and are uniform", "[core][random]", float, double) {
  const auto sample = uniforms<TestType>(bv::Random(11));
  CHECK(*std::min_element(sample.begin(), sample.end()) > 0);
  CHECK(*std::max_element(sample.begin(), sample.end()) <= 1);
  CHECK_THAT(moment(sample, 1), Catch::Matchers::WithinAbs(0.5, 0.004));  // 4 standard errors
  CHECK_THAT(moment(sample, 2), Catch::Matchers::WithinAbs(1.0 / 3.0, 0.004));
  CHECK(kolmogorov_smirnov(sample, [](double x) { return x; }) < kolmogorov_smirnov_limit);
}

TEMPLATE_TEST_CASE("Normals are standard normal", "[core][random]", float, double) {
  const auto sample = normals<TestType>(bv::Random(5));
  // Each bound is 4 standard errors: √(1, 2, 15, 96 / n).
  CHECK_THAT(moment(sample, 1), Catch::Matchers::WithinAbs(0, 4 * std::sqrt(1.0 / large)));
  CHECK_THAT(moment(sample, 2), Catch::Matchers::WithinAbs(1, 4 * std::sqrt(2.0 / large)));
  CHECK_THAT(moment(sample, 3), Catch::Matchers::WithinAbs(0, 4 * std::sqrt(15.0 / large)));
  CHECK_THAT(moment(sample, 4), Catch::Matchers::WithinAbs(3, 4 * std::sqrt(96.0 / large)));
  CHECK(kolmogorov_smirnov(sample, [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }) <
        kolmogorov_smirnov_limit);
  for (const double value : sample) {
    if (!std::isfinite(value) || std::abs(value) > 8.6) {
      FAIL("a normal of " << value);
    }
  }
}

TEST_CASE("Normals of neighbouring dimensions, samples, steps, seeds and streams are uncorrelated", "[core][random]") {
  const bv::Random random(5);
  const auto sample = normals<double>(random);
  auto shifted = sample;
  std::rotate(shifted.begin(), shifted.begin() + 1, shifted.end());
  const double limit = 4 / std::sqrt(static_cast<double>(large));
  CHECK(std::abs(correlation(sample, shifted)) < limit);
  CHECK(std::abs(correlation(sample, normals<double>(random, 1, 0))) < limit);
  CHECK(std::abs(correlation(sample, normals<double>(random, 0, 1))) < limit);
  CHECK(std::abs(correlation(sample, normals<double>(bv::Random(6)))) < limit);
  CHECK(std::abs(correlation(sample, normals<double>(bv::Random(5, bv::Stream::prior)))) < limit);
}

TEST_CASE("below stays below its bound and reaches every number equally often", "[core][random]") {
  const bv::Random random(1, bv::Stream::shuffle);
  CHECK(random.below(1, {3, 4, 5}) == 0);
  for (const std::uint64_t bound : {2ULL, 7ULL, 1000ULL, ~0ULL}) {
    for (std::uint64_t i = 0; i < 100; ++i) {
      if (random.below(bound, {0, 0, i}) >= bound) {
        FAIL("below(" << bound << ") at dimension " << i);
      }
    }
  }
  constexpr std::uint64_t faces = 6;
  constexpr std::uint64_t throws = 60'000;
  std::vector<double> counts(faces, 0.0);
  for (std::uint64_t i = 0; i < throws; ++i) {
    counts[random.below(faces, {0, 0, i})] += 1;
  }
  double chi_squared = 0;
  for (const double count : counts) {
    chi_squared += (count - 10'000) * (count - 10'000) / 10'000;
  }
  CHECK(chi_squared < 20.5);  // one in a thousand lies beyond, for 5 degrees of freedom
}
