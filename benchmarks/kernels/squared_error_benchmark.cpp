// SPDX-License-Identifier: MIT
// The squared error of a Gaussian likelihood over sizes: alone (two numbers read), and with its partial derivative (one written too).
#include <betavae/kernels/gaussian_likelihood.hpp>

#include "support/report.hpp"

namespace {

using namespace betavae;

template <class Scalar, bool differentiates>
void squared_error(benchmark::State& state) {
  const Index count = state.range(0);
  const auto mean = benchmarks::numbers<Scalar>(count, -2, 2);
  const auto values = benchmarks::numbers<Scalar>(count, 1, -1);
  auto partial = benchmarks::numbers<Scalar>(differentiates ? count : 0);
  for (auto _ : state) {
    auto error = kernels::squared_error<Scalar>(count, mean.data(), values.data(), nullptr, Scalar(0),
                                                differentiates ? partial.data() : nullptr);
    benchmark::DoNotOptimize(error);
    benchmark::ClobberMemory();
  }
  const double bytes = (differentiates ? 3 : 2) * static_cast<double>(count) * sizeof(Scalar);
  benchmarks::report_bytes(state, bytes, bytes,
                           differentiates ? benchmarks::Traffic::triad : benchmarks::Traffic::read);
}

BENCHMARK(squared_error<float, false>)->Apply(benchmarks::elementwise_sizes);
BENCHMARK(squared_error<float, true>)->Apply(benchmarks::elementwise_sizes);
BENCHMARK(squared_error<double, true>)->Arg(1'000'000)->Repetitions(5)->ReportAggregatesOnly(true);

}  // namespace
