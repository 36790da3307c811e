// SPDX-License-Identifier: MIT
#include <betavae/train/controller/pid.hpp>
#include <betavae/train/fit.hpp>

#include "catch.hpp"
#include "numbers.hpp"
#include "train/small_model.hpp"

#include <algorithm>
#include <limits>

using namespace betavae;
using test::grey_data;
using test::parameters_of;
using test::same_bits;
using test::small_model;
using test::SmallModel;

namespace {

/// Early stopping without a training: epochs of these rates and distortions, each at its own β.
struct Measured {
  NegativeElbo held_out;
  double beta = 1;
};

struct Outcome {
  Index stopped_after = 0;  ///< 0: never
  Index best_epoch = 0;
};

Outcome stop(Index patience, double least_improvement, const std::vector<Measured>& epochs) {
  SmallModel model = small_model();
  const Gradients<float> gradients(model);
  detail::EarlyStopping<SmallModel> stopping(patience, least_improvement);
  Outcome outcome;
  Index epoch = 0;
  for (const auto& [held_out, beta] : epochs) {
    ++epoch;
    stopping.add(
        epoch, held_out, [price = beta](const NegativeElbo& terms) { return terms.loss(price); }, model, gradients);
    if (outcome.stopped_after == 0 && stopping.is_out_of_patience()) {
      outcome.stopped_after = epoch;
    }
  }
  outcome.best_epoch = stopping.bring_back(model, gradients);
  return outcome;
}

}  // namespace

TEST_CASE("A model that gets better at every price is not stopped because beta rises", "[train]") {
  // Their losses, each at its own β: 102, 105.6, 110.4, 114.8. Compared so, the first would be the best.
  const std::vector<Measured> epochs{{{2, 100}, 1}, {{1.9, 99.9}, 3}, {{1.8, 99.6}, 6}, {{1.7, 99.5}, 9}};
  const Outcome outcome = stop(2, 0, epochs);
  CHECK(outcome.stopped_after == 0);
  CHECK(outcome.best_epoch == 4);
  double least = std::numeric_limits<double>::infinity();
  Index best_at_own_prices = 0;
  for (std::size_t i = 0; i < epochs.size(); ++i) {
    if (epochs[i].held_out.loss(epochs[i].beta) < least) {
      least = epochs[i].held_out.loss(epochs[i].beta);
      best_at_own_prices = static_cast<Index>(i) + 1;
    }
  }
  CHECK(best_at_own_prices == 1);
}

TEST_CASE("A falling beta alone is no improvement", "[train]") {
  const Outcome outcome = stop(2, 0, {{{10, 100}, 3}, {{10, 100}, 2}, {{10, 100}, 1}});
  CHECK(outcome.stopped_after == 3);
  CHECK(outcome.best_epoch == 1);
}

TEST_CASE("An epoch counts as better by more than the least improvement alone", "[train]") {
  CHECK(stop(3, 1, {{{0, 10}}, {{0, 9}}, {{0, 8.5}}, {{0, 8}}}).best_epoch == 3);
  CHECK(stop(3, 1, {{{0, 10}}, {{0, 9.5}}, {{0, 9.25}}, {{0, 9}}}).stopped_after == 4);
}

TEST_CASE("A loss that is not a number is never the best, and without patience nothing is kept", "[train]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(stop(2, 0, {{{0, nan}}, {{0, 5}}, {{0, nan}}}).best_epoch == 2);
  CHECK(stop(2, 0, {{{0, nan}}, {{0, nan}}}).stopped_after == 2);
  CHECK(stop(2, 0, {{{0, nan}}, {{0, nan}}}).best_epoch == 0);
  const Outcome none = stop(0, 0, {{{0, 5}}, {{0, 6}}, {{0, 7}}});
  CHECK(none.stopped_after == 0);
  CHECK(none.best_epoch == 0);
}

TEST_CASE("While a controller raises beta, training goes on as long as held-out data profit at the beta of the day",
          "[train]") {
  const auto data = grey_data(64);
  SmallModel model = small_model();
  BetaElbo objective{PidController({.rate = 0.5, .beta = 0.05})};
  std::vector<double> betas;
  std::vector<std::vector<float>> parameters;
  const FitOptions options{
      .epochs = 120, .batch = 16, .learning_rate = 0.01, .patience = 5, .on_epoch = [&](const Epoch&) {
        betas.push_back(objective.beta());
        parameters.push_back(parameters_of(model));
        return true;
      }};
  const History history = fit_with_validation(model, data, grey_data(40, 2), objective, options);
  REQUIRE(betas.size() == history.size());
  // By hand: at one price each time, and at many.
  std::size_t best = 0;
  std::size_t best_at_own_prices = 0;
  std::size_t longest_at_own_prices = 0;
  for (std::size_t i = 1; i < history.size(); ++i) {
    const NegativeElbo& now = *history[i].validation;
    best = now.loss(betas[i]) < history[best].validation->loss(betas[i]) ? i : best;
    const double least = history[best_at_own_prices].validation->loss(betas[best_at_own_prices]);
    best_at_own_prices = now.loss(betas[i]) < least ? i : best_at_own_prices;
    longest_at_own_prices = std::max(longest_at_own_prices, i - best_at_own_prices);
  }
  CHECK(history.best_epoch == static_cast<Index>(best) + 1);
  CHECK(same_bits(parameters_of(model), parameters[best]));
  CHECK(longest_at_own_prices > 5);  // so that losses at different prices would have ended it sooner
}
