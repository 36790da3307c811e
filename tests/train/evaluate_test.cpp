// SPDX-License-Identifier: MIT
#include <betavae/train/evaluate.hpp>

#include "catch.hpp"
#include "error_text.hpp"
#include "numbers.hpp"
#include "train/small_model.hpp"

#include <cmath>
#include <limits>
#include <tuple>

using namespace betavae;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
using test::error_text;
using test::grey_data;
using test::latents;
using test::small_model;
using test::SmallModel;

namespace {

/// z = μ + σ ε of every sample, with the draws that evaluate takes.
Matrix<double> codes_drawn(const SmallModel& model, const Matrix<float>& data, std::uint64_t seed) {
  const auto codes = model.encode(data);
  Matrix<float> noise(latents, data.cols());
  GaussianNoise(seed, Stream::evaluation).fill(MatrixView<float>{noise.data(), latents, data.cols(), latents}, 0, 0);
  return codes.mean.cast<double>().array() +
         (0.5 * codes.log_variance.cast<double>().array()).exp() * noise.cast<double>().array();
}

/// The first latent set to be active or not, by the encoder's weights of its mean.
SmallModel with_mean_weights_times(float factor) {
  SmallModel model = small_model();
  std::get<1>(model.encoder.network.layers).weight.value().row(0) *= factor;
  return model;
}

}  // namespace

TEST_CASE("evaluate measures what the formulas say, sample by sample") {
  const SmallModel model = small_model();
  const auto data = grey_data(30);
  const Evaluation result = evaluate(model, data, {.seed = 7});
  const auto codes = model.encode(data);
  const Eigen::ArrayXXd mean = codes.mean.cast<double>();
  const Eigen::ArrayXXd log_variance = codes.log_variance.cast<double>();
  const Eigen::ArrayXd rates = (0.5 * (mean.square() + log_variance.exp() - 1 - log_variance)).rowwise().mean();
  for (int k = 0; k < latents; ++k) {
    CHECK_THAT(result.rate_per_dimension[static_cast<std::size_t>(k)], WithinRel(rates(k), 1e-5));
    const double row_mean = mean.row(k).mean();
    CHECK_THAT(result.code_variance[static_cast<std::size_t>(k)],
               WithinRel((mean.row(k) - row_mean).square().mean(), 1e-5));
  }
  CHECK_THAT(result.rate, WithinRel(rates.sum(), 1e-5));

  const Matrix<double> z = codes_drawn(model, data, 7);
  const Eigen::ArrayXXd logits = model.decode_parameters(z.cast<float>()).cast<double>();
  const Eigen::ArrayXXd x = data.cast<double>();
  const double distortion = ((1 + logits.exp()).log() - x * logits).colwise().sum().mean();
  CHECK_THAT(result.distortion, WithinRel(distortion, 1e-5));
  const double entropy = -(x * x.log() + (1 - x) * (1 - x).max(1e-300).log()).colwise().sum().mean();
  CHECK_THAT(result.floor, WithinRel(entropy, 1e-5));
  CHECK(result.excess() == result.distortion - result.floor);
  CHECK(result.loss(4) == result.distortion + 4 * result.rate);
  for (int k = 0; k < latents; ++k) {
    CHECK_THAT(result.z_mean[static_cast<std::size_t>(k)], WithinAbs(z.row(k).mean(), 1e-6));
    CHECK_THAT(result.z_mean_square[static_cast<std::size_t>(k)], WithinRel(z.row(k).array().square().mean(), 1e-5));
  }
}

TEST_CASE("evaluate equals the model's own negative ELBO, for one seed") {
  const SmallModel model = small_model();
  const auto data = grey_data(30);
  const NegativeElbo direct = model.negative_elbo(data, 3);
  const Evaluation result = evaluate(model, data, {.seed = 3});
  CHECK_THAT(result.rate, WithinRel(direct.rate, 1e-6));
  CHECK_THAT(result.distortion, WithinRel(direct.distortion, 1e-6));
  CHECK(evaluate(model, data, {.seed = 4}).distortion != result.distortion);
  CHECK(evaluate(model, data, {.seed = 4}).rate == result.rate);  // no draw is involved
}

TEST_CASE("evaluate does not depend on the size of its batches, but for rounding") {
  const SmallModel model = small_model();
  const auto data = grey_data(103);
  const Evaluation whole = evaluate(model, data, {.batch = 1000});
  for (const Index batch : {1, 10, 102, 103}) {
    INFO(batch);
    const Evaluation result = evaluate(model, data, {.batch = batch});
    CHECK_THAT(result.rate, WithinRel(whole.rate, 1e-5));
    CHECK_THAT(result.distortion, WithinRel(whole.distortion, 1e-6));
    CHECK_THAT(result.floor, WithinRel(whole.floor, 1e-12));
    for (std::size_t k = 0; k < latents; ++k) {
      CHECK_THAT(result.rate_per_dimension[k], WithinRel(whole.rate_per_dimension[k], 1e-5));
      CHECK_THAT(result.code_variance[k], WithinRel(whole.code_variance[k], 1e-6));
      CHECK_THAT(result.z_mean[k], WithinAbs(whole.z_mean[k], 1e-9));
      CHECK_THAT(result.z_mean_square[k], WithinRel(whole.z_mean_square[k], 1e-9));
    }
  }
}

TEST_CASE("evaluate takes a matrix, a block of one and any data set alike") {
  const SmallModel model = small_model();
  const auto data = grey_data(10);
  const double expected = evaluate(model, data).distortion;
  CHECK(evaluate(model, MatrixSet<float>(data)).distortion == expected);
  Matrix<float> larger = Matrix<float>::Constant(9, 12, 7);
  larger.block(2, 1, test::features, 10) = data;
  CHECK(evaluate(model, larger.block(2, 1, test::features, 10)).distortion == expected);
}

TEST_CASE("the floor of binary pixels is zero, and that of grey ones their entropy") {
  const SmallModel model = small_model();
  Matrix<float> binary = Matrix<float>::Zero(test::features, 3);
  binary(1, 1) = 1;
  CHECK(evaluate(model, binary).floor == 0);
  const Matrix<float> grey = Matrix<float>::Constant(test::features, 3, 0.5F);
  CHECK_THAT(evaluate(model, grey).floor, WithinRel(test::features * std::log(2.0), 1e-12));
  CHECK(evaluate(model, grey).excess() > 0);
}

TEST_CASE("a latent is active when its mean varies by more than a hundredth") {
  const auto data = grey_data(200);
  const double variance = evaluate(small_model(), data).code_variance[0];
  const double other = evaluate(small_model(), data).code_variance[1];
  const Index others = other > active_variance ? 1 : 0;
  const auto factor = [&](double share) { return static_cast<float>(std::sqrt(share * active_variance / variance)); };
  CHECK(evaluate(with_mean_weights_times(factor(1.02)), data).active == 1 + others);
  CHECK(evaluate(with_mean_weights_times(factor(0.98)), data).active == others);
  CHECK_THAT(evaluate(with_mean_weights_times(factor(0.98)), data).code_variance[0], WithinRel(0.0098, 1e-4));
}

TEST_CASE("evaluate changes nothing, and one sample is enough") {
  SmallModel model = small_model();
  const auto before = test::parameters_of(model);
  const Evaluation one = evaluate(model, grey_data(1));
  CHECK(test::same_bits(test::parameters_of(model), before));
  CHECK(one.active == 0);
  CHECK(one.code_variance == std::vector<double>{0, 0});
  CHECK(one.rate > 0);
}

TEST_CASE("evaluate refuses empty sets, wrong features, batches of none, and values outside of the domain") {
  const SmallModel model = small_model();
  CHECK(error_text<ArgumentError>([&] { (void)evaluate(model, Matrix<float>(6, 0)); }) ==
        "evaluate: data: expected at least one sample, got 0");
  CHECK(error_text<ArgumentError>([&] { (void)evaluate(model, Matrix<float>::Zero(5, 2).eval()); }) ==
        "evaluate: expected as many features of the data as inputs of the model, got 5 and 6");
  CHECK(error_text<ArgumentError>([&] { (void)evaluate(model, grey_data(2), {.batch = 0}); }) ==
        "evaluate: options.batch: expected at least 1, got 0");
  CHECK(error_text<ArgumentError>([&] { (void)evaluate(model, grey_data(2), {.threads = -1}); }) ==
        "evaluate: options.threads: expected a number from 0 to 1024, got -1");
  Matrix<float> data = grey_data(10);
  data(4, 9) = std::numeric_limits<float>::quiet_NaN();
  CHECK(error_text<DataError>([&] { (void)evaluate(model, data, {.batch = 4}); }) ==
        "Bernoulli: feature 4 of sample 9: expected a value in [0, 1], got nan");
  data(4, 9) = 2;
  CHECK(error_text<DataError>([&] { (void)evaluate(model, data, {.batch = 4}); }) ==
        "Bernoulli: feature 4 of sample 9: expected a value in [0, 1], got 2");
}
