// SPDX-License-Identifier: MIT
// Standard normals by address (Philox and Box–Muller), as training draws them: latents × samples, one number written.
#include <betavae/vae/noise.hpp>

#include "support/report.hpp"

namespace {

using namespace betavae;

template <class Scalar>
void gaussian_noise(benchmark::State& state) {
  const Index latents = state.range(0);
  const Index samples = state.range(1);
  auto values = benchmarks::numbers<Scalar>(latents * samples);
  const GaussianNoise noise(1);
  std::uint64_t step = 0;
  for (auto _ : state) {
    noise.fill(MatrixView<Scalar>{values.data(), latents, samples, latents}, step++, 0);
    benchmark::ClobberMemory();
  }
  const double count = static_cast<double>(latents * samples);
  state.counters["normals/s"] =
      benchmark::Counter(count * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
  benchmarks::report_bytes(state, count * sizeof(Scalar), count * sizeof(Scalar));
}

void shapes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"latents", "samples"});
  for (const auto& [latents, samples] : {std::pair{20, 1}, {20, 128}, {7, 128}, {1'000, 1'000}, {1'000'000, 1}}) {
    benchmark->Args({latents, samples});
  }
  benchmark->Repetitions(5)->ReportAggregatesOnly(true);
}

BENCHMARK(gaussian_noise<float>)->Apply(shapes);
BENCHMARK(gaussian_noise<double>)->Args({20, 128})->Repetitions(5)->ReportAggregatesOnly(true);

}  // namespace
