// SPDX-License-Identifier: MIT
// Objectives, noise and data sets of the user's own in training, and every likelihood of the library.
#include <betavae/train/fit.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>

#include "catch.hpp"
#include "numbers.hpp"
#include "train/small_model.hpp"

#include <algorithm>
#include <cmath>
#include <span>

using namespace betavae;
using test::grey_data;
using test::parameters_of;
using test::same_bits;
using test::small_model;
using test::SmallModel;

namespace {

/// An objective without beta(): rate toward a capacity, as Burgess et al. (2018) have it, squared instead of absolute.
struct Capacity {
  float nats;
  template <class Terms>
  auto operator()(const Terms& terms) const {
    const auto excess = sum(terms.rate_per_dimension) - nats;
    return terms.distortion + 10.0F * (excess * excess);
  }
};

/// Normals in pairs of ε and −ε.
struct Antithetic {
  GaussianNoise noise{1};
  template <class Scalar>
  void fill(MatrixView<Scalar> values, std::uint64_t step, std::uint64_t first_sample) const {
    for (Index j = 0; j < values.columns; ++j) {
      const std::uint64_t sample = first_sample + static_cast<std::uint64_t>(j);
      noise.fill(MatrixView<Scalar>{values.column(j), values.rows, 1, values.rows}, step, sample / 2);
      for (Index i = 0; sample % 2 == 1 && i < values.rows; ++i) {
        values.column(j)[i] = -values.column(j)[i];
      }
    }
  }
};

/// A data set that computes its samples.
struct Ramps {
  [[nodiscard]] int size() const { return 11; }
  [[nodiscard]] int features() const { return test::features; }
  void fill(std::span<const Index> samples, float* values) const {
    for (const Index sample : samples) {
      for (int i = 0; i < test::features; ++i) {
        *values++ = static_cast<float>(sample * i) / 50;
      }
    }
  }
};

template <class Likelihood>
void check_that_training_helps(const Likelihood& likelihood) {
  INFO(Likelihood::name);
  auto model = small_model(1, likelihood);
  const History history = fit(model, grey_data(100), BetaElbo{0.5}, {.epochs = 40, .batch = 20, .learning_rate = 0.01});
  for (std::size_t i = 10; i < history.size(); i += 10) {
    CHECK(history[i].loss < history[i - 10].loss);
  }
}

}  // namespace

TEST_CASE("the loss decreases with every likelihood") {
  check_that_training_helps(Bernoulli{});
  check_that_training_helps(Gaussian{0.3});
  check_that_training_helps(GaussianLearnedSigma<float>{});
  check_that_training_helps(GaussianOptimalSigma{});
}

TEST_CASE("an objective of one's own is trained, and held-out data are measured at beta 1 then") {
  SmallModel model = small_model();
  const auto data = grey_data(100);
  const FitOptions options{.epochs = 150, .batch = 20, .learning_rate = 0.01, .patience = 200};
  const History history = fit_with_validation(model, data, grey_data(20, 2), Capacity{0.7F}, options);
  CHECK(std::abs(history.back().rate - 0.7) < 0.15);
  const auto best = std::min_element(history.begin(), history.end(), [](const Epoch& a, const Epoch& b) {
    return a.validation->loss() < b.validation->loss();
  });
  CHECK(history.best_epoch == best->epoch);
}

TEST_CASE("noise of one's own is drawn in place of the library's") {
  const auto data = grey_data(20);
  const auto trained = [&](const auto& noise) {
    SmallModel model = small_model();
    TrainingState<float> state;
    const History history =
        fit(model, data, BetaElbo{1}, {.epochs = 20, .batch = 20, .learning_rate = 0.01}, state, noise);
    CHECK(history.back().loss < history.front().loss);
    return parameters_of(model);
  };
  const auto with_default = trained(GaussianNoise(1));
  SmallModel model = small_model();
  fit(model, data, BetaElbo{1}, {.epochs = 20, .batch = 20, .learning_rate = 0.01, .seed = 1});
  CHECK(same_bits(parameters_of(model), with_default));
  CHECK_FALSE(same_bits(trained(Antithetic{}), with_default));
  CHECK_FALSE(same_bits(trained(QuadratureNoise{}), with_default));
  CHECK(same_bits(trained(QuadratureNoise{}), trained(QuadratureNoise{})));
}

TEST_CASE("a data set of one's own is trained on, split and evaluated") {
  const Ramps data;
  SmallModel model = small_model();
  const auto parts = split(data, {.validation = 0.2, .test = 0.2});
  const History history = fit_with_validation(model, parts.training, parts.validation, BetaElbo{1},
                                              {.epochs = 30, .batch = 4, .learning_rate = 0.01});
  CHECK(history.back().loss < history.front().loss);
  CHECK(history.back().step == 30 * 2);
  CHECK(evaluate(model, parts.test).distortion > 0);
  CHECK(fit(model, data, BetaElbo{1}, {.epochs = 1}).size() == 1);
}
