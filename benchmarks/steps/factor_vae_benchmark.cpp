// SPDX-License-Identifier: MIT
// What a step of FactorVAE costs against the plain ELBO's, in time and in FLOP: 784-400-20, batch 128. Both kinds of steps take turns in
// blocks, and their medians are compared. FLOP are those of the products:
//
//     the model's own                                           6 a parameter and sample, less the gradient of the data
//     the discriminator in the model's loss                     4 a weight and sample: forward, and the gradient of the codes
//     the discriminator's own step, half real, half permuted    6 a weight and sample, less the gradient of its codes
//
// BETAVAE_THREADS sets how many threads there are; InfoVAE stands beside it, its FLOP being next to nothing.
#include <betavae/train/adam.hpp>
#include <betavae/train/objective/factor_vae.hpp>
#include <betavae/vae/objective/info_elbo.hpp>

#include "support/models.hpp"
#include "support/report.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

namespace {

using namespace betavae;

constexpr Index samples = 128;

/// Training of one model under one objective, as `fit` does it, on one batch.
template <class Model, class Objective>
class Steps {
 public:
  Steps(Model model, Objective objective)
      : model_(std::move(model)), objective_(std::move(objective)), step_(model_, &threads_) {
    data_.array() += 0.5F;
    shuffle(order_, samples, Random(1), 0);
  }

  void run_one() {
    const MatrixSet<float> data(data_);
    step_.batch().fill(data, order_);
    step_.differentiate(objective_, noise_, number_++, [&](const auto& terms, const auto& /*value*/) {
      if constexpr (requires { objective_.end_step(terms); }) {
        objective_.end_step(terms);
      }
    });
    adam_.update(step_.gradients(), 1e-4, 1, &threads_);
  }

  /// Appends the milliseconds of each of `count` steps.
  void time(int count, std::vector<double>& into) {
    for (int i = 0; i < count; ++i) {
      const auto start = std::chrono::steady_clock::now();
      run_one();
      into.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
  }

  [[nodiscard]] double flop() { return benchmarks::step_work(model_, samples).flop; }
  [[nodiscard]] const Objective& objective() const { return objective_; }

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
};

double median(std::vector<double> times) {
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

/// FLOP that an objective adds to a step.
template <class Objective>
double added_flop(const Objective& objective) {
  double flop = 0;
  if constexpr (requires { objective.discriminator(); }) {
    bool is_first = true;
    visit_parameters(objective.discriminator(), [&](const auto& /*name*/, const auto& parameter) {
      using Type = std::remove_cvref_t<decltype(parameter)>;
      if (Type::Columns > 1) {
        flop += (is_first ? 8 : 10) * static_cast<double>(parameter.size()) * static_cast<double>(samples);
        is_first = false;
      }
    });
  }
  return flop;
}

template <auto make_objective>
void against_plain(benchmark::State& state) {
  Steps plain(benchmarks::dense_784_400_20(), BetaElbo{1});
  Steps other(benchmarks::dense_784_400_20(), make_objective());
  std::vector<double> plain_times;
  std::vector<double> other_times;
  plain.run_one();
  other.run_one();
  for (auto _ : state) {
    plain.run_one();  // whose caches the other's block has taken
    plain.time(10, plain_times);
    other.time(10, other_times);
  }
  const double time_ratio = median(other_times) / median(plain_times);
  const double flop_ratio = 1 + added_flop(other.objective()) / plain.flop();
  state.counters["plain ms"] = median(plain_times);
  state.counters["ms"] = median(other_times);
  state.counters["time ratio"] = time_ratio;
  state.counters["FLOP ratio"] = flop_ratio;
  state.counters["time/FLOP"] = time_ratio / flop_ratio;
}

auto small_discriminator() { return factor_vae<20, 400, 400>(); }
auto middle_discriminator() { return factor_vae<20, 1000, 1000>(); }
auto discriminator_of_paper() { return factor_vae<20>(); }
auto info_multiquadratic() { return InfoElbo({.alpha = 0.5, .lambda = 100}); }
auto info_gaussian() { return InfoElbo({.alpha = 0.5, .lambda = 100}, GaussianKernel{}); }

void some_seconds(benchmark::internal::Benchmark* benchmark) {
  benchmark->Unit(benchmark::kMillisecond)->UseRealTime()->MinTime(3);
}

BENCHMARK(against_plain<&small_discriminator>)->Name("FactorVAE, discriminator 20-400-400-1")->Apply(some_seconds);
BENCHMARK(against_plain<&middle_discriminator>)->Name("FactorVAE, discriminator 20-1000-1000-1")->Apply(some_seconds);
BENCHMARK(against_plain<&discriminator_of_paper>)->Name("FactorVAE, discriminator 20-1000x5-1")->Apply(some_seconds);
BENCHMARK(against_plain<&info_multiquadratic>)->Name("InfoVAE, inverse multiquadratic")->Apply(some_seconds);
BENCHMARK(against_plain<&info_gaussian>)->Name("InfoVAE, Gaussian kernel")->Apply(some_seconds);

}  // namespace
