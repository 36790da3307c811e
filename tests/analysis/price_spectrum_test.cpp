// SPDX-License-Identifier: MIT
#include <betavae/analysis/price_spectrum.hpp>
#include <betavae/data/observed_set.hpp>
#include <betavae/train/fit.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/likelihood/categorical.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>
#include <betavae/vae/likelihood/gaussian_heteroscedastic.hpp>
#include <betavae/vae/likelihood/negative_binomial.hpp>
#include <betavae/vae/likelihood/ordered_logistic.hpp>
#include <betavae/vae/likelihood/poisson.hpp>

#include "catch.hpp"
#include "linear_algebra.hpp"
#include "linear_vae.hpp"

#include <limits>

namespace bv = betavae;
using namespace bv::test::linear_case;
using bv::Index;
using bv::PriceSpectrum;
using bv::test::contains;
using bv::test::error_text;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
using Matrix = bv::Matrix<double>;

namespace {

constexpr auto data = data_of<40>;

/// Counts of three features that rise and fall together, and one of its own.
Matrix counts(Index samples) {
  Matrix x(4, samples);
  for (Index j = 0; j < samples; ++j) {
    const double common = static_cast<double>(j % 5);
    x.col(j) << common, 2 * common + static_cast<double>(j % 2), 9 - common, static_cast<double>((j * j) % 7);
  }
  return x;
}

/// Grey values in (0, 1).
Matrix greys(Index samples) { return 0.02 + 0.96 * bv::test::uniforms(4, samples, 3).array().square(); }

/// Eigenvalues of D^−½ Cov[x] D^−½, descending.
std::vector<double> scaled_eigenvalues(const Matrix& x, const Eigen::ArrayXd& diagonal) {
  const Matrix centred = x.colwise() - x.rowwise().mean().eval();
  const Eigen::VectorXd scale = diagonal.rsqrt().matrix();
  const Matrix scaled =
      scale.asDiagonal() * (centred * centred.transpose() / static_cast<double>(x.cols())) * scale.asDiagonal();
  return bv::test::spectrum(scaled).values;
}

void check_equal(const std::vector<double>& prices, const std::vector<double>& expected, double tolerance = 1e-10) {
  REQUIRE(prices.size() == expected.size());
  for (std::size_t i = 0; i < prices.size(); ++i) {
    INFO("price " << i);
    CHECK_THAT(prices[i], WithinAbs(expected[i], tolerance * expected[0]));
  }
}

}  // namespace

TEST_CASE("On the linear model the prices are the variances of the data over the likelihood's", "[analysis][linear]") {
  const PriceSpectrum spectrum = bv::price_spectrum(bv::Gaussian{sigma}, data().samples);
  std::vector<double> expected;
  for (const double variance : variances) {
    expected.push_back(variance / (sigma * sigma));
  }
  check_equal(spectrum.prices, expected, 1e-12);
  CHECK_THAT(spectrum.collapse_price(), WithinRel(6.25, 1e-12));
  CHECK(spectrum.samples == 40);
  CHECK(spectrum.converged());
  for (Index i = 0; i < dimensions; ++i) {
    CHECK_THAT(spectrum.constant[static_cast<std::size_t>(i)], WithinAbs(data().mean(i, 0), 1e-12));
  }
  // The trap: prices at η = 1 whatever η is, so that β = σ² would be the threshold.
  CHECK(std::abs(spectrum.collapse_price() - variances[0]) > 2);
}

TEST_CASE("The number of prices above beta is the linear optimum's number of active latents", "[analysis][linear]") {
  const PriceSpectrum spectrum = bv::price_spectrum(bv::Gaussian{sigma}, data().samples);
  for (const double beta : {0.1, 0.5, 1.0, 1.5, 2.0, 3.0, 4.5, 6.0, 6.5}) {
    INFO("beta " << beta);
    const bv::test::LinearOptimum optimum{variances, dimensions, beta, sigma};
    CHECK(spectrum.predicted_active(beta) == optimum.active());
  }
}

TEST_CASE("Where sigma is trained too, prices are those at the sigma of a collapsed model",
          "[analysis][linear][training]") {
  // The trap: the σ that the likelihood begins with, so that prices follow the units of the data.
  const Matrix x = data().samples;
  std::vector<double> expected;
  double mean_variance = 0;
  for (const double variance : variances) {
    mean_variance += variance / dimensions;
  }
  for (const double variance : variances) {
    expected.push_back(variance / mean_variance);
  }
  for (const double unit : {1.0, 100.0}) {
    const Matrix in_units = unit * x;
    check_equal(bv::price_spectrum(bv::GaussianOptimalSigma{}, in_units).prices, expected);
    check_equal(bv::price_spectrum(bv::GaussianLearnedSigma<double>{0.3}, in_units).prices, expected);
    CHECK(bv::price_spectrum(bv::GaussianOptimalSigma{}, in_units).converged());
  }
  // A floor of σ above what the data ask for is a σ that is given.
  check_equal(bv::price_spectrum(bv::GaussianOptimalSigma{20}, x).prices,
              bv::price_spectrum(bv::Gaussian{20}, x).prices);
  for (const double beta : {2.0, 3.0}) {
    INFO("beta " << beta);
    bv::Vae model{bv::dense_encoder<double, dimensions, latents>({.seed = 3}),
                  bv::dense_decoder<double, latents, dimensions>({.seed = 3}), bv::GaussianOptimalSigma{}};
    bv::fit(
        model, x, bv::BetaElbo{beta},
        {.epochs = 2500, .batch = 40, .learning_rate = 0.02, .seed = 1, .schedule = bv::cosine_decay(), .threads = 1});
    CHECK(bv::evaluate(model, x).active == bv::price_spectrum(bv::GaussianOptimalSigma{}, x).predicted_active(beta));
  }
}

TEST_CASE("A missing value counts as little for a trained sigma as for the rest", "[analysis]") {
  Matrix holes = data().samples;
  for (Index j = 0; j < 40; j += 3) {
    holes(j % 6, j) = std::numeric_limits<double>::quiet_NaN();
  }
  double squares = 0;
  double present = 0;
  for (Index i = 0; i < dimensions; ++i) {
    const Eigen::ArrayXd row = holes.row(i).transpose().array();
    const auto is_there = !row.isNaN();
    const double mean = is_there.select(row, 0).sum() / static_cast<double>(is_there.count());
    squares += is_there.select((row - mean).square(), 0).sum();
    present += static_cast<double>(is_there.count());
  }
  const bv::ObservedSet set(holes, {.mask = bv::missing_where_nan(holes)});
  check_equal(bv::price_spectrum(bv::GaussianOptimalSigma{}, set).prices,
              bv::price_spectrum(bv::Gaussian{std::sqrt(squares / present)}, set).prices);
}

TEST_CASE("Values far from 0 lose nothing but their last digits", "[analysis]") {
  // Such as times in seconds since 1970. The trap: a running sum that has no digits left for what they differ by.
  const Matrix x = bv::test::normals(2, 20000, 5);
  const Matrix far = x.array() + 1.7e9;
  const PriceSpectrum spectrum = bv::price_spectrum(bv::Gaussian{}, far);
  CHECK(spectrum.converged());
  check_equal(spectrum.prices, bv::price_spectrum(bv::Gaussian{}, x).prices, 1e-6);
}

TEST_CASE("Ordered categories have the price of their curvature, which is not the Fisher information", "[analysis]") {
  // 90, 2 and 8 of 100, which no location gives with cutpoints as far apart as these.
  Matrix x = Matrix::Zero(1, 100);
  x.block(0, 90, 1, 2).setConstant(1);
  x.block(0, 92, 1, 8).setConstant(2);
  const bv::OrderedLogistic<3, double> likelihood;
  const std::vector<double> cut = likelihood.cutpoints();
  const auto below = [&](std::size_t k, double location) { return 1 / (1 + std::exp(location - cut[k])); };
  const auto log_p = [&](int k, double location) {
    return std::log((k == 2 ? 1.0 : below(static_cast<std::size_t>(k), location)) -
                    (k == 0 ? 0.0 : below(static_cast<std::size_t>(k - 1), location)));
  };
  const double counts_of[] = {0.9, 0.02, 0.08};
  const PriceSpectrum spectrum = bv::price_spectrum(likelihood, x);
  const double theta = spectrum.constant[0];
  constexpr double h = 1e-4;
  double squares = 0;
  double curvature = 0;
  double mean = 0;
  for (int k = 0; k < 3; ++k) {
    const double score = (log_p(k, theta + h) - log_p(k, theta - h)) / (2 * h);
    mean += counts_of[k] * score;
    squares += counts_of[k] * score * score;
    curvature -= counts_of[k] * (log_p(k, theta + h) - 2 * log_p(k, theta) + log_p(k, theta - h)) / (h * h);
  }
  CHECK_THAT(mean, WithinAbs(0, 1e-7));
  CHECK_THAT(spectrum.collapse_price(), WithinRel(squares / curvature, 1e-6));
}

TEST_CASE("At the price of collapse the curvature of a decoder's direction changes its sign", "[analysis]") {
  // A VAE whose latent is nearly shut, μ = Wᵀ s/β with W = ε w: its loss against that of the closed one, to order ε².
  const Matrix x = greys(30);
  const PriceSpectrum spectrum = bv::price_spectrum(bv::Bernoulli{}, x);
  const Eigen::ArrayXd p = x.rowwise().mean().array();
  const Eigen::ArrayXd f = p * (1 - p);
  const Matrix s = x.colwise() - p.matrix();
  const Eigen::VectorXd scale = f.rsqrt().matrix();
  const Matrix whitened = scale.asDiagonal() * (s * s.transpose() / 30.0) * scale.asDiagonal();
  const Eigen::VectorXd top = bv::test::spectrum(whitened).vectors.col(0);
  const Eigen::VectorXd logit = (p / (1 - p)).log().matrix();
  const auto loss = [&](double epsilon, double beta) {
    const Eigen::VectorXd w = epsilon * scale.asDiagonal() * top;
    double sum = 0;
    for (Index j = 0; j < x.cols(); ++j) {
      const double mean = w.dot(s.col(j)) / beta;
      for (const double noise : {-1.0, 1.0}) {
        const Eigen::ArrayXd a = (logit + w * (mean + noise)).array();
        sum += 0.5 * ((1 + a.exp()).log() - x.col(j).array() * a).sum();
      }
      sum += beta * 0.5 * mean * mean;
    }
    return sum / 30.0;
  };
  const double price = spectrum.collapse_price();
  CHECK(loss(1e-2, 0.97 * price) < loss(0, 1));
  CHECK(loss(1e-2, 1.03 * price) > loss(0, 1));
}

TEST_CASE("What is rare and far can be worth learning beyond the price of collapse, which is local", "[analysis]") {
  // x = ±30 once in 500 samples each, else 0, and η = 1. The code sends them to ±5, the rest to 0, each with variance v; the decoder is
  // a step, right wherever |z − code| < 2.5.
  Matrix x = Matrix::Zero(1, 1000);
  x(0, 1) = x(0, 2) = 30;
  x(0, 3) = x(0, 4) = -30;
  const double price = bv::price_spectrum(bv::Gaussian{1.0}, x).collapse_price();
  CHECK_THAT(price, WithinRel(3.6, 1e-12));
  constexpr double rare = 4e-3;
  constexpr double v = 0.2;
  const double wrong = std::erfc(2.5 / std::sqrt(2 * v));  // of two sides
  const double rate = 0.5 * (rare * 25 + v - 1 - std::log(v));
  const double distortion = 0.5 * wrong * (2 * 30) * (2 * 30);  // no less than what errors cost
  const double beta = 1.5 * price;
  CHECK(distortion + beta * rate > 0.5 * price);  // with a code as wide for all, not worth it
  // With variance 1, N(0, 1), for all that is common, the rate is that of the rare alone: its own decoder, right beyond |z| > 5.
  const double of_rare = rare * 0.5 * (64 + v - 1 - std::log(v));
  const double missed =
      0.5 * 30 * 30 * (rare * 0.5 * std::erfc(3 / std::sqrt(2 * v)) + (1 - rare) * std::erfc(5 / std::sqrt(2.0)));
  CHECK(missed + beta * of_rare < 0.5 * price);  // against the collapsed code: worth it at 1.5 times the price
}

TEST_CASE("The prices of Bernoulli are those of the covariance scaled by p (1 - p)", "[analysis]") {
  const Matrix x = greys(50);
  const Eigen::ArrayXd p = x.rowwise().mean().array();
  const PriceSpectrum spectrum = bv::price_spectrum(bv::Bernoulli{}, x);
  check_equal(spectrum.prices, scaled_eigenvalues(x, p * (1 - p)));
  CHECK_THAT(spectrum.constant[1], WithinRel(std::log(p(1) / (1 - p(1))), 1e-12));
  const bv::Matrix<float> single = x.cast<float>();
  check_equal(bv::price_spectrum(bv::Bernoulli{}, single).prices, spectrum.prices, 1e-6);
}

TEST_CASE("The prices of Poisson counts are those of the covariance over the mean", "[analysis]") {
  const Matrix x = counts(35);
  const PriceSpectrum spectrum = bv::price_spectrum(bv::Poisson{}, x);
  check_equal(spectrum.prices, scaled_eigenvalues(x, x.rowwise().mean().array()));
  CHECK_THAT(spectrum.constant[0], WithinRel(std::log(2.0), 1e-12));
}

TEST_CASE("Scores of exposed counts are those about the exposed mean", "[analysis]") {
  const Matrix x = counts(35);
  bv::BesideValues<double> beside;
  Eigen::ArrayXd exposure(35);
  for (Index j = 0; j < 35; ++j) {
    exposure(j) = 1 + static_cast<double>(j % 3);
    beside.offsets.push_back(std::log(exposure(j)));
  }
  const bv::ObservedSet set(x, beside);
  const Eigen::ArrayXd rate = x.rowwise().sum().array() / exposure.sum();
  const Matrix s = x - rate.matrix() * exposure.matrix().transpose();
  const Eigen::VectorXd scale = (rate * exposure.mean()).rsqrt().matrix();
  const Matrix whitened = scale.asDiagonal() * (s * s.transpose() / 35.0) * scale.asDiagonal();
  const PriceSpectrum spectrum = bv::price_spectrum(bv::Poisson{}, set);
  check_equal(spectrum.prices, bv::test::spectrum(whitened).values);
  CHECK(spectrum.converged());
  // Bernoulli has no closed form with offsets, and gets there by steps.
  const Matrix grey = greys(35);
  CHECK(bv::price_spectrum(bv::Bernoulli{}, bv::ObservedSet(grey, beside)).residual < 1e-10);
}

TEST_CASE("A weighted sample counts as that many, and a missing value has no score", "[analysis]") {
  const Matrix x = counts(12);
  bv::BesideValues<double> beside;
  Matrix copies(4, 0);
  for (Index j = 0; j < 12; ++j) {
    const Index times = 1 + j % 3;
    beside.weights.push_back(static_cast<double>(times));
    const Index before = copies.cols();
    copies.conservativeResize(Eigen::NoChange, before + times);
    copies.rightCols(times) = x.col(j).replicate(1, times);
  }
  const auto weighted = bv::price_spectrum(bv::Poisson{}, bv::ObservedSet(x, beside));
  check_equal(weighted.prices, bv::price_spectrum(bv::Poisson{}, copies).prices);

  // Missing in the half of the samples, at random or not: scores about the mean of those present, and half of the information.
  Matrix holes = data().samples;
  for (Index j = 0; j < 40; j += 2) {
    holes(0, j) = std::numeric_limits<double>::quiet_NaN();
  }
  const bv::ObservedSet set(holes, {.mask = bv::missing_where_nan(holes)});
  const auto spectrum = bv::price_spectrum(bv::Gaussian{sigma}, set);
  Matrix s = data().samples.colwise() - data().samples.rowwise().mean().eval();
  double mean = 0;
  for (Index j = 1; j < 40; j += 2) {
    mean += data().samples(0, j) / 20;
  }
  for (Index j = 0; j < 40; ++j) {
    s(0, j) = j % 2 == 0 ? 0 : data().samples(0, j) - mean;
  }
  Eigen::VectorXd scale = Eigen::VectorXd::Constant(dimensions, 1 / sigma);
  scale(0) *= std::sqrt(2.0);
  const Matrix whitened = scale.asDiagonal() * (s * s.transpose() / 40.0) * scale.asDiagonal();
  check_equal(spectrum.prices, bv::test::spectrum(whitened).values);
}

TEST_CASE("Batches change nothing but rounding", "[analysis]") {
  const auto whole = bv::price_spectrum(bv::Poisson{}, counts(35)).prices;
  for (const Index batch : {1, 7, 34}) {
    check_equal(bv::price_spectrum(bv::Poisson{}, counts(35), {.batch = batch}).prices, whole);
  }
}

TEST_CASE("A likelihood of two parameters has the prices of mean and spread", "[analysis]") {
  // At the best constant, s = ((x − μ)/v, (x − μ)²/v − 1), F = diag(1/v, 2): one feature, so a 2 × 2 problem.
  Matrix x(1, 30);
  for (Index j = 0; j < 30; ++j) {
    x(0, j) = 100 + 20 * std::pow(static_cast<double>(j) / 29.0, 3);
  }
  const double mean = x.mean();
  const double v = (x.array() - mean).square().mean();
  Matrix s(2, 30);
  s.row(0) = (x.array() - mean) / std::sqrt(v);
  s.row(1) = ((x.array() - mean).square() / v - 1) / std::sqrt(2.0);
  const auto spectrum = bv::price_spectrum(bv::GaussianHeteroscedastic{}, x);
  CHECK(spectrum.converged());
  CHECK_THAT(spectrum.constant[0], WithinRel(mean, 1e-9));
  CHECK_THAT(spectrum.constant[1], WithinRel(0.5 * std::log(v), 1e-9));
  check_equal(spectrum.prices, bv::test::spectrum(s * s.transpose() / 30.0).values, 1e-6);
}

TEST_CASE("Categories, whose logits share a constant, have the prices of their indicators", "[analysis]") {
  // One value: Cov of the indicators is F itself, so every price is 1, but for the constant, which has none. The diagonal of F alone
  // would give 1/(1 − p).
  Matrix one(1, 20);
  for (Index j = 0; j < 20; ++j) {
    one(0, j) = j < 4 ? 0 : j < 10 ? 1 : 2;
  }
  check_equal(bv::price_spectrum(bv::Categorical<3>{}, one).prices, {1, 1, 0}, 1e-6);
  // A value and its copy: F^−½ Cov F^−½ = [1 1; 1 1].
  Matrix two(2, 20);
  two << one, one;
  check_equal(bv::price_spectrum(bv::Categorical<3>{}, two).prices, {2, 2, 0, 0, 0, 0}, 1e-6);
}

TEST_CASE("What never varies has no price, and one sample has none at all", "[analysis]") {
  Matrix x = greys(20);
  x.row(1).setZero();
  x.row(2).setOnes();
  const auto spectrum = bv::price_spectrum(bv::Bernoulli{}, x);
  CHECK(spectrum.converged());
  CHECK(spectrum.prices[2] < 1e-14);
  Matrix varying(2, 20);
  varying << x.row(0), x.row(3);
  const auto alone = bv::price_spectrum(bv::Bernoulli{}, varying);
  CHECK_THAT(spectrum.prices[0], WithinRel(alone.prices[0], 1e-12));
  CHECK_THAT(spectrum.prices[1], WithinRel(alone.prices[1], 1e-12));

  Matrix zeros = counts(10);
  zeros.row(0).setZero();
  CHECK(bv::price_spectrum(bv::Poisson{}, zeros).prices[3] < 1e-14);
  for (const double price : bv::price_spectrum(bv::Gaussian{}, Matrix(data().samples.leftCols(1))).prices) {
    CHECK(price == 0);
  }
  CHECK(bv::price_spectrum(bv::Bernoulli{}, Matrix(Matrix::Zero(3, 5))).collapse_price() == 0);
}

TEST_CASE("A spectrum whose constant was not found says so", "[analysis]") {
  const auto early = bv::price_spectrum(bv::NegativeBinomial{}, counts(35), {.most_steps = 1});
  CHECK(!early.converged());
  CHECK(contains(fmt::format("{}", early), "the best constant output was not found"));
}

TEST_CASE("A spectrum prints itself and writes CSV", "[analysis]") {
  const auto spectrum = bv::price_spectrum(bv::Gaussian{sigma}, data().samples);
  CHECK(fmt::format("{}", spectrum) ==
        "Gaussian: collapse is stable beyond beta = 6.25; prices 6.25 3.91 2.50 1.56 0.78 0.31 (6)");
  CHECK(contains(spectrum.csv(), "direction,price\n1,6.2"));
}

TEST_CASE("A spectrum refuses what has none", "[analysis]") {
  const bv::Bernoulli likelihood;
  CHECK(error_text<bv::ArgumentError>([&] { (void)bv::price_spectrum(likelihood, Matrix(4, 0)); }) ==
        "price_spectrum: data: expected at least one sample, got 0");
  CHECK(error_text<bv::ArgumentError>([&] { (void)bv::price_spectrum(likelihood, Matrix(0, 4)); }) ==
        "price_spectrum: data: expected at least one feature, got 0");
  CHECK(error_text<bv::ArgumentError>([&] { (void)bv::price_spectrum(likelihood, greys(3), {.batch = 0}); }) ==
        "price_spectrum: options.batch: expected at least 1, got 0");
  CHECK(contains(error_text<bv::DataError>([&] { (void)bv::price_spectrum(likelihood, counts(3)); }),
                 "expected a value in [0, 1]"));
  const auto spectrum = bv::price_spectrum(likelihood, greys(9));
  CHECK(contains(error_text<bv::ArgumentError>([&] { (void)spectrum.predicted_active(-1); }), "at least 0"));
}
