// SPDX-License-Identifier: MIT
// The draw z = μ + σ ε over sizes, its noise given, with the partial derivative in the noise's place (three numbers read, two written).
#include <betavae/kernels/reparameterize.hpp>

#include "support/report.hpp"

namespace {

using namespace betavae;

template <class Scalar>
void reparameterize(benchmark::State& state) {
  const Index count = state.range(0);
  const auto mean = benchmarks::numbers<Scalar>(count, -2, 2);
  const auto log_variance = benchmarks::numbers<Scalar>(count, -6, 1);
  const auto noise = benchmarks::numbers<Scalar>(count, -3, 3);
  auto z = benchmarks::numbers<Scalar>(count);
  auto partial = benchmarks::numbers<Scalar>(count);
  for (auto _ : state) {
    kernels::reparameterize(count, mean.data(), log_variance.data(), noise.data(), z.data(), partial.data());
    benchmark::ClobberMemory();
  }
  const double bytes = 5 * static_cast<double>(count) * sizeof(Scalar);
  benchmarks::report_bytes(state, bytes, bytes);
}

BENCHMARK(reparameterize<float>)->Apply(benchmarks::elementwise_sizes);
BENCHMARK(reparameterize<double>)->Arg(1'000'000)->Repetitions(5)->ReportAggregatesOnly(true);

}  // namespace
