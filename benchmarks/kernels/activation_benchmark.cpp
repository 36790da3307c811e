// SPDX-License-Identifier: MIT
// Every activation in place (one number read and written), and its gradient (two read, one written), at 30,000 numbers; relu and
// tanh over sizes.
#include <betavae/core/flush_denormals.hpp>
#include <betavae/kernels/activate.hpp>

#include "support/report.hpp"

namespace {

using namespace betavae;

void activate(benchmark::State& state) {
  const auto activation = static_cast<Activation>(state.range(0));
  const Index count = state.range(1);
  auto values = benchmarks::numbers<float>(count, -4, 4);
  const FlushDenormals flush;  // applied to its own results over and over, silu and leaky relu end there
  for (auto _ : state) {
    kernels::activate_in_place(activation, count, values.data());
    benchmark::ClobberMemory();
  }
  state.SetLabel(std::string(name(activation)));
  const double bytes = 4 * static_cast<double>(count);
  benchmarks::report_bytes(state, 2 * bytes, bytes, benchmarks::Traffic::update);
}

void activation_gradient(benchmark::State& state) {
  const auto activation = static_cast<Activation>(state.range(0));
  const Index count = state.range(1);
  const auto kept = benchmarks::numbers<float>(count, 0.01, 0.99);
  const auto y_adjoint = benchmarks::numbers<float>(count);
  auto x_adjoint = benchmarks::numbers<float>(count);
  for (auto _ : state) {
    kernels::activation_gradient(activation, count, kept.data(), y_adjoint.data(), x_adjoint.data());
    benchmark::ClobberMemory();
  }
  state.SetLabel(std::string(name(activation)));
  const double bytes = 3 * 4 * static_cast<double>(count);
  benchmarks::report_bytes(state, bytes, bytes);
}

void activations_and_sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"activation", "numbers"});
  for (int activation = static_cast<int>(Activation::relu); activation <= static_cast<int>(Activation::softplus);
       ++activation) {
    benchmark->Args({activation, 30'000});
  }
  for (const Activation activation : {Activation::relu, Activation::tanh}) {
    for (const Index count : {20, 1'000, 1'000'000, 20'000'000}) {
      benchmark->Args({static_cast<int>(activation), count});
    }
  }
  benchmark->Repetitions(5)->ReportAggregatesOnly(true);
}

BENCHMARK(activate)->Apply(activations_and_sizes);
BENCHMARK(activation_gradient)->Apply(activations_and_sizes);

}  // namespace
