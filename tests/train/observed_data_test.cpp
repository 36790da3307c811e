// SPDX-License-Identifier: MIT
// Missing values, weights and offsets, from the data set through training and measuring.
#include <betavae/data/observed_set.hpp>
#include <betavae/train/fit.hpp>
#include <betavae/vae/likelihood/categorical.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>
#include <betavae/vae/likelihood/poisson.hpp>

#include "catch.hpp"
#include "error_text.hpp"
#include "model_check.hpp"
#include "numbers.hpp"
#include "train/small_model.hpp"

#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <tuple>

using namespace betavae;
using betavae::test::all_gradients;
using betavae::test::relative_distance;
using betavae::test::uniforms;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
using test::error_text;
using test::features;
using test::grey_data;
using test::latents;
using test::parameters_of;
using test::same_bits;
using test::small_model;

namespace {

using Bytes = std::vector<std::uint8_t>;

const double not_a_number = std::numeric_limits<double>::quiet_NaN();
const double infinity = std::numeric_limits<double>::infinity();

/// The same noise for every sample and step, so that a sample twice is the same as its double weight.
struct SameForEverySample {
  template <class Scalar>
  void fill(MatrixView<Scalar> values, std::uint64_t /*step*/, std::uint64_t /*first_sample*/) const {
    for (Index j = 0; j < values.columns; ++j) {
      Random(1).fill_normals(values.column(j), values.rows, 0, 0);
    }
  }
};

template <class Likelihood>
auto model_in_double(const Likelihood& likelihood) {
  const DenseOptions smooth{.activation = Activation::tanh};
  return Vae{dense_encoder<double, features, 5, latents>(smooth), dense_decoder<double, latents, 5, features>(smooth),
             likelihood};
}

/// About a quarter of the cells missing; nothing of sample 3, and nothing of feature 1.
Bytes holes(Index samples) {
  Bytes mask;
  for (Index j = 0; j < samples; ++j) {
    for (Index i = 0; i < features; ++i) {
      mask.push_back(j == 3 || i == 1 || (7 * j + 3 * i) % 8 == 0 ? 0 : 1);
    }
  }
  return mask;
}

/// The matrix with this number stored in its missing cells.
template <class Scalar>
Matrix<Scalar> with_holes(Matrix<Scalar> matrix, const Bytes& mask, double stored) {
  for (std::size_t i = 0; i < mask.size(); ++i) {
    if (mask[i] == 0) {
      matrix.data()[i] = static_cast<Scalar>(stored);
    }
  }
  return matrix;
}

Matrix<float> counts(Index samples) { return (5 * grey_data(samples)).array().round().matrix(); }

std::vector<double> numbers_of(const Evaluation& result) {
  std::vector<double> all{result.rate, result.distortion, result.floor, static_cast<double>(result.active)};
  for (const auto* list : {&result.rate_per_dimension, &result.code_variance, &result.z_mean, &result.z_mean_square}) {
    all.insert(all.end(), list->begin(), list->end());
  }
  return all;
}

std::vector<double> numbers_of(const Epoch& epoch) {
  std::vector<double> all{epoch.loss, epoch.rate, epoch.distortion, static_cast<double>(epoch.active),
                          epoch.gradient_norm};
  all.insert(all.end(), epoch.rate_per_dimension.begin(), epoch.rate_per_dimension.end());
  return all;
}

bool all_finite(const std::vector<double>& numbers) {
  return std::all_of(numbers.begin(), numbers.end(), [](double number) { return std::isfinite(number); });
}

/// What training on a set leaves: parameters, history, and what evaluate then says of the set.
struct Trained {
  std::vector<float> parameters;
  std::vector<double> last_epoch;
  std::vector<double> evaluation;

  [[nodiscard]] bool same_bits_as(const Trained& other) const {
    return same_bits(parameters, other.parameters) && same_bits(last_epoch, other.last_epoch) &&
           same_bits(evaluation, other.evaluation);
  }
};

template <class Likelihood, class Data>
Trained trained(const Likelihood& likelihood, const Data& data, Index batch = 7) {
  auto model = small_model(1, likelihood);
  const History history =
      fit(model, data, BetaElbo{0.7}, {.epochs = 3, .batch = batch, .learning_rate = 0.01, .threads = 1});
  return {parameters_of(model), numbers_of(history.back()),
          numbers_of(evaluate(model, data, {.batch = 9, .threads = 1}))};
}

template <class Likelihood>
void check_that_stored_numbers_do_not_count(const Likelihood& likelihood, const Matrix<float>& values) {
  INFO(Likelihood::name);
  const Bytes mask = holes(values.cols());
  const auto storing = [&](double stored) {
    const Matrix<float> matrix = with_holes(values, mask, stored);
    return trained(likelihood, ObservedSet(matrix, {.mask = mask}));
  };
  const Trained expected = storing(0);
  CHECK(all_finite(expected.last_epoch));
  CHECK(all_finite(expected.evaluation));
  for (const double stored : {not_a_number, 1e30, -1e30, infinity, 0.5}) {
    CAPTURE(stored);
    CHECK(storing(stored).same_bits_as(expected));
  }
  CHECK_FALSE(trained(likelihood, values).same_bits_as(expected));
}

/// One step over a whole set: what it measured, and all gradients.
template <class Model, class Data>
auto step_over(Model& model, const Data& data) {
  TrainingStep<Model> step(model);
  std::vector<Index> all(static_cast<std::size_t>(data.size()));
  std::iota(all.begin(), all.end(), Index{0});
  step.batch().fill(data, std::span{all});
  const StepResult result = step.differentiate(BetaElbo{2}, SameForEverySample{}, 0, [](const auto&...) {});
  return std::pair{result, all_gradients(step.gradients())};
}

/// Weights 1, 2 or 3, and the same matrix with each sample as often as its weight says.
struct WeightedData {
  std::vector<double> weights;
  Matrix<double> repeated;

  explicit WeightedData(const Matrix<double>& values) {
    Index columns = 0;
    for (Index j = 0; j < values.cols(); ++j) {
      weights.push_back(static_cast<double>(1 + (5 * j) % 3));
      columns += static_cast<Index>(weights.back());
    }
    repeated.resize(values.rows(), columns);
    for (Index j = 0, into = 0; j < values.cols(); ++j) {
      for (Index copy = 0; copy < static_cast<Index>(weights[static_cast<std::size_t>(j)]); ++copy) {
        repeated.col(into++) = values.col(j);
      }
    }
  }
};

/// A set of the user's own, whose weights and offsets nobody looked at.
struct Unchecked : MatrixSet<float> {
  using MatrixSet<float>::MatrixSet;
  float weight = 1;
  float offset = 0;

  void fill_weights(std::span<const Index> samples, float* weights) const { write(samples, 1, weight, weights); }
  void fill_offsets(std::span<const Index> samples, float* offsets) const { write(samples, 0, offset, offsets); }

 private:
  /// The last sample has a number of its own.
  void write(std::span<const Index> samples, float usual, float last, float* into) const {
    for (const Index sample : samples) {
      *into++ = sample == size() - 1 ? last : usual;
    }
  }
};

}  // namespace

TEST_CASE("what is stored in a missing cell changes no bit of training and none of evaluate") {
  check_that_stored_numbers_do_not_count(Bernoulli{}, grey_data(30));
  check_that_stored_numbers_do_not_count(Gaussian{0.3}, grey_data(30));
  check_that_stored_numbers_do_not_count(GaussianLearnedSigma<float>{}, grey_data(30));
  check_that_stored_numbers_do_not_count(GaussianOptimalSigma{}, grey_data(30));
  check_that_stored_numbers_do_not_count(Poisson{}, counts(30));
}

TEST_CASE("a set with nothing beside its values trains to the bits of its matrix") {
  const auto data = grey_data(30);
  const Trained expected = trained(GaussianOptimalSigma{}, data);
  CHECK(trained(GaussianOptimalSigma{}, ObservedSet(data)).same_bits_as(expected));
  const ObservedSet ones(data, {Bytes(30 * features, 1), std::vector<float>(30, 1), std::vector<float>(30, 0)});
  CHECK(trained(GaussianOptimalSigma{}, ones).same_bits_as(expected));
}

TEST_CASE("a bad value is refused where it is present, and named") {
  Matrix<float> data = grey_data(10);
  data(4, 8) = data(2, 9) = std::numeric_limits<float>::quiet_NaN();
  Bytes mask = missing_where_nan(data);
  mask[9 * features + 2] = 1;
  const ObservedSet set(data, {.mask = mask});
  auto model = small_model();
  const std::string expected = "Bernoulli: feature 2 of sample 9: expected a value in [0, 1], got nan";
  CHECK(error_text<DataError>([&] { fit(model, set, BetaElbo{1}); }) == expected);
  CHECK(error_text<DataError>([&] { (void)evaluate(model, set); }) == expected);
}

TEST_CASE("a step that is not finite names the same operation, whatever its missing cells store") {
  const auto text = [](double stored) {
    Matrix<float> data = grey_data(10);
    data(4, 8) = 1e30F;  // whose square overflows
    const Bytes mask = holes(10);
    REQUIRE(mask[8 * features + 4] == 1);
    const Matrix<float> matrix = with_holes(data, mask, stored);
    auto model = small_model(1, Gaussian{});
    return error_text<NotFiniteError>([&] { fit(model, ObservedSet(matrix, {.mask = mask}), BetaElbo{1}); });
  };
  CHECK(text(0).rfind("fit: step 1: loss", 0) == 0);
  CHECK(text(not_a_number) == text(0));
}

TEST_CASE("a step over samples of weight 2 and 3 is a step over those samples twice and thrice") {
  const Matrix<double> values = uniforms(features, 9, 1);
  const WeightedData data(values);
  const auto check = [&](auto model) {
    const auto [weighted, weighted_gradients] = step_over(model, ObservedSet(values, {.weights = data.weights}));
    const auto [repeated, repeated_gradients] = step_over(model, MatrixSet<double>(data.repeated));
    CHECK_THAT(weighted.loss, WithinRel(repeated.loss, 1e-12));
    CHECK_THAT(weighted.rate, WithinRel(repeated.rate, 1e-12));
    CHECK_THAT(weighted.distortion, WithinRel(repeated.distortion, 1e-12));
    CHECK(relative_distance(weighted_gradients, repeated_gradients) < 1e-12);
  };
  check(model_in_double(Bernoulli{}));
  check(model_in_double(GaussianOptimalSigma{}));
}

TEST_CASE("training with weights is training with repeated samples, epoch by epoch, where a batch holds all") {
  const Matrix<double> values = uniforms(features, 9, 1);
  const WeightedData data(values);
  const auto run = [](const auto& set) {
    auto model = model_in_double(GaussianOptimalSigma{});
    TrainingState<double> state;
    const History history =
        fit(model, set, BetaElbo{0.5}, {.epochs = 5, .batch = 100, .learning_rate = 0.01}, state, SameForEverySample{});
    return std::tuple{parameters_of(model), numbers_of(history.back()), model.likelihood.sigma()};
  };
  const auto [parameters, epoch, sigma] = run(ObservedSet(values, {.weights = data.weights}));
  const auto [expected_parameters, expected_epoch, expected_sigma] = run(data.repeated);
  CHECK(relative_distance(parameters, expected_parameters) < 1e-9);
  CHECK(relative_distance(epoch, expected_epoch) < 1e-9);
  CHECK_THAT(sigma, WithinRel(expected_sigma, 1e-9));
}

TEST_CASE("evaluate's means by weight are those over repeated samples, however batches are cut") {
  const Matrix<double> values = uniforms(features, 9, 1);
  const WeightedData data(values);
  auto model = model_in_double(Bernoulli{});
  std::get<0>(model.decoder.layers).weight.value().setZero();  // so that no draw matters
  const ObservedSet set(values, {.weights = data.weights});
  const Evaluation expected = evaluate(model, data.repeated);
  for (const Index batch : {1, 2, 100}) {
    const Evaluation result = evaluate(model, set, {.batch = batch});
    CHECK_THAT(result.distortion, WithinRel(expected.distortion, 1e-12));
    CHECK_THAT(result.floor, WithinRel(expected.floor, 1e-12));
    CHECK_THAT(result.rate, WithinRel(expected.rate, 1e-12));
    CHECK(relative_distance(result.rate_per_dimension, expected.rate_per_dimension) < 1e-12);
    CHECK(relative_distance(result.code_variance, expected.code_variance) < 1e-12);
    CHECK(result.active == expected.active);
  }
}

TEST_CASE("a heavy sample takes longer steps also where it is alone in its batch") {
  const Matrix<float> one = grey_data(1);
  const Matrix<float> twice = one.replicate(1, 2);
  const auto norm = [&](const std::vector<float>& weights, Index batch, std::uint64_t seed) {
    auto model = small_model();
    TrainingState<float> state;
    const FitOptions options{.epochs = 1, .batch = batch, .learning_rate = 1e-300, .seed = seed};
    const ObservedSet set(twice, {.weights = weights});
    return fit(model, set, BetaElbo{1}, options, state, SameForEverySample{}).back().gradient_norm;
  };
  const double expected = norm({1, 1}, 2, 1);
  bool light = false;
  bool heavy = false;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    CHECK_THAT(norm({1, 3}, 2, seed), WithinRel(expected, 1e-6));
    const double ratio = norm({1, 3}, 1, seed) / expected;  // of the sample that came last
    light = light || std::abs(ratio - 0.5) < 1e-5;
    heavy = heavy || std::abs(ratio - 1.5) < 1e-5;
    CHECK((std::abs(ratio - 0.5) < 1e-5 || std::abs(ratio - 1.5) < 1e-5));
  }
  CHECK(light);
  CHECK(heavy);
}

TEST_CASE("equal weights are no weights, and gradients of any weight are clipped to the same norm") {
  const Matrix<float> data = grey_data(30);
  const std::vector<float> fours(30, 4);
  CHECK(trained(Bernoulli{}, ObservedSet(data, {.weights = fours})).same_bits_as(trained(Bernoulli{}, data)));

  const Matrix<float> same = data.col(0).replicate(1, 4);
  const auto clipped = [&](const std::vector<float>& weights) {
    auto model = small_model();
    TrainingState<float> state;
    const FitOptions options{.epochs = 2, .batch = 1, .max_gradient_norm = 1e-3};
    fit(model, ObservedSet(same, {.weights = weights}), BetaElbo{1}, options, state, SameForEverySample{});
    return parameters_of(model);
  };
  CHECK(same_bits(clipped({1, 2, 3, 4}), clipped({1, 1, 1, 1})));
}

TEST_CASE("a doubled exposure is ln 2 in the decoder's bias") {
  Matrix<double> values = 7 * uniforms(features, 9, 1);
  values = values.array().round();
  const double doubled = std::log(2.0);
  std::vector<double> offsets(9);
  std::iota(offsets.begin(), offsets.end(), -4.0);
  std::vector<double> larger = offsets;
  for (double& offset : larger) {
    offset += doubled;
  }
  auto model = model_in_double(Poisson{});
  auto shifted = model;
  std::get<1>(shifted.decoder.layers).bias.value().array() += doubled;
  const ObservedSet exposed(values, {.offsets = larger});
  const ObservedSet plain(values, {.offsets = offsets});
  const auto [by_offset, offset_gradients] = step_over(model, exposed);
  const auto [by_bias, bias_gradients] = step_over(shifted, plain);
  CHECK_THAT(by_offset.loss, WithinRel(by_bias.loss, 1e-12));
  CHECK(relative_distance(offset_gradients, bias_gradients) < 1e-12);
  CHECK(relative_distance(numbers_of(evaluate(model, exposed)), numbers_of(evaluate(shifted, plain))) < 1e-12);
  CHECK(step_over(model, plain).first.loss != by_offset.loss);
}

TEST_CASE("offsets are refused before training by a likelihood that has no place for them, and zeros are none") {
  const Matrix<float> data = counts(10).cwiseMin(2.0F);
  Vae model{dense_encoder<features, 8, latents>(), dense_decoder<latents, 8, 3 * features>(), Categorical<3>{}};
  const auto before = parameters_of(model);
  std::vector<float> offsets(10, 0);
  CHECK(fit(model, ObservedSet(data, {.offsets = offsets}), BetaElbo{1}, {.epochs = 0}).empty());
  offsets[9] = 1;
  const ObservedSet set(data, {.offsets = offsets});
  const std::string expected =
      "Categorical: offsets: expected none, since this likelihood has no place for them, got some";
  CHECK(error_text<ArgumentError>([&] { fit(model, set, BetaElbo{1}, {.batch = 3}); }) == expected);
  CHECK(error_text<ArgumentError>([&] { (void)evaluate(model, set); }) == expected);
  CHECK(same_bits(parameters_of(model), before));
  fit(model, ObservedSet(data), BetaElbo{1}, {.epochs = 1});
}

TEST_CASE("weights and offsets of one's own set are looked at before anything is trained") {
  const Matrix<float> data = grey_data(10);
  auto model = small_model();
  const auto before = parameters_of(model);
  const auto texts = [&](float weight, float offset) {
    Unchecked set(data);
    set.weight = weight;
    set.offset = offset;
    const std::string of_fit = error_text<DataError>([&] { fit(model, set, BetaElbo{1}, {.epochs = 1, .batch = 3}); });
    const std::string of_evaluate = error_text<DataError>([&] { (void)evaluate(model, set, {.batch = 3}); });
    return std::pair{of_fit, of_evaluate};
  };
  const auto expected = [](const std::string& text) { return std::pair{"fit: " + text, "evaluate: " + text}; };
  CHECK(texts(0, 0) == expected("weight of sample 9: expected a finite number above 0, got 0"));
  CHECK(texts(-2, 0) == expected("weight of sample 9: expected a finite number above 0, got -2"));
  CHECK(texts(static_cast<float>(not_a_number), 0) ==
        expected("weight of sample 9: expected a finite number above 0, got nan"));
  CHECK(texts(1, static_cast<float>(infinity)) == expected("offset of sample 9: expected a finite number, got inf"));
  CHECK(same_bits(parameters_of(model), before));
}

TEST_CASE("the optimal sigma of an epoch is the root of squared error by present value") {
  const Matrix<double> values = uniforms(features, 9, 1);
  const Bytes mask = holes(9);
  const Matrix<double> stored = with_holes(values, mask, not_a_number);
  const std::vector<double> weights = WeightedData(values).weights;
  auto model = model_in_double(GaussianOptimalSigma{});
  std::get<1>(model.decoder.layers).weight.value().setZero();
  std::get<1>(model.decoder.layers).bias.value().setConstant(0.25);  // every mean, whatever is drawn
  fit(model, ObservedSet(stored, {.mask = mask, .weights = weights}), BetaElbo{1}, {.epochs = 1, .batch = 9});
  double squares = 0;
  double present = 0;
  for (std::size_t i = 0; i < mask.size(); ++i) {
    const double weight = mask[i] != 0 ? weights[i / features] : 0;
    squares += weight * std::pow(values.data()[i] - 0.25, 2);
    present += weight;
  }
  CHECK_THAT(model.likelihood.sigma(), WithinRel(std::sqrt(squares / present), 1e-12));
}

TEST_CASE("a split set with missing cells trains with validation, which evaluate repeats") {
  const Bytes mask = holes(60);
  const Matrix<float> data = with_holes(grey_data(60), mask, not_a_number);
  std::vector<float> weights;
  for (int j = 0; j < 60; ++j) {
    weights.push_back(0.5F + static_cast<float>(j % 4));
  }
  const ObservedSet set(data, {.mask = mask, .weights = weights});
  const auto parts = split(set, {.validation = 0.3});
  auto model = small_model(1, GaussianOptimalSigma{});
  const History history =
      fit_with_validation(model, parts.training, parts.validation, BetaElbo{0.5},
                          {.epochs = 20, .batch = 8, .learning_rate = 0.01, .seed = 3, .patience = 20});
  REQUIRE(history.best_epoch > 0);
  CHECK(history.back().loss < history.front().loss);
  const auto best = static_cast<std::size_t>(history.best_epoch - 1);
  REQUIRE(history[best].validation);
  const Evaluation again = evaluate(model, parts.validation, {.seed = 3});
  CHECK(again.distortion == history[best].validation->distortion);
  CHECK(again.rate == history[best].validation->rate);
}

TEST_CASE("a column, a sample, a batch and a whole set without a value train to finite numbers") {
  const auto check = [](const auto& likelihood, const Bytes& mask, Index batch) {
    INFO(std::decay_t<decltype(likelihood)>::name);
    CAPTURE(batch);
    const Matrix<float> data = with_holes(grey_data(10), mask, not_a_number);
    const Trained result = trained(likelihood, ObservedSet(data, {.mask = mask}), batch);
    CHECK(all_finite(result.last_epoch));
    CHECK(all_finite(result.evaluation));
    CHECK(std::all_of(result.parameters.begin(), result.parameters.end(), [](float x) { return std::isfinite(x); }));
  };
  for (const Bytes& mask : {holes(10), Bytes(10 * features, 0)}) {
    for (const Index batch : {1, 10}) {
      check(Bernoulli{}, mask, batch);
      check(Gaussian{0.5}, mask, batch);
      check(GaussianLearnedSigma<float>{}, mask, batch);
      check(GaussianOptimalSigma{}, mask, batch);
    }
  }
}

TEST_CASE("where nothing is present the distortion and its floor are 0, and the optimal sigma stays") {
  const Matrix<float> data = grey_data(10);
  auto model = small_model(1, GaussianOptimalSigma{});
  const ObservedSet set(data, {.mask = Bytes(10 * features, 0)});
  const History history = fit(model, set, BetaElbo{1}, {.epochs = 2, .batch = 4});
  CHECK(history.back().distortion == 0);
  CHECK(model.likelihood.sigma() == 1);
  const Evaluation result = evaluate(model, set);
  CHECK(result.distortion == 0);
  CHECK(result.floor == 0);
}
