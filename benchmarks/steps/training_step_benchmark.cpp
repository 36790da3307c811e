// SPDX-License-Identifier: MIT
// One whole training step of a 784-400-20 β-VAE: batch 128, Bernoulli likelihood, Adam, one thread.
#include <betavae/betavae.hpp>
#include <benchmark/benchmark.h>

#include "support/peak.hpp"

namespace {

using namespace betavae;

void training_step(benchmark::State& state) {
  constexpr Index samples = 128;
  Vae model{dense_encoder<784, 400, 20>(), dense_decoder<20, 400, 784>(), Bernoulli{}};
  const Matrix<float> pixels = (Matrix<float>::Random(784, samples).array() * 0.5F + 0.5F).matrix();
  const MatrixSet<float> data(pixels);
  std::vector<Index> order;
  TrainingStep step(model);
  Adam<float> adam;
  const BetaElbo objective{1};
  const GaussianNoise noise(1);
  std::uint64_t number = 0;
  shuffle(order, samples, Random(1), 0);
  for (auto _ : state) {
    step.batch().fill(data, order);
    step.differentiate(objective, noise, number++, [](const auto&) {});
    adam.update(step.gradients(), 1e-3);
  }
  static const double peak = benchmarks::measure_peak<float>();
  // Forward, weight gradient and input gradient of four layers, but for the gradient of the data.
  const double multiply_adds = samples * (3.0 * (400 * 40 + 20 * 400 + 400 * 784) + 2.0 * 784 * 400);
  const double flop = 2 * multiply_adds * static_cast<double>(state.iterations());
  state.counters["products at GFLOP/s"] = benchmark::Counter(flop * 1e-9, benchmark::Counter::kIsRate);
  state.counters["of peak"] = benchmark::Counter(flop / peak, benchmark::Counter::kIsRate);
  state.counters["samples/s"] = benchmark::Counter(
      static_cast<double>(samples) * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

BENCHMARK(training_step)->Unit(benchmark::kMillisecond)->Repetitions(5)->ReportAggregatesOnly(true);

}  // namespace
