// SPDX-License-Identifier: MIT
// What an objective adds to a step of the plain ELBO: 784-400-20, batch 128, float. Steps of both take turns in blocks of ten, and the
// medians of their times are compared. BETAVAE_THREADS sets how many threads there are.
#include <betavae/train/adam.hpp>
#include <betavae/vae/objective/beta_tc.hpp>
#include <betavae/vae/objective/dip.hpp>

#include "support/models.hpp"
#include "support/report.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

namespace {

using namespace betavae;

constexpr Index samples = 128;

/// Training of one model on one batch, as `fit` does it.
template <class Model, class Objective>
class Steps {
 public:
  Steps(Model model, Objective objective)
      : model_(std::move(model)), objective_(std::move(objective)), step_(model_, &threads_) {
    data_.array() += 0.5F;
    shuffle(order_, samples, Random(1), 0);
    run(3);
  }

  /// Appends the milliseconds of each step.
  void run(int steps) {
    const MatrixSet<float> data(data_);
    for (int i = 0; i < steps; ++i) {
      const auto start = std::chrono::steady_clock::now();
      step_.batch().fill(data, order_);
      step_.differentiate(objective_, noise_, number_++, [](const auto&...) {});
      adam_.update(step_.gradients(), 1e-4, 1, &threads_);
      times_.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
  }

  [[nodiscard]] double median_time() const {
    std::vector<double> times = times_;
    const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::nth_element(times.begin(), middle, times.end());
    return *middle;
  }

 private:
  Model model_;
  Objective objective_;
  Threads threads_;
  TrainingStep<Model> step_;
  Matrix<float> data_ = Matrix<float>::Random(784, samples) * 0.5F;
  std::vector<Index> order_;
  Adam<float> adam_;
  GaussianNoise noise_{1};
  std::uint64_t number_ = 0;
  std::vector<double> times_;
};

template <auto make_objective>
void against_plain(benchmark::State& state) {
  Steps plain(benchmarks::dense_784_400_20(), BetaElbo{1});
  Steps other(benchmarks::dense_784_400_20(), make_objective());
  for (auto _ : state) {
    plain.run(10);
    other.run(10);
  }
  state.counters["plain ms"] = plain.median_time();
  state.counters["ms"] = other.median_time();
  state.counters["ratio"] = other.median_time() / plain.median_time();
}

auto plain_again() { return BetaElbo{4}; }
auto beta_tc_stratified() { return BetaTotalCorrelation(6, {.samples = 60000}); }
auto beta_tc_weighted() { return BetaTotalCorrelation(6, {.estimator = DensityEstimator::minibatch_weighted}); }
auto dip_of_means() { return DipElbo({.covariance = DipCovariance::of_means}); }
auto dip_of_codes() { return DipElbo({.covariance = DipCovariance::of_codes}); }

void in_turns(benchmark::internal::Benchmark* benchmark) {
  benchmark->Unit(benchmark::kMillisecond)->UseRealTime()->MinTime(3)->Repetitions(5)->ReportAggregatesOnly(true);
}

BENCHMARK(against_plain<&plain_again>)->Name("beta-ELBO")->Apply(in_turns);
BENCHMARK(against_plain<&beta_tc_stratified>)->Name("beta-TC, stratified")->Apply(in_turns);
BENCHMARK(against_plain<&beta_tc_weighted>)->Name("beta-TC, weighted")->Apply(in_turns);
BENCHMARK(against_plain<&dip_of_means>)->Name("DIP I")->Apply(in_turns);
BENCHMARK(against_plain<&dip_of_codes>)->Name("DIP II")->Apply(in_turns);

}  // namespace
