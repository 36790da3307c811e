// SPDX-License-Identifier: MIT
// What the other figures are held against: memory speed from 16 KiB to 256 MiB, and the multiply-add peak.
#include "support/report.hpp"

namespace {

using namespace betavae;

template <benchmarks::Traffic traffic>
void memory(benchmark::State& state) {
  benchmarks::MemoryPass pass(traffic, static_cast<double>(state.range(0)));
  for (auto _ : state) {
    pass.run(1);
  }
  state.counters["GB/s"] =
      benchmark::Counter(pass.bytes() * 1e-9 * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

BENCHMARK(memory<benchmarks::Traffic::read>)->ArgName("bytes")->RangeMultiplier(4)->Range(1 << 14, 1 << 28);
BENCHMARK(memory<benchmarks::Traffic::triad>)->ArgName("bytes")->RangeMultiplier(4)->Range(1 << 14, 1 << 28);
BENCHMARK(memory<benchmarks::Traffic::update>)->ArgName("bytes")->RangeMultiplier(4)->Range(1 << 14, 1 << 28);

template <class Scalar>
void peak(benchmark::State& state) {
  double flop = 0;
  for (auto _ : state) {
    flop += benchmarks::multiply_adds<Scalar>(10'000);
  }
  state.counters["GFLOP/s"] = benchmark::Counter(flop * 1e-9, benchmark::Counter::kIsRate);
}

BENCHMARK(peak<float>);
BENCHMARK(peak<double>);

}  // namespace
