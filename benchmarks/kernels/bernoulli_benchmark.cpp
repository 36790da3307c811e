// SPDX-License-Identifier: MIT
// The Bernoulli distortion from logits over sizes: alone (two numbers read), and with its partial derivative (two read, one written).
#include <betavae/kernels/bernoulli.hpp>

#include "support/report.hpp"

namespace {

using namespace betavae;

template <class Scalar, bool differentiates>
void bernoulli_distortion(benchmark::State& state) {
  const Index count = state.range(0);
  const auto logits = benchmarks::numbers<Scalar>(count, -8, 8);
  const auto values = benchmarks::numbers<Scalar>(count, 0, 1);
  auto partial = benchmarks::numbers<Scalar>(differentiates ? count : 0);
  for (auto _ : state) {
    Scalar nats = kernels::bernoulli_distortion<Scalar>(count, logits.data(), values.data(), nullptr, Scalar(0),
                                                        differentiates ? partial.data() : nullptr);
    benchmark::DoNotOptimize(nats);
    benchmark::ClobberMemory();
  }
  const double bytes = (differentiates ? 3 : 2) * static_cast<double>(count) * sizeof(Scalar);
  benchmarks::report_bytes(state, bytes, bytes,
                           differentiates ? benchmarks::Traffic::triad : benchmarks::Traffic::read);
}

BENCHMARK(bernoulli_distortion<float, false>)->Apply(benchmarks::elementwise_sizes);
BENCHMARK(bernoulli_distortion<float, true>)->Apply(benchmarks::elementwise_sizes);
BENCHMARK(bernoulli_distortion<double, true>)->Arg(1'000'000)->Repetitions(5)->ReportAggregatesOnly(true);

}  // namespace
