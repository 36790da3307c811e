// SPDX-License-Identifier: MIT
// What `fit` refuses, and that it changes nothing then: neither parameters nor the state of training.
#include <betavae/train/fit.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>

#include "catch.hpp"
#include "error_text.hpp"
#include "numbers.hpp"
#include "train/small_model.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

using namespace betavae;
using test::error_text;
using test::grey_data;
using test::parameters_of;
using test::same_bits;
using test::small_model;
using test::SmallModel;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// The text of the error, after a check that nothing was trained.
template <class Error>
std::string refused(const Matrix<float>& data, const FitOptions& options = {}) {
  SmallModel model = small_model();
  const auto before = parameters_of(model);
  TrainingState<float> state;
  const std::string text = error_text<Error>([&] { fit(model, data, BetaElbo{1}, options, state); });
  CHECK(same_bits(parameters_of(model), before));
  CHECK(state.step == 0);
  CHECK(state.epoch == 0);
  CHECK(state.adam.updates() == 0);
  return text;
}

std::string refused_validation(const Matrix<float>& validation, bool is_data_error = false) {
  SmallModel model = small_model();
  const auto before = parameters_of(model);
  const auto call = [&] { fit_with_validation(model, grey_data(10), validation, BetaElbo{1}, {.epochs = 2}); };
  const std::string text = is_data_error ? error_text<DataError>(call) : error_text<ArgumentError>(call);
  CHECK(same_bits(parameters_of(model), before));
  return text;
}

Matrix<float> with_value(float value) {
  Matrix<float> data = grey_data(10);
  data(2, 7) = value;
  return data;
}

/// Trains until it throws, and checks what is promised then: nothing of that step was applied.
template <class Model, class Objective>
std::string not_finite(Model model, const Matrix<float>& data, const Objective& objective, FitOptions options) {
  auto before = parameters_of(model);
  Index steps = 0;
  options.on_step = [&](const StepReport& report) {
    before = parameters_of(model);
    steps = report.step;
  };
  TrainingState<float> state;
  const std::string text = error_text<NotFiniteError>([&] { fit(model, data, objective, options, state); });
  const auto after = parameters_of(model);
  CHECK(same_bits(after, before));
  CHECK(std::all_of(after.begin(), after.end(), [](float number) { return std::isfinite(number); }));
  CHECK(static_cast<Index>(state.step) == steps);
  CHECK(state.adam.updates() == steps);
  CHECK(contains(text, "fit: step " + std::to_string(steps + 1) + ": "));
  CHECK(contains(text, "No parameter was changed in this step"));
  CHECK(contains(text, "lower the learning rate"));
  return text;
}

/// An operation of the user's own whose value is right and whose reverse pass is not.
struct BrokenReverse {
  template <class Terms>
  auto operator()(const Terms& terms) const {
    return unary(
        "broken_by_user", BetaElbo{1}(terms), [](float x) { return x; },
        [](float, float) { return std::numeric_limits<float>::quiet_NaN(); });
  }
};

/// The same with a value that is not finite.
struct BrokenValue {
  template <class Terms>
  auto operator()(const Terms& terms) const {
    return unary(
        "log_of_user", BetaElbo{1}(terms), [](float x) { return std::log(-x); }, [](float x, float) { return 1 / x; });
  }
};

}  // namespace

TEST_CASE("options out of range are refused before anything is trained") {
  const auto data = grey_data(10);
  const auto text = [&](const FitOptions& options) { return refused<ArgumentError>(data, options); };
  CHECK(text({.epochs = -1}) == "fit: options.epochs: expected at least 0, got -1");
  CHECK(contains(text({.epochs = std::numeric_limits<Index>::max(), .batch = 5}),
                 "fit: options.epochs: expected so few that their steps can be counted, got 9223372036854775807"));
  CHECK(text({.batch = 0}) == "fit: options.batch: expected at least 1, got 0");
  CHECK(text({.batch = -4}) == "fit: options.batch: expected at least 1, got -4");
  CHECK(text({.learning_rate = 0}) == "fit: options.learning_rate: expected a finite number above 0, got 0");
  CHECK(text({.learning_rate = -1e-3}) == "fit: options.learning_rate: expected a finite number above 0, got -0.001");
  CHECK(text({.learning_rate = not_a_number}) ==
        "fit: options.learning_rate: expected a finite number above 0, got nan");
  CHECK(text({.learning_rate = infinity}) == "fit: options.learning_rate: expected a finite number above 0, got inf");
  CHECK(text({.max_gradient_norm = 0}) == "fit: options.max_gradient_norm: expected a number above 0, got 0");
  CHECK(text({.max_gradient_norm = not_a_number}) ==
        "fit: options.max_gradient_norm: expected a number above 0, got nan");
  CHECK(text({.patience = -1}) ==
        "fit: options.patience: expected 0 without held-out data (see fit_with_validation), got -1");
  CHECK(text({.patience = 2}) ==
        "fit: options.patience: expected 0 without held-out data (see fit_with_validation), got 2");
  CHECK(text({.least_improvement = -0.5}) ==
        "fit: options.least_improvement: expected a finite number of at least 0, got -0.5");
  CHECK(text({.least_improvement = infinity}) ==
        "fit: options.least_improvement: expected a finite number of at least 0, got inf");
}

TEST_CASE("a patience below zero is refused beside held-out data too") {
  SmallModel model = small_model();
  CHECK(error_text<ArgumentError>([&] {
          fit_with_validation(model, grey_data(10), grey_data(5), BetaElbo{1}, {.patience = -1});
        }) == "fit: options.patience: expected at least 0, got -1");
}

TEST_CASE("constants of Adam out of range are refused before anything is trained") {
  SmallModel model = small_model();
  const auto before = parameters_of(model);
  CHECK(error_text<ArgumentError>([&] { fit(model, grey_data(10), BetaElbo{1}, {.adam = {.first_decay = 1}}); }) ==
        "Adam: first_decay: expected a number in [0, 1), got 1");
  CHECK(same_bits(parameters_of(model), before));
}

TEST_CASE("a warm-up longer than training is refused before the first update") {
  CHECK(refused<ArgumentError>(grey_data(10), {.epochs = 2, .batch = 5, .schedule = linear_warm_up(5)}) ==
        "linear_warm_up: warm_up_steps: expected no more than the 4 steps of training, got 5");
  SmallModel model = small_model();
  CHECK_NOTHROW(fit(model, grey_data(10), BetaElbo{1}, {.epochs = 2, .batch = 5, .schedule = linear_warm_up(4)}));
}

TEST_CASE("a schedule that gives no factor is refused before that step's update") {
  const auto text = [](double factor) {
    return refused<ArgumentError>(grey_data(10), {.schedule = [=](Index, Index) { return factor; }});
  };
  CHECK(text(-1) == "fit: options.schedule: expected a finite factor of at least 0, got -1");
  CHECK(text(not_a_number) == "fit: options.schedule: expected a finite factor of at least 0, got nan");
  CHECK(text(infinity) == "fit: options.schedule: expected a finite factor of at least 0, got inf");
}

TEST_CASE("an empty set and a wrong number of features are refused before anything is trained") {
  CHECK(refused<ArgumentError>(Matrix<float>(6, 0)) == "fit: data: expected at least one sample, got 0");
  CHECK(refused<ArgumentError>(Matrix<float>::Zero(5, 3)) ==
        "fit: expected as many features of the data as inputs of the model, got 5 and 6");
}

TEST_CASE("a pixel that the likelihood cannot take is named before anything is trained") {
  const auto text = [](float value) { return refused<DataError>(with_value(value), {.batch = 3}); };
  CHECK(text(std::nanf("")) == "Bernoulli: feature 2 of sample 7: expected a value in [0, 1], got nan");
  CHECK(text(1.5F) == "Bernoulli: feature 2 of sample 7: expected a value in [0, 1], got 1.5");
  CHECK(text(-0.25F) == "Bernoulli: feature 2 of sample 7: expected a value in [0, 1], got -0.25");
  CHECK(text(255) == "Bernoulli: feature 2 of sample 7: expected a value in [0, 1], got 255");
}

TEST_CASE("held-out data are looked at before anything is trained") {
  CHECK(refused_validation(Matrix<float>(6, 0)) == "fit: validation: expected at least one sample, got 0");
  CHECK(refused_validation(Matrix<float>::Zero(5, 3)) ==
        "fit: expected as many features of the validation as inputs of the model, got 5 and 6");
  CHECK(refused_validation(with_value(std::nanf("")), true) ==
        "Bernoulli: feature 2 of sample 7: expected a value in [0, 1], got nan");
}

TEST_CASE("a state of a model of another size is refused, and nothing changes") {
  Vae other{dense_encoder<6, 4>(), dense_decoder<4, 6>(), Bernoulli{}};
  TrainingState<float> state;
  {
    Gradients<float> gradients(other);
    state.adam.update(gradients, 0.1);
  }
  SmallModel model = small_model();
  const auto before = parameters_of(model);
  const std::string text = error_text<ArgumentError>([&] { fit(model, grey_data(5), BetaElbo{1}, {}, state); });
  CHECK(contains(text, "Adam: expected as many moments as parameters, got "));
  CHECK(same_bits(parameters_of(model), before));
  CHECK(state.adam.updates() == 1);
  CHECK(state.epoch == 0);
}

TEST_CASE("finite data whose loss overflows stop before the first update and name the operation") {
  const Matrix<float> huge = Matrix<float>::Constant(6, 4, 1e25F);
  const std::string text = not_finite(small_model(1, Gaussian{}), huge, BetaElbo{1}, {});
  CHECK(contains(text, "loss inf"));
  CHECK(contains(text, "half_squared_error: the first value that is not finite is its result"));
}

TEST_CASE("a learning rate that is far too high stops before the update that would ruin the model") {
  for (const double learning_rate : {1e10, 1e20, 1e30}) {
    INFO(learning_rate);
    const std::string text =
        not_finite(small_model(), grey_data(20), BetaElbo{1}, {.batch = 4, .learning_rate = learning_rate});
    CHECK(contains(text, "not finite"));
  }
}

TEST_CASE("an operation of one's own that makes a NaN is named, in its value or in its reverse pass alone") {
  const std::string reverse_text = not_finite(small_model(), grey_data(20), BrokenReverse{}, {});
  CHECK(contains(reverse_text, "gradient norm "));
  CHECK(contains(reverse_text, "broken_by_user: its reverse pass made the first gradient that is not finite"));
  const std::string value_text = not_finite(small_model(), grey_data(20), BrokenValue{}, {});
  CHECK(contains(value_text, "log_of_user: the first value that is not finite is its result"));
}

TEST_CASE("a parameter that is not finite to begin with is named") {
  SmallModel model = small_model();
  std::get<0>(model.decoder.layers).weight.data()[3] = std::numeric_limits<float>::quiet_NaN();
  const std::string text = error_text<NotFiniteError>([&] { fit(model, grey_data(5), BetaElbo{1}); });
  CHECK(contains(text, "fit: step 1: loss nan; decoder.0.weight: "));
}

TEST_CASE("after an error the same state goes on, with other data or a lower learning rate") {
  SmallModel model = small_model();
  TrainingState<float> state;
  fit(model, grey_data(20), BetaElbo{1}, {.epochs = 1}, state);
  CHECK_THROWS_AS(fit(model, grey_data(20), BrokenReverse{}, {.epochs = 1}, state), NotFiniteError);
  fit(model, grey_data(20), BetaElbo{1}, {.epochs = 1}, state);
  SmallModel undisturbed = small_model();
  fit(undisturbed, grey_data(20), BetaElbo{1}, {.epochs = 2});
  CHECK(same_bits(parameters_of(model), parameters_of(undisturbed)));
}
