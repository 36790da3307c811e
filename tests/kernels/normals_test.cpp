// SPDX-License-Identifier: MIT
#include <betavae/kernels/normals.ipp>

#include "catch.hpp"
#include "guarded_matrix.hpp"
#include "numbers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

namespace bv = betavae;
namespace test = bv::test;
namespace kernels = betavae::kernels;
namespace simd = betavae::simd;
using bv::Index;
using kernels::NormalsAddress;

namespace {

constexpr NormalsAddress somewhere{.seed = (std::uint64_t{7} << 32) + 5,
                                   .stream = bv::Stream::posterior,
                                   .step = (std::uint64_t{3} << 32) + 11,
                                   .first_sample = 4'000'000'000};

/// Greatest error of what follows Random::normal's addresses and words, in epsilons times the radius of the pair.
constexpr double scalar_error = 4;

struct ExactPair {
  long double radius;
  long double first;
  long double second;
};

/// Box and Muller's formulas for the words of dimensions `dimension`, which is even, and the next.
template <class Scalar>
ExactPair exact_pair(const NormalsAddress& address, Index sample, Index dimension) {
  const bv::Random random(address.seed, address.stream);
  const auto place = static_cast<std::uint64_t>(dimension);
  const auto words = random.block(
      {address.step, address.first_sample + static_cast<std::uint64_t>(sample), place / (sizeof(Scalar) == 4 ? 4 : 2)});
  const auto whole = [&](std::size_t i) { return ((static_cast<std::uint64_t>(words[i]) << 32) | words[i + 1]) >> 11; };
  long double radius_uniform = 0;
  long double angle_uniform = 0;
  if constexpr (sizeof(Scalar) == 4) {
    const std::size_t half = place / 2 % 2 * 2;
    radius_uniform = static_cast<long double>(static_cast<float>(words[half]) + 1.0F) * 0x1p-32L;
    angle_uniform = static_cast<long double>(words[half + 1] >> 8) * 0x1p-24L;
  } else {
    radius_uniform = static_cast<long double>(whole(0) + 1) * 0x1p-53L;
    angle_uniform = static_cast<long double>(whole(2) + 1) * 0x1p-53L;
  }
  const long double radius = std::sqrt(-2 * std::log(radius_uniform));
  const long double angle = 2 * std::numbers::pi_v<long double> * angle_uniform;
  return {radius, radius * std::cos(angle), radius * std::sin(angle)};
}

template <class Scalar>
double error_in_epsilons(Scalar value, long double exact, long double radius) {
  const long double unit = radius * static_cast<long double>(std::numeric_limits<Scalar>::epsilon());
  return unit == 0 ? (value == 0 ? 0.0 : 1e9)
                   : static_cast<double>(std::abs(static_cast<long double>(value) - exact) / unit);
}

template <class Scalar>
std::vector<Scalar> filled(Index dimensions, Index samples, const NormalsAddress& address) {
  std::vector<Scalar> values(static_cast<std::size_t>(dimensions * samples));
  kernels::fill_normals(dimensions, samples, values.data(), dimensions, address);
  return values;
}

}  // namespace

TEMPLATE_TEST_CASE("Normals are Box and Muller's of the random words at their addresses", "[kernels][normals]", float,
                   double) {
  constexpr Index dimensions = 1000;
  constexpr Index samples = 50;
  const auto values = filled<TestType>(dimensions, samples, somewhere);
  double worst = 0;
  double worst_of_scalar = 0;
  for (Index sample = 0; sample < samples; ++sample) {
    for (Index i = 0; i < dimensions; i += 2) {
      const ExactPair exact = exact_pair<TestType>(somewhere, sample, i);
      const auto* const pair = &values[static_cast<std::size_t>(sample * dimensions + i)];
      worst = std::max({worst, error_in_epsilons(pair[0], exact.first, exact.radius),
                        error_in_epsilons(pair[1], exact.second, exact.radius)});
      const bv::NoiseAddress place{somewhere.step, somewhere.first_sample + static_cast<std::uint64_t>(sample),
                                   static_cast<std::uint64_t>(i)};
      const auto scalar = bv::Random(somewhere.seed, somewhere.stream).normal<TestType>(place);
      worst_of_scalar = std::max(worst_of_scalar, error_in_epsilons(scalar, exact.first, exact.radius));
    }
  }
  CHECK(worst <= kernels::normals_error);
  CHECK(worst_of_scalar <= scalar_error);
}

TEMPLATE_TEST_CASE("A normal depends on its address alone, not on the matrix around it", "[kernels][normals]", float,
                   double) {
  const auto whole = filled<TestType>(200, 70, somewhere);
  for (const Index dimensions : {0, 1, 2, 3, 4, 5, 7, 8, 20, 33, 128, 199}) {
    for (const Index samples : {0, 1, 2, 3, 17, 70}) {
      for (const Index padding : {0, 3}) {
        test::GuardedMatrix<TestType> matrix(dimensions, samples, padding, 1);
        kernels::fill_normals(dimensions, samples, matrix.data(), matrix.stride(), somewhere);
        bool agree = matrix.guards_are_untouched();
        for (Index sample = 0; sample < samples; ++sample) {
          for (Index i = 0; i < dimensions; ++i) {
            agree = agree && test::same_bits(matrix(i, sample), whole[static_cast<std::size_t>(sample * 200 + i)]);
          }
        }
        CAPTURE(dimensions, samples, padding);
        CHECK(agree);
      }
    }
  }
}

TEMPLATE_TEST_CASE("One normal has the bits that a filled matrix has at its address", "[kernels][normals]", float,
                   double, long double) {
  const auto values = filled<TestType>(41, 3, somewhere);
  for (Index sample = 0; sample < 3; ++sample) {
    for (const Index i : {0, 1, 2, 3, 4, 30, 40}) {
      const auto one = kernels::normal<TestType>(
          somewhere.seed, somewhere.stream,
          {somewhere.step, somewhere.first_sample + static_cast<std::uint64_t>(sample), static_cast<std::uint64_t>(i)});
      CHECK(one == values[static_cast<std::size_t>(sample * 41 + i)]);
    }
  }
}

TEMPLATE_TEST_CASE("Samples go on where an earlier fill ended", "[kernels][normals]", float, double) {
  const auto whole = filled<TestType>(20, 9, somewhere);
  NormalsAddress later = somewhere;
  later.first_sample += 4;
  const auto rest = filled<TestType>(20, 5, later);
  CHECK(test::same_bits(rest, std::vector<TestType>(whole.begin() + 80, whole.end())));
}

TEMPLATE_TEST_CASE("Seed, stream, step and sample each lead to other numbers", "[kernels][normals]", float, double) {
  std::vector<NormalsAddress> others(6, somewhere);
  others[1].seed += 1;
  others[2].seed += std::uint64_t{1} << 32;
  others[3].stream = bv::Stream::prior;
  others[4].step += std::uint64_t{1} << 32;
  others[5].first_sample += 1;
  std::vector<TestType> firsts;
  for (const NormalsAddress& address : others) {
    firsts.push_back(filled<TestType>(1, 1, address)[0]);
  }
  std::sort(firsts.begin(), firsts.end());
  CHECK(std::adjacent_find(firsts.begin(), firsts.end()) == firsts.end());
}

TEMPLATE_TEST_CASE("Normals have the same bits on AVX2 and AVX-512, and are near them on the baseline",
                   "[kernels][normals]", float, double) {
  using Body = kernels::detail::NormalsBody<TestType>;
  using Blocks = const kernels::detail::NormalBlocks*;
  const kernels::detail::NormalBlocks where{.seed = somewhere.seed,
                                            .step_and_stream = kernels::detail::step_and_stream(5, bv::Stream::prior),
                                            .first_sample = 3,
                                            .first_block = 2,
                                            .blocks_per_column = 5};
  constexpr Index blocks = 40 * Body::blocks_at_once;
  std::vector<TestType> baseline(static_cast<std::size_t>(blocks * kernels::detail::normals_per_block<TestType>));
  simd::detail::run_baseline<Body, Index, TestType*, Blocks>(blocks, baseline.data(), &where);
#if BETAVAE_X86
  if (simd::is_available(simd::InstructionSet::avx2)) {
    std::vector<TestType> avx2(baseline.size());
    simd::detail::run_avx2<Body, Index, TestType*, Blocks>(blocks, avx2.data(), &where);
    double worst = 0;
    for (std::size_t i = 0; i < avx2.size(); ++i) {
      worst = std::max(worst, static_cast<double>(std::abs(avx2[i] - baseline[i])));
    }
    CHECK(worst <= 2 * kernels::normals_error * 9 * static_cast<double>(std::numeric_limits<TestType>::epsilon()));
    if (simd::is_available(simd::InstructionSet::avx512)) {
      std::vector<TestType> avx512(baseline.size());
      simd::detail::run_avx512<Body, Index, TestType*, Blocks>(blocks, avx512.data(), &where);
      CHECK(test::same_bits(avx2, avx512));
    }
  }
#endif
}

TEMPLATE_TEST_CASE("Filled normals have the moments of a standard normal", "[kernels][normals]", float, double) {
  constexpr Index count = 400'000;
  const auto values = filled<TestType>(20, count / 20, {.seed = 3});
  double moments[5] = {};
  for (const TestType value : values) {
    double power = 1;
    for (double& moment : moments) {
      moment += power / static_cast<double>(count);
      power *= static_cast<double>(value);
    }
  }
  // Five standard errors of each.
  const double error = 5 / std::sqrt(static_cast<double>(count));
  CHECK(std::abs(moments[1]) < error);
  CHECK(std::abs(moments[2] - 1) < error * std::sqrt(2.0));
  CHECK(std::abs(moments[3]) < error * std::sqrt(15.0));
  CHECK(std::abs(moments[4] - 3) < error * std::sqrt(96.0));
}
