// SPDX-License-Identifier: MIT
// What the core can do at most: multiply-adds in registers, nothing loaded, nothing stored.
//
// Each accumulator has a start of its own and multiplies by itself, so that no compiler may merge two chains into one (equal
// accumulators would show a fictional peak). As many chains as hide the latency of a multiply-add on every port.
#pragma once

#include <betavae/simd/instruction_set.hpp>
#include <betavae/simd/vector.hpp>

#include <algorithm>
#include <chrono>

namespace betavae::benchmarks {

template <class Path, class Scalar>
BETAVAE_INLINE Scalar multiply_add_chains(long steps) {
  using Vector = simd::Vector<Path, Scalar>;
  constexpr int chains = Path::registers == 32 ? 24 : 12;
  Vector sums[chains];
  const Vector factor = Scalar(0.999999) - Vector{};
  BETAVAE_UNROLL
  for (int i = 0; i < chains; ++i) {
    sums[i] = Scalar(1 + i) - Vector{};
  }
  for (long step = 0; step < steps; ++step) {
    BETAVAE_CONTRACT
    BETAVAE_UNROLL
    for (int i = 0; i < chains; ++i) {
      sums[i] = sums[i] * factor + factor;
    }
  }
  Scalar total(0);
  for (int i = 0; i < chains; ++i) {
    total += sums[i][0];
  }
  return total;
}

template <class Scalar>
[[gnu::noinline]] Scalar chains_baseline(long steps) {
  return multiply_add_chains<simd::Baseline, Scalar>(steps);
}
#if BETAVAE_X86
template <class Scalar>
BETAVAE_TARGET_AVX2 [[gnu::noinline]] Scalar chains_avx2(long steps) {
  return multiply_add_chains<simd::Avx2, Scalar>(steps);
}
template <class Scalar>
BETAVAE_TARGET_AVX512 [[gnu::noinline]] Scalar chains_avx512(long steps) {
  return multiply_add_chains<simd::Avx512, Scalar>(steps);
}
#endif

/// `steps` rounds of independent multiply-adds on the instruction set in use. Returns how many FLOP that was (a multiply-add
/// counts two).
template <class Scalar>
double multiply_adds(long steps) {
  [[maybe_unused]] volatile Scalar result;
  const auto flop = [&](double chains) { return 2.0 * static_cast<double>(steps) * chains; };
#if BETAVAE_X86
  if (simd::instruction_set() == simd::InstructionSet::avx512) {
    result = chains_avx512<Scalar>(steps);
    return flop(24 * simd::lanes<simd::Avx512, Scalar>);
  }
  if (simd::instruction_set() == simd::InstructionSet::avx2) {
    result = chains_avx2<Scalar>(steps);
    return flop(12 * simd::lanes<simd::Avx2, Scalar>);
  }
#endif
  result = chains_baseline<Scalar>(steps);
  return flop(12 * simd::lanes<simd::Baseline, Scalar>);
}

/// Multiply-adds of one core on the instruction set in use, in FLOP/s. The best of several short runs, about 50 ms in all.
template <class Scalar>
[[nodiscard]] double measure_peak() {
  double best = 0;
  for (int run = 0; run < 10; ++run) {
    const auto start = std::chrono::steady_clock::now();
    const double flop = multiply_adds<Scalar>(400'000);
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    best = std::max(best, flop / elapsed.count());
  }
  return best;
}

}  // namespace betavae::benchmarks
