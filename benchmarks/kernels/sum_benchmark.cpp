// SPDX-License-Identifier: MIT
// The sum in its fixed order over sizes: one number read.
#include <betavae/kernels/sum.hpp>

#include "support/report.hpp"

namespace {

using namespace betavae;

template <class Scalar>
void sum(benchmark::State& state) {
  const Index count = state.range(0);
  const auto values = benchmarks::numbers<Scalar>(count);
  for (auto _ : state) {
    Scalar total = kernels::sum(count, values.data());
    benchmark::DoNotOptimize(total);
  }
  const double bytes = static_cast<double>(count) * sizeof(Scalar);
  benchmarks::report_bytes(state, bytes, bytes, benchmarks::Traffic::read);
}

BENCHMARK(sum<float>)->Apply(benchmarks::elementwise_sizes);
BENCHMARK(sum<double>)->Arg(1'000'000)->Repetitions(5)->ReportAggregatesOnly(true);

}  // namespace
