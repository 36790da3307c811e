// SPDX-License-Identifier: MIT
// Whole training steps: batch, forward, backward, checks, Adam. "of roofline" is the time that a step cannot do without, over its time:
//
//     FLOP of the products / measured multiply-add peak + bytes of the optimizer / measured memory speed
//
// for one thread. BETAVAE_THREADS sets how many there are.
#include "support/models.hpp"
#include "support/report.hpp"

namespace {

using namespace betavae;

template <auto make_model, Index samples>
void training_step(benchmark::State& state) {
  auto model = make_model();
  benchmarks::Training training(model, samples);
  training.run(2);
  for (auto _ : state) {
    training.run(1);
  }
  static const double peak = benchmarks::measure_peak<float>();
  const benchmarks::StepWork work = training.work();
  static const double memory_speed =
      benchmarks::measure_memory_speed(benchmarks::Traffic::update, 4 * sizeof(float) * work.parameters);
  const double roofline = work.flop / peak + work.optimizer_bytes / memory_speed;
  const auto steps = static_cast<double>(state.iterations());
  state.counters["products at GFLOP/s"] = benchmark::Counter(work.flop * 1e-9 * steps, benchmark::Counter::kIsRate);
  state.counters["of roofline"] = benchmark::Counter(roofline * steps, benchmark::Counter::kIsRate);
  state.counters["samples/s"] = benchmark::Counter(static_cast<double>(samples) * steps, benchmark::Counter::kIsRate);
}

void five_times(benchmark::internal::Benchmark* benchmark) {
  benchmark->Unit(benchmark::kMillisecond)->UseRealTime()->Repetitions(5)->ReportAggregatesOnly(true);
}

BENCHMARK(training_step<&benchmarks::dense_784_400_20, 128>)->Name("784-400-20")->Apply(five_times);
BENCHMARK(training_step<&benchmarks::higgins, 64>)->Name("4096-1200-1200-20")->Apply(five_times);
BENCHMARK(training_step<&benchmarks::record_7_16_8, 128>)->Name("7-16-8")->Apply(five_times);

}  // namespace
