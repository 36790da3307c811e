// SPDX-License-Identifier: MIT
// The estimate of ln p(x) against the linear model's exact one, with posteriors too wide, exact and too narrow.
//
// With the true posterior N(m, s²) and one of variance c·s², w/p = √c e^{½(1 − c) ε²} wherever the mean is right: of each of K latents
// that are independent. E[w²]/p² = (c/√(2c − 1))^K for c > ½, else infinite; the tail's shape is 1 − c for c < 1.
#include <betavae/analysis/importance_weighting.hpp>
#include <betavae/data/observed_set.hpp>
#include <betavae/vae/full_gaussian_encoder.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>

#include "catch.hpp"
#include "linear_algebra.hpp"
#include "linear_vae.hpp"

namespace bv = betavae;
using namespace bv::test::linear_case;
using bv::LogLikelihood;
using bv::test::contains;
using bv::test::error_text;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
using Matrix = bv::Matrix<double>;

namespace {

constexpr auto data = data_of<40>;

constexpr int two = 2;  // latents: with two, ln w is exponential and the weights are a Pareto distribution's exactly

/// The optimum, whose posterior is exact, but for variances so many times as great.
auto model_with(double times) {
  bv::Vae model{bv::dense_encoder<double, dimensions, two>(), bv::dense_decoder<double, two, dimensions>(),
                bv::Gaussian{sigma}};
  bv::test::set_to_optimum(model, {variances, two, 1, sigma}, data());
  for (bv::Index k = 0; k < two; ++k) {
    double& raw = bv::test::encoder_layer(model).bias.value()(two + k, 0);
    const double log_variance = 16 * std::tanh(raw / 16) + std::log(times);
    raw = 16 * std::atanh(log_variance / 16);
  }
  return model;
}

/// x ~ N(mean, W Wᵀ + η² I).
template <class Model>
double exact_log_likelihood(Model& model, const Matrix& x, const std::vector<double>& weights = {}) {
  const Matrix w = bv::test::decoder_layer(model).weight.value();
  const Matrix covariance = w * w.transpose() + sigma * sigma * Matrix::Identity(dimensions, dimensions);
  const Matrix precision = bv::test::inverse(covariance);
  double nats = 0;
  double total = 0;
  for (bv::Index j = 0; j < x.cols(); ++j) {
    const Eigen::VectorXd distance = x.col(j) - Eigen::VectorXd(bv::test::decoder_layer(model).bias.value());
    const double weight = weights.empty() ? 1 : weights[static_cast<std::size_t>(j)];
    nats -= weight * 0.5 *
            (distance.dot(precision * distance) + bv::test::log_determinant(covariance) + dimensions * bv::log_2_pi);
    total += weight;
  }
  return nats / total;
}

/// Var(w)/p² of that posterior.
double relative_variance(double times) { return std::pow(times / std::sqrt(2 * times - 1), two) - 1; }

}  // namespace

TEST_CASE("With the exact posterior every draw gives the exact log-likelihood", "[analysis]") {
  auto model = model_with(1);
  const auto result = bv::log_likelihood(model, data().samples, {.draws = 500, .threads = 1});
  CHECK_THAT(result.mean, WithinRel(exact_log_likelihood(model, data().samples), 1e-12));
  CHECK(result.draw_error < 1e-12);
  CHECK(result.bias < 1e-12);
  CHECK_THAT(result.effective_draws, WithinRel(500.0, 1e-12));
  CHECK(result.warning.empty());
}

TEST_CASE("With a posterior too wide the estimate grows with the draws", "[analysis]") {
  // In the mean, which many copies of each sample come near: each step of this growth is three of their standard errors or more.
  const Matrix copies = bv::test::repeated(data().samples, 30);
  for (const double times : {1.5, 2.25}) {  // as a variance, and as a standard deviation of 1.5
    const auto model = model_with(times);
    double before = -HUGE_VAL;
    for (const bv::Index draws : {1, 2, 4, 16}) {
      const auto result = bv::log_likelihood(model, copies, {.draws = draws, .seed = 3, .threads = 1});
      CHECK(result.mean > before);
      before = result.mean;
    }
  }
}

TEST_CASE("With a posterior too wide the estimate meets the exact log-likelihood", "[analysis]") {
  for (const double times : {1.5, 2.25}) {
    auto model = model_with(times);
    const double exact = exact_log_likelihood(model, data().samples);
    for (const bv::Index draws : {16, 64, 1024}) {
      INFO(times << " times the variance, " << draws << " draws");
      const auto result = bv::log_likelihood(model, data().samples, {.draws = draws, .seed = 3, .threads = 1});
      const double expected_bias = relative_variance(times) / (2 * static_cast<double>(draws));
      const double error = std::sqrt(relative_variance(times) / static_cast<double>(draws * data().samples.cols()));
      CHECK(std::abs(result.mean - exact) <= 3 * error + expected_bias);
      CHECK_THAT(result.draw_error, WithinRel(error, 0.2));
      CHECK_THAT(result.bias, WithinRel(expected_bias, 0.2));
      CHECK(std::abs(result.corrected() - exact) <= 3 * result.draw_error);
      CHECK(result.warning.empty() == (draws >= bv::least_draws_to_judge_tail));
    }
  }
}

TEST_CASE("One draw in the mean is the negative ELBO", "[analysis]") {
  auto model = model_with(1.5);
  const Matrix x = bv::test::repeated(data().samples.leftCols(4), 1000);
  const auto result = bv::log_likelihood(model, x, {.draws = 1, .threads = 1});
  const bv::test::LinearOptimum optimum{variances, two, 1, sigma};
  // The rate grows by ½ (s² (c − 1) − ln c), the distortion by ½ W² s² (c − 1)/η² in each latent, and W²/η² + 1 = 1/s².
  const double lost = two * 0.5 * (0.5 - std::log(1.5));
  CHECK_THAT(result.mean, WithinAbs(exact_log_likelihood(model, x) - lost, 3 * result.standard_error));
  CHECK(std::isnan(result.bias));
  CHECK(std::isnan(result.pareto_shape));
  CHECK(contains(result.warning, "log_likelihood: 1 draws a sample do not tell"));
}

TEST_CASE("A posterior so narrow that the weights have infinite variance is noticed and said", "[analysis]") {
  const Matrix few = data().samples.leftCols(20);
  for (const double times : {0.25, 0.4}) {
    INFO(times);
    const auto result = bv::log_likelihood(model_with(times), few, {.draws = 1000, .threads = 1});
    CHECK(contains(result.warning, "the posterior is too narrow, or away from the true posterior"));
    CHECK_THAT(result.pareto_shape, WithinAbs(1 - times, 0.15));
  }
  for (const double times : {0.65, 0.8, 1.0, 1.5, 3.0}) {
    INFO(times);
    const auto result = bv::log_likelihood(model_with(times), few, {.draws = 1000, .threads = 1});
    CHECK(result.warning.empty());
    if (times < 1) {
      CHECK_THAT(result.pareto_shape, WithinAbs(1 - times, 0.15));
    }
  }
}

TEST_CASE("At the least number of draws that are judged, tails with and without a variance are told apart",
          "[analysis]") {
  const bv::Index least = bv::least_draws_to_judge_tail;
  const auto warning = [&](double times, bv::Index draws) {
    return bv::log_likelihood(model_with(times), data().samples, {.draws = draws, .threads = 1}).warning;
  };
  CHECK(warning(0.65, least).empty());                 // k = 0.35
  CHECK(contains(warning(0.4, least), "too narrow"));  // k = 0.6
  for (const double times : {0.4, 0.65}) {
    for (const bv::Index draws : {bv::Index{25}, least - 1}) {
      CHECK(contains(warning(times, draws),
                     "draws a sample do not tell whether the weights have a finite variance: take 500 or more"));
    }
  }
  CHECK(std::isnan(bv::log_likelihood(model_with(0.4), data().samples, {.draws = 25, .threads = 1}).heavy_tailed));
}

TEST_CASE("The shape that draws are trusted with grows with their number, up to 0.7", "[analysis]") {
  CHECK_THAT(bv::greatest_reliable_shape(1000), WithinRel(2.0 / 3, 1e-14));
  CHECK(bv::greatest_reliable_shape(10000) == 0.7);
  std::vector<bv::detail::OfSample> samples(10, {1, -3, 0.1, 900, 0.1});
  std::fill_n(samples.begin(), 4, bv::detail::OfSample{1, -3, 5, 50, 0.68});
  CHECK_THAT(bv::detail::summarize(samples, 1000).heavy_tailed, WithinRel(0.4, 1e-14));
  CHECK(bv::detail::summarize(samples, 10000).heavy_tailed == 0);
}

TEST_CASE("A posterior of the right width that is away from the true one is noticed", "[analysis]") {
  // ln w = −δ ε − δ²/2: lognormal, of variance e^(δ²) − 1, with all moments; and yet 1000 draws miss what the mean is made of.
  const auto moved_by = [](double deviations) {
    auto model = model_with(1);
    auto bias = bv::test::encoder_layer(model).bias.value();
    bias(0, 0) += deviations * std::exp(0.5 * 16 * std::tanh(bias(two, 0) / 16));
    return bv::log_likelihood(model, data().samples, {.draws = 1000, .threads = 1});
  };
  const auto far = moved_by(2);
  CHECK(contains(far.warning, "away from the true posterior"));
  CHECK(far.pareto_shape > 0.5);
  CHECK(moved_by(0.3).warning.empty());
}

TEST_CASE("Grey values have no density by the likelihood Bernoulli, which is said", "[analysis]") {
  const bv::Vae model{bv::dense_encoder<double, 3, 2>(), bv::dense_decoder<double, 2, 3>(), bv::Bernoulli{}};
  Matrix x = Matrix::Constant(3, 4, 1);
  CHECK_FALSE(contains(bv::log_likelihood(model, x, {.draws = 500, .threads = 1}).warning, "no density"));
  x(1, 2) = 0.5;
  CHECK(contains(bv::log_likelihood(model, x, {.draws = 500, .threads = 1}).warning, "have no density"));
}

TEST_CASE("The scatter alone does not show that a posterior is too narrow", "[analysis]") {
  // A twentieth of the variance: the estimate is off by many of its own errors, and only the tail says so.
  auto model = model_with(0.05);
  const auto result = bv::log_likelihood(model, data().samples, {.draws = 500, .threads = 1});
  const double exact = exact_log_likelihood(model, data().samples);
  CHECK(result.mean < exact - 3 * result.draw_error - result.bias);
  CHECK(contains(result.warning, "too narrow"));
}

TEST_CASE("A narrow posterior of some samples alone is noticed too", "[analysis]") {
  std::vector<bv::detail::OfSample> samples(100, {1, -3, 0.1, 900, 0.1});
  CHECK(bv::detail::summarize(samples, 1000).warning.empty());
  std::fill_n(samples.begin(), 30, bv::detail::OfSample{1, -3, 5, 50, 0.9});
  const auto result = bv::detail::summarize(samples, 1000);
  CHECK(contains(result.warning, "0.10 in the median over samples"));
  CHECK(contains(result.warning, "in 30 % of them"));
}

TEST_CASE("What is missing is left out of x", "[analysis]") {
  // The last of the dimensions missing, in a model whose decoder does not use it: the others' marginal density.
  auto model = model_with(1);
  bv::test::decoder_layer(model).weight.value().row(dimensions - 1).setZero();
  bv::test::encoder_layer(model).weight.value().col(dimensions - 1).setZero();
  Matrix holes = data().samples;
  const Matrix whole = data().samples;
  const double bias = bv::test::decoder_layer(model).bias.value()(dimensions - 1, 0);
  double lost = 0;  // of the missing values, in the mean over samples
  for (bv::Index j = 0; j < holes.cols(); j += 2) {
    const double distance = (holes(dimensions - 1, j) - bias) / sigma;
    lost -= 0.5 * (distance * distance + bv::log_2_pi + 2 * std::log(sigma)) / static_cast<double>(holes.cols());
    holes(dimensions - 1, j) = std::nan("");
  }
  const bv::LogLikelihoodOptions options{.draws = 3, .threads = 1};
  const double expected = bv::log_likelihood(model, whole, options).mean - lost;
  CHECK_THAT(bv::log_likelihood(model, bv::ObservedSet(holes, {.mask = bv::missing_where_nan(holes)}), options).mean,
             WithinRel(expected, 1e-12));
  CHECK(std::abs(lost) > 0.1);
}

TEST_CASE("Weights of samples count as in training", "[analysis]") {
  auto model = model_with(1);
  std::vector<double> weights(40, 1.0);
  weights[3] = 4;
  weights[7] = 0.5;
  const bv::ObservedSet weighted(data().samples, {.weights = weights});
  const auto result = bv::log_likelihood(model, weighted, {.draws = 2, .threads = 1});
  CHECK_THAT(result.mean, WithinRel(exact_log_likelihood(model, data().samples, weights), 1e-12));
}

TEST_CASE("The estimate is the same bits for any number of threads, and by rounding for any batch", "[analysis]") {
  const auto model = model_with(1.5);
  const auto at = [&](bv::Index batch, bv::Index threads) {
    return bv::log_likelihood(model, data().samples, {.draws = 50, .batch = batch, .threads = threads});
  };
  const LogLikelihood alone = at(512, 1);
  CHECK(at(512, 3).mean == alone.mean);
  for (const bv::Index batch : {1, 7, 50, 99, 4000}) {
    CHECK_THAT(at(batch, 1).mean, WithinRel(alone.mean, 1e-14));
    CHECK_THAT(at(batch, 1).pareto_shape, WithinRel(alone.pareto_shape, 1e-6));
  }
}

TEST_CASE("A full posterior's density is the one that its draws are weighed by", "[analysis]") {
  // A decoder without orthogonal columns has a posterior whose latents depend on each other: the full one is exact, with L = chol(Σ).
  bv::Vae model{bv::dense_full_encoder<double, dimensions, two>(), bv::dense_decoder<double, two, dimensions>(),
                bv::Gaussian{sigma}};
  Matrix w = bv::test::normals(dimensions, two, 4);
  w.col(1) += w.col(0);
  bv::test::decoder_layer(model).weight.value() = w;
  bv::test::decoder_layer(model).bias.value() = data().mean;
  const Matrix covariance = bv::test::inverse(Matrix::Identity(two, two) + w.transpose() * w / (sigma * sigma));
  const Matrix triangle = bv::test::cholesky_factor(covariance);
  auto weight = bv::test::encoder_layer(model).weight.value();
  auto bias = bv::test::encoder_layer(model).bias.value();
  weight.setZero();
  weight.topRows(two) = covariance * w.transpose() / (sigma * sigma);
  bias.topRows(two) = -weight.topRows(two) * data().mean;
  for (bv::Index k = 0; k < two; ++k) {
    bias(two + k, 0) = 16 * std::atanh(2 * std::log(triangle(k, k)) / 16);
  }
  bias(bias.rows() - 1, 0) = triangle(1, 0);
  const auto result = bv::log_likelihood(model, data().samples, {.draws = 3, .threads = 1});
  CHECK_THAT(result.mean, WithinRel(exact_log_likelihood(model, data().samples), 1e-12));
  CHECK(result.draw_error < 1e-12);
}

TEST_CASE("Options out of range and no data are refused by name", "[analysis]") {
  const auto model = model_with(1);
  const auto text = [&](const bv::LogLikelihoodOptions& options) {
    return error_text<bv::ArgumentError>([&] { (void)bv::log_likelihood(model, data().samples, options); });
  };
  CHECK(text({.draws = 0}) == "log_likelihood: options.draws: expected at least 1, got 0");
  CHECK(text({.batch = 0}) == "log_likelihood: options.batch: expected at least 1, got 0");
  CHECK(text({.threads = -1}) == "log_likelihood: options.threads: expected a number from 0 to 1024, got -1");
  CHECK(contains(error_text<bv::ArgumentError>([&] { (void)bv::log_likelihood(model, Matrix(dimensions, 0)); }),
                 "log_likelihood: data: expected at least one sample, got 0"));
}

TEST_CASE("A log-likelihood prints itself, with its warning, and writes CSV", "[analysis]") {
  LogLikelihood nats;
  nats.mean = -88.125;
  nats.standard_error = 0.25;
  nats.draw_error = 0.5;
  nats.bias = 0.75;
  nats.effective_draws = 12.5;
  nats.pareto_shape = std::nan("");
  const std::string line =
      "ln p(x) -88.12 ± 0.25 nats over samples, ± 0.50 over draws, bias -0.75; effective draws 12.5, Pareto shape nan";
  CHECK(fmt::format("{}", nats) == line);
  CHECK(
      nats.csv() ==
      "mean,standard_error,draw_error,bias,effective_draws,pareto_shape,heavy_tailed\n-88.125,0.25,0.5,0.75,12.5,,0\n");
  nats.warning = "why";
  CHECK(fmt::format("{}", nats) == line + "\nwhy");
}
