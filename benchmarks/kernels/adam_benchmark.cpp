// SPDX-License-Identifier: MIT
// Adam's update over sizes: seven numbers moved a parameter (parameter, gradient and two moments read, all but the gradient written).
#include <betavae/kernels/adam.hpp>

#include "support/report.hpp"

namespace {

using namespace betavae;

template <class Scalar>
void adam(benchmark::State& state) {
  const Index count = state.range(0);
  auto parameters = benchmarks::numbers<Scalar>(count);
  const auto gradient = benchmarks::numbers<Scalar>(count);
  auto first_moment = benchmarks::numbers<Scalar>(count);
  auto second_moment = benchmarks::numbers<Scalar>(count, 0.5, 1);
  const kernels::AdamConstants constants{1e-9, 0.9, 0.999,
                                         1e-8, 0.5, 0.5};  // small steps: parameters stay where they are
  for (auto _ : state) {
    kernels::adam(count, parameters.data(), gradient.data(), first_moment.data(), second_moment.data(), constants,
                  Scalar(1));
    benchmark::ClobberMemory();
  }
  const auto bytes = static_cast<double>(count) * sizeof(Scalar);
  benchmarks::report_bytes(state, 7 * bytes, 4 * bytes, benchmarks::Traffic::update);
}

BENCHMARK(adam<float>)->Apply(benchmarks::elementwise_sizes);
BENCHMARK(adam<double>)->Arg(1'000'000)->Repetitions(5)->ReportAggregatesOnly(true);

}  // namespace
