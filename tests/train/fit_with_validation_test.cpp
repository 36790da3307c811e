// SPDX-License-Identifier: MIT
// Held-out data: measured each epoch, and the end of training once they no longer profit.
#include <betavae/train/fit.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>

#include "catch.hpp"
#include "numbers.hpp"
#include "train/small_model.hpp"

using namespace betavae;
using test::grey_data;
using test::parameters_of;
using test::same_bits;
using test::small_model;
using test::SmallModel;

namespace {

/// Few samples to train on and a high learning rate: overfitted soon.
const FitOptions overfitting{.epochs = 400, .batch = 4, .learning_rate = 0.03, .seed = 2, .patience = 5};

double loss_of(const Epoch& epoch, double beta) { return epoch.validation->loss(beta); }

}  // namespace

TEST_CASE("held-out data are measured after every epoch as evaluate does, and change nothing") {
  const auto data = grey_data(20);
  const auto held_out = grey_data(15, 2);
  SmallModel model = small_model();
  std::vector<NegativeElbo> measured;
  FitOptions options{.epochs = 3, .batch = 8, .seed = 4};
  options.on_epoch = [&](const Epoch&) {
    measured.push_back(evaluate(model, held_out, {.seed = 4}));
    return true;
  };
  const History history = fit_with_validation(model, data, held_out, BetaElbo{2}, options);
  REQUIRE(history.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    REQUIRE(history[i].validation);
    CHECK(history[i].validation->rate == measured[i].rate);
    CHECK(history[i].validation->distortion == measured[i].distortion);
  }
  SmallModel alone = small_model();
  options.on_epoch = nullptr;
  fit(alone, data, BetaElbo{2}, options);
  CHECK(same_bits(parameters_of(model), parameters_of(alone)));
  CHECK(history.best_epoch == 0);  // without patience nothing is brought back
}

TEST_CASE("training ends when held-out data no longer profit, and brings the best parameters back bit for bit") {
  const auto data = grey_data(8);
  const auto held_out = grey_data(30, 2);
  for (const double beta : {0.1, 1.0}) {
    INFO(beta);
    SmallModel model = small_model();
    std::vector<std::vector<float>> parameters;
    FitOptions options = overfitting;
    options.on_epoch = [&](const Epoch&) {
      parameters.push_back(parameters_of(model));
      return true;
    };
    const History history = fit_with_validation(model, data, held_out, BetaElbo{beta}, options);
    REQUIRE(history.stopped_early);
    REQUIRE(history.best_epoch > 0);
    CHECK(static_cast<Index>(history.size()) == history.best_epoch + 5);
    CHECK(history.back().last);
    const auto best = static_cast<std::size_t>(history.best_epoch - 1);
    for (std::size_t i = 0; i < history.size(); ++i) {
      CHECK(history[i].last == (i + 1 == history.size()));
      CHECK(loss_of(history[best], beta) <= loss_of(history[i], beta));
    }
    CHECK(same_bits(parameters_of(model), parameters[best]));
    CHECK_FALSE(same_bits(parameters_of(model), parameters.back()));
  }
}

TEST_CASE("an improvement that is too small does not count") {
  SmallModel model = small_model();
  FitOptions options = overfitting;
  options.patience = 3;
  options.least_improvement = 1e6;
  const History history = fit_with_validation(model, grey_data(8), grey_data(30, 2), BetaElbo{1}, options);
  CHECK(history.stopped_early);
  CHECK(history.best_epoch == 1);
  CHECK(history.size() == 4);
}

TEST_CASE("the best parameters come back too when training ends for another reason") {
  const auto data = grey_data(8);
  const auto held_out = grey_data(30, 2);
  SmallModel model = small_model();
  FitOptions options = overfitting;
  std::vector<float> first;
  options.least_improvement = 1e6;  // the first epoch stays the best
  options.patience = 100;
  options.on_epoch = [&](const Epoch& epoch) {
    if (epoch.epoch == 1) {
      first = parameters_of(model);
    }
    return epoch.epoch < 3;
  };
  const History history = fit_with_validation(model, data, held_out, BetaElbo{1}, options);
  CHECK(history.size() == 3);
  CHECK_FALSE(history.stopped_early);
  CHECK(history.best_epoch == 1);
  CHECK(same_bits(parameters_of(model), first));
}

TEST_CASE("with the best parameters comes the sigma that belongs to them") {
  const auto data = grey_data(8);
  auto model = small_model(1, GaussianOptimalSigma{});
  std::vector<double> sigmas;
  FitOptions options = overfitting;
  options.on_epoch = [&](const Epoch&) {
    sigmas.push_back(model.likelihood.sigma());
    return true;
  };
  const History history = fit_with_validation(model, data, grey_data(30, 2), BetaElbo{1}, options);
  REQUIRE(history.stopped_early);
  CHECK(model.likelihood.sigma() == sigmas[static_cast<std::size_t>(history.best_epoch - 1)]);
  CHECK(model.likelihood.sigma() != sigmas.back());
}
