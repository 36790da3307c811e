// SPDX-License-Identifier: MIT
// Types alone: a vector of a path that the processor lacks must not be computed with here.
#include <betavae/simd/vector.hpp>

#include "catch.hpp"

namespace simd = betavae::simd;

namespace {

template <class Path, class Scalar>
constexpr bool facts_hold() {
  using Vector = simd::Vector<Path, Scalar>;
  using Unaligned = simd::Unaligned<Path, Scalar>;
  // (Nothing is said of alignof(Vector): it depends on the compiler's flags, one reason why no signature holds a vector.)
  return sizeof(Vector) == Path::bytes && sizeof(Unaligned) == Path::bytes && alignof(Unaligned) == alignof(Scalar) &&
         simd::lanes<Path, Scalar> * sizeof(Scalar) == static_cast<std::size_t>(Path::bytes);
}

static_assert(facts_hold<simd::Baseline, float>() && facts_hold<simd::Baseline, double>());
static_assert(facts_hold<simd::Avx2, float>() && facts_hold<simd::Avx2, double>());
static_assert(facts_hold<simd::Avx512, float>() && facts_hold<simd::Avx512, double>());
static_assert(simd::lanes<simd::Baseline, float> == 4 && simd::lanes<simd::Avx2, double> == 4);
static_assert(simd::lanes<simd::Avx512, float> == 16 && simd::lanes<simd::Avx512, double> == 8);

}  // namespace

TEST_CASE("An unaligned vector loads and stores at any address of its scalar", "[simd][vector]") {
  using Unaligned = simd::Unaligned<simd::Baseline, float>;
  float numbers[6] = {0, 1, 2, 3, 4, 5};
  float copy[6] = {};
  *reinterpret_cast<Unaligned*>(copy + 1) = *reinterpret_cast<const Unaligned*>(numbers + 1);
  CHECK(copy[0] == 0);
  CHECK(copy[1] == 1);
  CHECK(copy[4] == 4);
  CHECK(copy[5] == 0);
}

TEST_CASE("A number minus a vector of zeros is that number in every lane, negative zero included", "[simd][vector]") {
  using Vector = simd::Vector<simd::Baseline, float>;
  using Unaligned = simd::Unaligned<simd::Baseline, float>;
  const float numbers[] = {3.5F, -0.0F};
  for (const float number : numbers) {
    float lanes[4];
    *reinterpret_cast<Unaligned*>(lanes) = number - Vector{};
    for (const float lane : lanes) {
      CHECK(lane == number);
      CHECK(__builtin_signbit(lane) == __builtin_signbit(number));
    }
  }
}

TEST_CASE("A value kept in a register is the same value", "[simd][vector]") {
  simd::Vector<simd::Baseline, float> value = {1, 2, 3, 4};
  BETAVAE_KEEP_IN_REGISTER(value);
  float sum = 0;
  BETAVAE_UNROLL
  for (int i = 0; i < 4; ++i) {
    sum += value[i];
  }
  CHECK(sum == 10);
}
