// SPDX-License-Identifier: MIT
// The Gaussian rate over sizes: alone (two numbers read, one written), and with both partial derivatives (two read, three written).
#include <betavae/kernels/gaussian_rate.hpp>

#include "support/report.hpp"

namespace {

using namespace betavae;

template <class Scalar, bool differentiates>
void gaussian_rate(benchmark::State& state) {
  const Index count = state.range(0);
  const auto mean = benchmarks::numbers<Scalar>(count, -2, 2);
  const auto log_variance = benchmarks::numbers<Scalar>(count, -6, 1);
  auto rate = benchmarks::numbers<Scalar>(count);
  auto mean_partial = benchmarks::numbers<Scalar>(differentiates ? count : 0);
  auto log_variance_partial = benchmarks::numbers<Scalar>(differentiates ? count : 0);
  for (auto _ : state) {
    kernels::gaussian_rate<Scalar>(count, mean.data(), log_variance.data(), rate.data(),
                                   differentiates ? mean_partial.data() : nullptr,
                                   differentiates ? log_variance_partial.data() : nullptr);
    benchmark::ClobberMemory();
  }
  const double bytes = (differentiates ? 5 : 3) * static_cast<double>(count) * sizeof(Scalar);
  benchmarks::report_bytes(state, bytes, bytes);
}

BENCHMARK(gaussian_rate<float, false>)->Apply(benchmarks::elementwise_sizes);
BENCHMARK(gaussian_rate<float, true>)->Apply(benchmarks::elementwise_sizes);
BENCHMARK(gaussian_rate<double, true>)->Arg(1'000'000)->Repetitions(5)->ReportAggregatesOnly(true);

}  // namespace
