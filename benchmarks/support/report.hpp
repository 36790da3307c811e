// SPDX-License-Identifier: MIT
// Data for the benchmarks, and what stands beside their times: a share of the measured multiply-add peak or memory speed.
#pragma once

#include <betavae/core/aligned.hpp>
#include <betavae/core/index.hpp>
#include <benchmark/benchmark.h>

#include "support/memory_speed.hpp"
#include "support/peak.hpp"

#include <map>
#include <utility>

namespace betavae::benchmarks {

/// Numbers spread over [low, high), the same at every run.
template <class Scalar>
[[nodiscard]] AlignedVector<Scalar> numbers(Index count, double low = -0.5, double high = 0.5) {
  AlignedVector<Scalar> values(static_cast<std::size_t>(count));
  for (Index i = 0; i < count; ++i) {
    const auto share = static_cast<double>((i * 7919) % 1000) / 1000.0;
    values[static_cast<std::size_t>(i)] = Scalar(low + share * (high - low));
  }
  return values;
}

/// GFLOP/s, and the share of the core's peak.
template <class Scalar>
void report_flop(benchmark::State& state, double flop_an_iteration) {
  static const double peak = measure_peak<Scalar>();
  const double flop = flop_an_iteration * static_cast<double>(state.iterations());
  state.counters["GFLOP/s"] = benchmark::Counter(flop * 1e-9, benchmark::Counter::kIsRate);
  state.counters["of peak"] = benchmark::Counter(flop / peak, benchmark::Counter::kIsRate);
  state.counters["peak"] = peak * 1e-9;
}

/// GB/s, and the share of the speed at which memory of this footprint can be walked. A kernel that only reads is compared with
/// reading, one that updates in place with an update, any other with a triad.
inline void report_bytes(benchmark::State& state, double bytes_an_iteration, double footprint,
                         Traffic traffic = Traffic::triad) {
  static std::map<std::pair<Traffic, double>, double> speeds;
  double& speed = speeds[{traffic, footprint}];
  if (speed == 0) {
    speed = measure_memory_speed(traffic, footprint);
  }
  const double bytes = bytes_an_iteration * static_cast<double>(state.iterations());
  state.counters["GB/s"] = benchmark::Counter(bytes * 1e-9, benchmark::Counter::kIsRate);
  state.counters["of memory"] = benchmark::Counter(bytes / speed, benchmark::Counter::kIsRate);
  state.counters["memory"] = speed * 1e-9;
}

/// Counts of numbers that lie in the first-level cache, the second, the third, and memory; and 20, the latents of one sample.
inline void elementwise_sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgName("numbers");
  for (const Index count : {20, 1'000, 30'000, 1'000'000, 20'000'000}) {
    benchmark->Arg(count);
  }
  benchmark->Repetitions(5)->ReportAggregatesOnly(true);
}

}  // namespace betavae::benchmarks
