// SPDX-License-Identifier: MIT
// One sample at a time through 7-16-8: what a program pays that meets its data one by one. "independent" calls may overlap in the
// processor; in a "chained" one each sample depends on the result before.
#include "support/models.hpp"
#include "support/report.hpp"

#include <array>
#include <span>

namespace {

using namespace betavae;

constexpr Index samples = 64;

/// A network copied for one sample at a time.
template <bool is_chained>
void single_sample(benchmark::State& state) {
  const auto model = benchmarks::record_7_16_8();
  const SingleSample encode(model.encoder.network);
  const Matrix<float> x = Matrix<float>::Random(7, samples);
  std::array<float, 8> y{};
  Index i = 0;
  for (auto _ : state) {
    y = encode(std::span<const float, 7>(is_chained ? y.data() : x.data() + 7 * (i++ % samples), 7));
    benchmark::DoNotOptimize(y);
  }
}

/// f(model, sample) for one sample of `rows` numbers after the other, independent of each other.
template <class Function>
void one_by_one(benchmark::State& state, Index rows, const Function& function) {
  const auto model = benchmarks::record_7_16_8();
  const Matrix<float> x = Matrix<float>::Random(rows, samples);
  Index i = 0;
  for (auto _ : state) {
    auto result = function(model, x.col(i++ % samples));
    benchmark::DoNotOptimize(result);
  }
}

void encode_independent(benchmark::State& state) {
  one_by_one(state, 7, [](const auto& model, const auto& x) { return model.encode(x); });
}

void decode_independent(benchmark::State& state) {
  one_by_one(state, 4, [](const auto& model, const auto& z) { return model.decode(z); });
}

void negative_elbo(benchmark::State& state) {
  one_by_one(state, 7, [](const auto& model, const auto& x) { return model.negative_elbo(x); });
}

void encode_chained(benchmark::State& state) {
  const auto model = benchmarks::record_7_16_8();
  Matrix<float> x = Matrix<float>::Random(7, 1);
  for (auto _ : state) {
    const auto codes = model.encode(x);
    x.topRows(4) = codes.mean;
    x.bottomRows(3) = codes.log_variance.topRows(3);
  }
  benchmark::DoNotOptimize(x);
}

BENCHMARK(single_sample<false>)->Name("SingleSample, independent")->Repetitions(5)->ReportAggregatesOnly(true);
BENCHMARK(single_sample<true>)->Name("SingleSample, chained")->Repetitions(5)->ReportAggregatesOnly(true);
BENCHMARK(encode_independent)->Repetitions(5)->ReportAggregatesOnly(true);
BENCHMARK(encode_chained)->Repetitions(5)->ReportAggregatesOnly(true);
BENCHMARK(decode_independent)->Repetitions(5)->ReportAggregatesOnly(true);
BENCHMARK(negative_elbo)->Repetitions(5)->ReportAggregatesOnly(true);

}  // namespace
