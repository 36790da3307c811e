// SPDX-License-Identifier: MIT
// What training does: its order, its steps, its callbacks and where it goes on. What it refuses is in fit_errors_test.cpp.
#include <betavae/train/fit.hpp>

#include "catch.hpp"
#include "numbers.hpp"
#include "train/small_model.hpp"

#include <cmath>
#include <limits>
#include <set>
#include <span>
#include <thread>

using namespace betavae;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
using test::grey_data;
using test::parameters_of;
using test::same_bits;
using test::small_model;
using test::SmallModel;

namespace {

/// Counts how often each sample is read, and how large each batch was.
struct CountingSet {
  Matrix<float> matrix;
  mutable std::vector<int> reads = std::vector<int>(static_cast<std::size_t>(matrix.cols()));
  mutable std::vector<std::size_t> batches = {};

  [[nodiscard]] Index size() const { return matrix.cols(); }
  [[nodiscard]] Index features() const { return matrix.rows(); }
  void fill(std::span<const Index> samples, float* values) const {
    batches.push_back(samples.size());
    for (const Index sample : samples) {
      ++reads[static_cast<std::size_t>(sample)];
    }
    MatrixSet<float>(matrix).fill(samples, values);
  }
};

/// The parameters after a training from the same beginning.
std::vector<float> trained(const Matrix<float>& data, const FitOptions& options) {
  SmallModel model = small_model();
  fit(model, data, BetaElbo{1}, options);
  return parameters_of(model);
}

}  // namespace

TEST_CASE("the same seed gives the same bits, another seed others") {
  const auto data = grey_data(50);
  const auto first = trained(data, {.epochs = 3, .batch = 16, .seed = 1});
  CHECK(same_bits(first, trained(data, {.epochs = 3, .batch = 16, .seed = 1})));
  CHECK_FALSE(same_bits(first, trained(data, {.epochs = 3, .batch = 16, .seed = 2})));
}

TEST_CASE("two models trained in two threads at once get the bits of one after the other") {
  const auto data = grey_data(200);
  const FitOptions options{.epochs = 10, .batch = 16};
  const FitOptions other_options{.epochs = 10, .batch = 24, .seed = 5};
  std::vector<float> first;
  std::vector<float> second;
  std::thread one([&] { first = trained(data, options); });
  std::thread other([&] { second = trained(data, other_options); });
  one.join();
  other.join();
  CHECK(same_bits(first, trained(data, options)));
  CHECK(same_bits(second, trained(data, other_options)));
}

TEST_CASE("no epochs leave everything as it was") {
  SmallModel model = small_model();
  const auto before = parameters_of(model);
  TrainingState<float> state;
  const History history = fit(model, grey_data(10), BetaElbo{1}, {.epochs = 0, .schedule = linear_warm_up(5)}, state);
  CHECK(history.empty());
  CHECK_FALSE(history.stopped_early);
  CHECK(history.best_epoch == 0);
  CHECK(state.step == 0);
  CHECK(state.epoch == 0);
  CHECK(state.adam.updates() == 0);
  CHECK(same_bits(parameters_of(model), before));
}

TEST_CASE("each sample is seen once an epoch, those that do not fill a batch too") {
  const CountingSet data{grey_data(130)};
  SmallModel model = small_model();
  Index steps = 0;
  const History history =
      fit(model, data, BetaElbo{1}, {.epochs = 3, .batch = 128, .on_step = [&](const StepReport&) { ++steps; }});
  CHECK(steps == 6);
  CHECK(history.back().step == 6);
  // One look at everything comes before training.
  for (const int reads : data.reads) {
    CHECK(reads == 4);
  }
  const std::vector<std::size_t> sizes(data.batches.end() - 6, data.batches.end());
  CHECK(sizes == std::vector<std::size_t>{128, 2, 128, 2, 128, 2});
}

TEST_CASE("the order changes from epoch to epoch") {
  struct Recording : CountingSet {
    mutable std::vector<std::vector<Index>> orders = {};
    void fill(std::span<const Index> samples, float* values) const {
      orders.emplace_back(samples.begin(), samples.end());
      MatrixSet<float>(matrix).fill(samples, values);
    }
  };
  const Recording data{{grey_data(30)}};
  SmallModel model = small_model();
  fit(model, data, BetaElbo{1}, {.epochs = 4, .batch = 30});
  REQUIRE(data.orders.size() == 5);  // the first is the look before training
  CHECK(std::set<std::vector<Index>>(data.orders.begin(), data.orders.end()).size() == 5);
}

TEST_CASE("a batch larger than the set is one batch a step, however large") {
  const auto data = grey_data(10);
  const auto exact = trained(data, {.epochs = 3, .batch = 10});
  CHECK(same_bits(exact, trained(data, {.epochs = 3, .batch = 11})));
  CHECK(same_bits(exact, trained(data, {.epochs = 3, .batch = std::numeric_limits<Index>::max()})));
}

TEST_CASE("one sample is enough to train on") {
  const auto data = grey_data(1);
  SmallModel model = small_model();
  const History history = fit(model, data, BetaElbo{1}, {.epochs = 200, .learning_rate = 0.01});
  CHECK(history.size() == 200);
  CHECK(history.back().step == 200);
  CHECK(history.back().loss < history.front().loss);
  CHECK(history.back().active == 0);  // one mean does not vary
}

TEST_CASE("two fits that share a state equal one long fit bit for bit") {
  const auto data = grey_data(50);
  const auto whole = trained(data, {.epochs = 5, .batch = 16});
  SmallModel model = small_model();
  TrainingState<float> state;
  fit(model, data, BetaElbo{1}, {.epochs = 2, .batch = 16}, state);
  CHECK(state.epoch == 2);
  CHECK(state.step == 8);
  CHECK(state.adam.updates() == 8);
  const History history = fit(model, data, BetaElbo{1}, {.epochs = 3, .batch = 16}, state);
  CHECK(same_bits(parameters_of(model), whole));
  CHECK(history.front().epoch == 3);
  CHECK(history.back().epoch == 5);
  CHECK(history.back().step == 20);
}

TEST_CASE("a copy of model and state goes on like the original") {
  const auto data = grey_data(50);
  SmallModel model = small_model();
  TrainingState<float> state;
  fit(model, data, BetaElbo{1}, {.epochs = 2, .batch = 16}, state);
  SmallModel copy = model;
  TrainingState<float> copied_state = state;
  const auto before = parameters_of(model);
  fit(copy, data, BetaElbo{1}, {.epochs = 2, .batch = 16}, copied_state);
  CHECK(same_bits(parameters_of(model), before));
  fit(model, data, BetaElbo{1}, {.epochs = 2, .batch = 16}, state);
  CHECK(same_bits(parameters_of(model), parameters_of(copy)));
}

TEST_CASE("training without a state begins anew each time") {
  const auto data = grey_data(50);
  SmallModel model = small_model();
  fit(model, data, BetaElbo{1}, {.epochs = 1});
  const History history = fit(model, data, BetaElbo{1}, {.epochs = 1});
  CHECK(history.front().epoch == 1);
  CHECK(history.front().step == 1);
}

TEST_CASE("a gradient longer than max_gradient_norm is scaled down to it before the update") {
  // With a large epsilon the first update is nearly learning rate · gradient / epsilon, so that its length can be seen.
  const auto data = grey_data(20);
  constexpr double epsilon = 1e4;
  const auto update_length = [&](double max_gradient_norm) {
    SmallModel model = small_model();
    const auto before = parameters_of(model);
    const History history = fit(model, data, BetaElbo{1},
                                {.epochs = 1,
                                 .batch = 20,
                                 .learning_rate = epsilon,
                                 .adam = {.epsilon = epsilon},
                                 .max_gradient_norm = max_gradient_norm});
    const auto after = parameters_of(model);
    double squares = 0;
    for (std::size_t i = 0; i < after.size(); ++i) {
      squares += std::pow(static_cast<double>(after[i]) - static_cast<double>(before[i]), 2);
    }
    return std::pair{std::sqrt(squares), history.front().gradient_norm};
  };
  const auto [free_length, norm] = update_length(std::numeric_limits<double>::infinity());
  CHECK_THAT(free_length, WithinRel(norm, 1e-3));
  const auto [length, norm_before_clipping] = update_length(norm / 8);
  CHECK_THAT(length, WithinRel(norm / 8, 1e-3));
  CHECK(norm_before_clipping == norm);
  CHECK(update_length(norm * 1.01).first == free_length);
}

TEST_CASE("two clipped steps are those of Adam with the scaled gradients") {
  const auto data = grey_data(20);
  constexpr double limit = 0.3;
  constexpr double rate = 0.01;
  const FitOptions options{.epochs = 2, .batch = 20, .learning_rate = rate, .seed = 3, .max_gradient_norm = limit};
  SmallModel model = small_model();
  fit(model, data, BetaElbo{2}, options);

  SmallModel by_hand = small_model();
  const auto start = parameters_of(by_hand);
  std::vector<double> parameters(start.begin(), start.end());
  std::vector<double> mean(start.size());
  std::vector<double> square(start.size());
  TrainingStep step(by_hand);
  std::vector<Index> order;
  for (std::uint64_t number = 0; number < 2; ++number) {
    shuffle(order, 20, Random(3, Stream::shuffle), number + 1);
    step.batch().fill(MatrixSet<float>(data), order);
    const auto result = step.differentiate(BetaElbo{2}, GaussianNoise(3), number, [](const auto&...) {});
    REQUIRE(result.gradient_norm > 2 * limit);
    const double time = static_cast<double>(number) + 1;
    std::size_t i = 0;
    for (const auto& part : step.gradients().parts()) {
      for (Index k = 0; k < part.size(); ++k, ++i) {
        const double g = static_cast<double>(step.gradients().data(part)[k]) * limit / result.gradient_norm;
        mean[i] = 0.9 * mean[i] + 0.1 * g;
        square[i] = 0.999 * square[i] + 0.001 * g * g;
        parameters[i] -=
            rate * (mean[i] / (1 - std::pow(0.9, time))) / (std::sqrt(square[i] / (1 - std::pow(0.999, time))) + 1e-8);
        part.parameter[k] = static_cast<float>(parameters[i]);
      }
    }
  }
  const auto after = parameters_of(model);
  for (std::size_t i = 0; i < after.size(); ++i) {
    CHECK_THAT(static_cast<double>(after[i]), WithinAbs(parameters[i], 2e-6));
  }
}

TEST_CASE("the schedule multiplies the learning rate, counting the steps of this call") {
  const auto data = grey_data(20);
  std::vector<std::pair<Index, Index>> asked;
  SmallModel model = small_model();
  const History history = fit(model, data, BetaElbo{1},
                              {.epochs = 2, .batch = 8, .learning_rate = 0.5, .schedule = [&](Index step, Index steps) {
                                 asked.emplace_back(step, steps);
                                 return step == 0 ? 1 : 0.25 / static_cast<double>(step);
                               }});
  CHECK(asked == std::vector<std::pair<Index, Index>>{{0, 6}, {1, 6}, {2, 6}, {3, 6}, {4, 6}, {5, 6}});
  CHECK(history[0].learning_rate == 0.0625);
  CHECK(history[1].learning_rate == 0.025);
}

TEST_CASE("a factor of zero updates nothing") {
  SmallModel model = small_model();
  const auto before = parameters_of(model);
  fit(model, grey_data(20), BetaElbo{1}, {.epochs = 1, .schedule = [](Index, Index) { return 0.0; }});
  CHECK(same_bits(parameters_of(model), before));
}

TEST_CASE("on_step reports numbers that fit together") {
  const auto data = grey_data(20);
  SmallModel model = small_model();
  std::vector<StepReport> reports;
  const History history = fit(model, data, BetaElbo{3},
                              {.epochs = 2, .batch = 8, .on_step = [&](const StepReport& r) { reports.push_back(r); }});
  REQUIRE(reports.size() == 6);
  const Index samples[] = {8, 16, 20, 28, 36, 40};
  for (std::size_t i = 0; i < 6; ++i) {
    const StepReport& report = reports[i];
    CHECK(report.epoch == (i < 3 ? 1 : 2));
    CHECK(report.epochs == 2);
    CHECK(report.step == static_cast<Index>(i) + 1);
    CHECK(report.steps == 6);
    CHECK(report.samples == samples[i]);
    CHECK(report.latents == test::latents);
    CHECK(report.active >= 0);
    CHECK(report.active <= test::latents);
    CHECK(report.rate >= 0);
    CHECK(report.distortion > 0);
    CHECK(report.samples_per_second > 0);
    CHECK(report.seconds_left >= 0);
  }
  CHECK(reports.back().seconds_left == 0);
  for (std::size_t epoch = 0; epoch < 2; ++epoch) {  // the last report of an epoch is the epoch
    CHECK(reports[3 * epoch + 2].rate == history[epoch].rate);
    CHECK(reports[3 * epoch + 2].distortion == history[epoch].distortion);
    CHECK(reports[3 * epoch + 2].active == history[epoch].active);
  }
}

TEST_CASE("an epoch is the mean over its samples, and its parts fit together") {
  const auto data = grey_data(20);
  SmallModel model = small_model();
  // Nothing moves, so that each batch can be measured again by hand.
  const History history =
      fit(model, data, BetaElbo{3}, {.epochs = 1, .batch = 8, .seed = 2, .schedule = [](Index, Index) { return 0.0; }});
  std::vector<Index> order;
  shuffle(order, 20, Random(2, Stream::shuffle), 1);
  TrainingStep step(model);
  double rate = 0;
  double distortion = 0;
  for (std::size_t first = 0; first < 20; first += 8) {
    const std::size_t count = std::min<std::size_t>(8, 20 - first);
    step.batch().fill(MatrixSet<float>(data), std::span{order}.subspan(first, count));
    const auto result = step.differentiate(BetaElbo{3}, GaussianNoise(2), first / 8, [](const auto&...) {});
    rate += result.rate * static_cast<double>(count) / 20;
    distortion += result.distortion * static_cast<double>(count) / 20;
  }
  const Epoch& epoch = history.front();
  CHECK_THAT(epoch.rate, WithinRel(rate, 1e-12));
  CHECK_THAT(epoch.distortion, WithinRel(distortion, 1e-12));
  CHECK_THAT(epoch.loss, WithinRel(distortion + 3 * rate, 1e-6));
  CHECK_THAT(epoch.rate_per_dimension[0] + epoch.rate_per_dimension[1], WithinRel(rate, 1e-12));
  CHECK(epoch.latents == test::latents);
  CHECK(epoch.seconds > 0);
  CHECK_THAT(epoch.samples_per_second * epoch.seconds, WithinRel(20, 1e-9));
  CHECK_FALSE(epoch.validation);
}

TEST_CASE("on_epoch ends training by returning false, and sees which epoch is the last") {
  const auto data = grey_data(20);
  SmallModel model = small_model();
  std::vector<bool> last;
  FitOptions options{.epochs = 5, .on_epoch = [&](const Epoch& epoch) {
                       last.push_back(epoch.last);
                       return epoch.epoch < 3;
                     }};
  const History history = fit(model, data, BetaElbo{1}, options);
  CHECK(history.size() == 3);
  CHECK_FALSE(history.stopped_early);
  CHECK(last == std::vector<bool>{false, false, false});
  CHECK(same_bits(parameters_of(model), trained(data, {.epochs = 3})));
  options.epochs = 2;
  last.clear();
  fit(model, data, BetaElbo{1}, options);
  CHECK(last == std::vector<bool>{false, true});
}

TEST_CASE("an exception of a callback passes through, and training can go on after it") {
  const auto data = grey_data(20);
  SmallModel model = small_model();
  TrainingState<float> state;
  const FitOptions throws{.epochs = 1, .on_epoch = [](const Epoch&) -> bool { throw std::runtime_error("enough"); }};
  CHECK_THROWS_WITH(fit(model, data, BetaElbo{1}, throws, state), "enough");
  fit(model, data, BetaElbo{1}, {.epochs = 1}, state);
  CHECK(same_bits(parameters_of(model), trained(data, {.epochs = 2})));
}

TEST_CASE("a matrix, its block and a DataSet of the same numbers train to the same bits") {
  const auto data = grey_data(20);
  const auto expected = trained(data, {.epochs = 2});
  const auto bits_of = [&](const auto& set) {
    SmallModel model = small_model();
    fit(model, set, BetaElbo{1}, {.epochs = 2});
    return parameters_of(model);
  };
  Matrix<float> larger = Matrix<float>::Constant(10, 30, 7);
  larger.block(1, 2, test::features, 20) = data;
  CHECK(same_bits(bits_of(larger.block(1, 2, test::features, 20)), expected));
  CHECK(same_bits(bits_of(MatrixSet<float>(data)), expected));
  CHECK(same_bits(bits_of(CountingSet{data}), expected));
}
