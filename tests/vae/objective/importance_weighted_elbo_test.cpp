// SPDX-License-Identifier: MIT
#include <betavae/vae/full_gaussian_encoder.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>
#include <betavae/vae/objective/importance_weighted_elbo.hpp>

#include "catch.hpp"
#include "gradients.hpp"
#include "linear_algebra.hpp"
#include "linear_vae.hpp"

namespace bv = betavae;
namespace test = bv::test;
using bv::ImportanceGradient;
using bv::ImportanceWeightedElbo;
using bv::test::differentiate;
using bv::test::loss_of;
using bv::test::normals;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
using Matrix = bv::Matrix<double>;

namespace {

constexpr ImportanceGradient both_gradients[] = {ImportanceGradient::pathwise,
                                                 ImportanceGradient::doubly_reparameterized};

auto small_model(std::uint64_t seed = 1) {
  return bv::Vae{bv::dense_encoder<double, 3, 4, 2>({.activation = bv::Activation::tanh, .seed = seed}),
                 bv::dense_decoder<double, 2, 4, 3>({.activation = bv::Activation::tanh, .seed = seed}),
                 bv::Gaussian{0.7}};
}

auto full_model(std::uint64_t seed = 1) {
  return bv::Vae{bv::dense_full_encoder<double, 3, 4, 2>({.activation = bv::Activation::tanh, .seed = seed}),
                 bv::dense_decoder<double, 2, 4, 3>({.activation = bv::Activation::tanh, .seed = seed}),
                 bv::Gaussian{0.7}};
}

/// One latent, one affine layer each way: small enough to write down, and to draw from ten thousand times.
auto linear_model() {
  bv::Vae model{bv::dense_encoder<double, 2, 1>({.seed = 2}), bv::dense_decoder<double, 1, 2>({.seed = 2}),
                bv::Gaussian{0.6}};
  bv::test::encoder_layer(model).bias.value() = bv::Matrix<double>{{0.1, -0.6}}.transpose();
  bv::test::decoder_layer(model).weight.value() = bv::Matrix<double>{{0.9, -0.5}}.transpose();
  bv::test::decoder_layer(model).bias.value().setZero();
  return model;
}

/// The encoder of the linear model at the exact posterior, but for a variance so many times as great.
template <class Model>
void set_to_posterior(Model& model, double times) {
  const Matrix w = bv::test::decoder_layer(model).weight.value();
  const double variance = 1 / (1 + w.squaredNorm() / 0.36);
  bv::test::encoder_layer(model).weight.value().setZero();
  bv::test::encoder_layer(model).weight.value().row(0) = variance / 0.36 * w.transpose();
  bv::test::encoder_layer(model).bias.value() =
      Matrix{{0, 16 * std::atanh(std::log(times * variance) / 16)}}.transpose();
}

/// The bound whose gradient forgets that the second reparameterization squares the weights: w̃ₖ ∂ ln wₖ/∂zₖ ∂zₖ/∂φ.
struct WithoutSquare {
  bv::Index count;
  [[nodiscard]] bv::Index draws() const { return count; }
  template <class Terms>
  [[nodiscard]] auto operator()(const Terms& terms) const {
    const auto posterior = bv::detail::stop_gradient_of(terms.draws.posterior);
    const auto weights = bv::log_importance_weights(terms, posterior);
    return -1.0 * bv::mean_over_samples(bv::log_mean_exp_over_draws(weights, count).value, terms.weights);
  }
};

/// All gradients of one step, those of the encoder first.
template <class Model, class Objective>
Eigen::VectorXd gradient(Model& model, const Objective& objective, const Matrix& x, std::uint64_t step) {
  const auto all =
      bv::test::all_gradients(differentiate(model, objective, bv::GaussianNoise(1), x, {}, step).gradients);
  return Eigen::Map<const Eigen::VectorXd>(all.data(), static_cast<bv::Index>(all.size()));
}

/// Mean and variance of the mean of something over steps.
template <class Function>
std::pair<Eigen::VectorXd, Eigen::VectorXd> over_steps(int steps, const Function& function) {
  Eigen::VectorXd sum = function(0);
  Eigen::VectorXd squares = sum.cwiseAbs2();
  for (int step = 1; step < steps; ++step) {
    const Eigen::VectorXd now = function(static_cast<std::uint64_t>(step));
    sum += now;
    squares += now.cwiseAbs2();
  }
  const Eigen::VectorXd mean = sum / steps;
  return {mean, (squares / steps - mean.cwiseAbs2()) / (steps - 1)};
}

}  // namespace

TEST_CASE("The log of a mean of exponentials, and its gradient, far out too", "[vae][objective]") {
  const auto of_three = [](const auto& x) { return bv::log_mean_exp_over_draws(x, 3).value; };
  test::require_pass(bv::gradient_check(of_three, normals(1, 12, 1)));
  bv::Tape<double> tape;
  const Matrix x = Matrix{{-1000, -1000 + std::log(2.0), -1e300, 700, 700, 700}};
  const auto result = bv::log_mean_exp_over_draws(bv::constant(tape, x), 3);
  CHECK_THAT(result.value.value()(0, 0), WithinRel(-1000.0, 1e-15));  // (1 + 2 + 0)/3 of e⁻¹⁰⁰⁰
  CHECK_THAT(result.value.value()(0, 1), WithinRel(700.0, 1e-15));
  CHECK_THAT(*result.shares.column(1), WithinRel(2.0 / 3, 1e-13));
  CHECK(*result.shares.column(2) == 0);
}

TEST_CASE("The bound of K draws is the mean weight's logarithm, draw by draw", "[vae][objective]") {
  const auto model = small_model();
  const Matrix x = normals(3, 5, 1);
  const double beside_weights[] = {1, 2, 0.5, 3, 1};
  for (const bv::Index draws : {1, 2, 5}) {
    // One draw at a time: each is a whole batch, whose noise is that of sample j·K + k.
    double expected = 0;
    for (bv::Index j = 0; j < 5; ++j) {
      double mean_weight = 0;
      for (bv::Index k = 0; k < draws; ++k) {
        const Matrix one = x.col(j);
        bv::Tape<double> tape;
        bv::Evaluating<double> context(tape);
        const auto terms = model.terms(context, bv::Observed{bv::constant(tape, one)}, bv::GaussianNoise(1), 0,
                                       static_cast<std::uint64_t>(j * draws + k));
        const Matrix z = terms.z.value();
        const Matrix mean = terms.posterior.mean.value();
        const Matrix deviation = (0.5 * terms.posterior.log_variance.value().array()).exp();
        const double log_ratio = -0.5 * z.squaredNorm() + 0.5 * (z - mean).cwiseQuotient(deviation).squaredNorm() +
                                 deviation.array().log().sum();
        mean_weight += std::exp(log_ratio - terms.distortion.value()(0, 0)) / static_cast<double>(draws);
      }
      expected -= beside_weights[j] / 7.5 * std::log(mean_weight);
    }
    for (const auto way : both_gradients) {
      const ImportanceWeightedElbo objective({.draws = draws, .gradient = way});
      CHECK_THAT(loss_of(model, objective, bv::GaussianNoise(1), x, {nullptr, beside_weights, nullptr}),
                 WithinRel(expected, 1e-13));
    }
  }
}

TEST_CASE("One draw is the negative ELBO: at the draw, and in the mean", "[vae][objective]") {
  auto model = small_model();
  const Matrix x = normals(3, 4, 1);
  const ImportanceWeightedElbo objective({.draws = 1});
  // ln q − ln p is quadratic in the noise, so that quadrature gives the closed-form rate. The distortion is at the same draws.
  const auto four_times = bv::test::repeated(x, 4);
  CHECK_THAT(loss_of(model, objective, bv::QuadratureNoise{}, four_times),
             WithinRel(loss_of(model, bv::BetaElbo{1}, bv::QuadratureNoise{}, four_times), 1e-13));
}

TEST_CASE("Several draws are measured in the mean: rate and distortion of K draws are those of K samples",
          "[vae][objective]") {
  const auto model = full_model();
  const Matrix x = normals(3, 4, 1);
  const double weights[] = {1, 2, 0.5, 3};
  const double offsets[] = {0.1, -0.2, 0.3, 0};
  const std::uint8_t mask[] = {1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1};
  const Matrix thrice = bv::test::repeated(x, 3);
  std::vector<double> weights_thrice;
  std::vector<double> offsets_thrice;
  std::vector<std::uint8_t> mask_thrice;
  for (std::size_t j = 0; j < 12; ++j) {
    weights_thrice.push_back(weights[j / 3]);
    offsets_thrice.push_back(offsets[j / 3]);
    mask_thrice.insert(mask_thrice.end(), mask + j / 3 * 3, mask + j / 3 * 3 + 3);
  }
  bv::Tape<double> tape;
  bv::Evaluating<double> context(tape);
  using Observed = bv::Observed<bv::Constant<double>>;
  const auto drawn =
      model.terms(context, Observed{bv::constant(tape, x), mask, weights, offsets}, bv::GaussianNoise(1), 5, 0, 3);
  const auto repeated = model.terms(
      context, Observed{bv::constant(tape, thrice), mask_thrice.data(), weights_thrice.data(), offsets_thrice.data()},
      bv::GaussianNoise(1), 5);
  CHECK((drawn.z.value() == repeated.z.value()));
  CHECK((drawn.draws.distortion.value() == repeated.draws.distortion.value()));
  CHECK_THAT(drawn.distortion.value()(0, 0), WithinRel(repeated.distortion.value()(0, 0), 1e-14));
  CHECK((drawn.rate_per_dimension.value() - repeated.rate_per_dimension.value()).norm() <= 1e-14);
  CHECK(drawn.posterior.mean.columns() == 4);
  CHECK(drawn.draws.posterior.mean.columns() == 12);
  CHECK(drawn.draws.gradient_factors == nullptr);  // nothing is differentiated here
  CHECK(test::error_text<bv::ArgumentError>([&] {
          (void)model.terms(context, Observed{bv::constant(tape, x)}, bv::GaussianNoise(1), 5, 0, 0);
        }) == "Vae::terms: draws: expected at least 1, got 0");
}

TEST_CASE("The pathwise gradient of the bound is the loss's, with weights and missing values, for both posteriors",
          "[vae][objective]") {
  const Matrix x = normals(3, 3, 1);
  const double weights[] = {1, 2, 0.5};
  const std::uint8_t mask[] = {1, 1, 0, 1, 1, 1, 0, 1, 1};
  for (const bv::Index draws : {1, 3}) {
    const ImportanceWeightedElbo objective({.draws = draws, .gradient = ImportanceGradient::pathwise});
    const bv::GaussianNoise noise(1);
    CHECK(bv::test::worst_gradient_error(small_model(), objective, noise, x, {mask, weights, nullptr}) <=
          bv::GradientCheck::tolerance);
    CHECK(bv::test::worst_gradient_error(full_model(), objective, noise, x, {mask, weights, nullptr}) <=
          bv::GradientCheck::tolerance);
  }
}

TEST_CASE("The doubly reparameterized gradient is its formula, written out", "[vae][objective]") {
  auto model = linear_model();
  const Matrix x = normals(2, 3, 4);
  constexpr bv::Index draws = 4;
  const auto measured =
      differentiate(model, ImportanceWeightedElbo({.draws = draws}), bv::GaussianNoise(1), x).gradients;

  const Matrix& w = bv::test::decoder_layer(model).weight.value();
  const Matrix& a = bv::test::encoder_layer(model).weight.value();
  const Matrix raw = (a * x).colwise() + Eigen::VectorXd(bv::test::encoder_layer(model).bias.value());
  Matrix by_raw = Matrix::Zero(2, 3);  // of mean and of what the log-variance is made of
  Matrix by_decoder_weight = Matrix::Zero(2, 1);
  Matrix by_decoder_bias = Matrix::Zero(2, 1);
  for (bv::Index j = 0; j < 3; ++j) {
    const double mean = raw(0, j);
    const double deviation = std::exp(0.5 * 16 * std::tanh(raw(1, j) / 16));
    double z[draws];
    double noise[draws];
    double weight[draws];
    double total = 0;
    const auto error = [&](double code) { return Matrix(x.col(j) - w * code); };
    for (bv::Index k = 0; k < draws; ++k) {
      noise[k] = bv::Random(1, bv::Stream::posterior).normal<double>({0, static_cast<std::uint64_t>(j * draws + k), 0});
      z[k] = mean + deviation * noise[k];
      weight[k] = std::exp(-error(z[k]).squaredNorm() / (2 * 0.36) - 0.5 * z[k] * z[k] + 0.5 * noise[k] * noise[k]);
      total += weight[k];
    }
    for (bv::Index k = 0; k < draws; ++k) {
      const double share = weight[k] / total;
      const double by_z = (w.transpose() * error(z[k]))(0, 0) / 0.36 - z[k] + noise[k] / deviation;
      const double tanh = std::tanh(raw(1, j) / 16);
      by_raw(0, j) -= share * share * by_z / 3;
      by_raw(1, j) -= share * share * by_z * 0.5 * deviation * noise[k] * (1 - tanh * tanh) / 3;
      by_decoder_weight -= share * error(z[k]) * z[k] / (0.36 * 3);
      by_decoder_bias -= share * error(z[k]) / (0.36 * 3);
    }
  }
  const auto of = [&](const auto& parameter) { return bv::test::gradient_of(measured, parameter); };
  CHECK((of(bv::test::encoder_layer(model).weight) - by_raw * x.transpose()).norm() <= 1e-13);
  CHECK((of(bv::test::encoder_layer(model).bias) - by_raw.rowwise().sum()).norm() <= 1e-13);
  CHECK((of(bv::test::decoder_layer(model).weight) - by_decoder_weight).norm() <= 1e-13);
  CHECK((of(bv::test::decoder_layer(model).bias) - by_decoder_bias).norm() <= 1e-13);
}

TEST_CASE("In the mean over ten thousand draws the doubly reparameterized gradient is the pathwise one",
          "[vae][objective]") {
  auto model = linear_model();
  const Matrix x = normals(2, 1, 4);
  constexpr bv::Index draws = 4;
  constexpr int steps = 2500;
  const ImportanceWeightedElbo pathwise({.draws = draws, .gradient = ImportanceGradient::pathwise});
  const auto difference = [&](const auto& objective) {
    return over_steps(steps, [&](std::uint64_t step) {
      return Eigen::VectorXd(gradient(model, objective, x, step) - gradient(model, pathwise, x, step));
    });
  };
  // Both from the same draws: the decoder's gradient is the same number for number, the encoder's agrees in each entry within three
  // standard errors of the difference.
  const auto [mean, variance] = difference(ImportanceWeightedElbo({.draws = draws}));
  for (bv::Index i = 0; i < mean.size(); ++i) {
    CAPTURE(i, mean(i), std::sqrt(variance(i)));
    CHECK(std::abs(mean(i)) <= 3 * std::sqrt(variance(i)) + 1e-12);
  }
  CHECK((variance.head(6).array() > 1e-12).all());
  // Without the square, the encoder's mean is another.
  const auto [wrong_mean, wrong_variance] = difference(WithoutSquare{draws});
  CHECK((wrong_mean.head(6).array().abs() > 10 * wrong_variance.head(6).array().sqrt()).all());
}

TEST_CASE("With many draws the doubly reparameterized gradient scatters less", "[vae][objective]") {
  auto model = linear_model();
  set_to_posterior(model, 1.3);
  const Matrix x = normals(2, 1, 4);
  const auto scatter = [&](ImportanceGradient way) {
    const ImportanceWeightedElbo objective({.draws = 64, .gradient = way});
    return over_steps(200, [&](std::uint64_t step) { return gradient(model, objective, x, step); })
        .second.head(6)
        .sum();
  };
  const double ratio = scatter(ImportanceGradient::doubly_reparameterized) / scatter(ImportanceGradient::pathwise);
  CAPTURE(ratio);
  CHECK(ratio < 0.2);
}

TEST_CASE("Where the posterior is exact, one draw tells all, and the doubly reparameterized gradient is zero",
          "[vae][objective]") {
  auto model = linear_model();
  const Matrix w = bv::test::decoder_layer(model).weight.value();
  set_to_posterior(model, 1);
  const Matrix x = normals(2, 3, 4);
  const Matrix covariance = w * w.transpose() + 0.36 * Matrix::Identity(2, 2);
  double exact = 0;
  for (bv::Index j = 0; j < 3; ++j) {
    exact -= 0.5 / 3 *
             (x.col(j).dot(bv::test::inverse(covariance) * x.col(j)) + bv::test::log_determinant(covariance) +
              2 * bv::log_2_pi);
  }
  for (const bv::Index draws : {1, 7}) {
    const auto result = differentiate(model, ImportanceWeightedElbo({.draws = draws}), bv::GaussianNoise(1), x);
    CHECK_THAT(result.loss, WithinRel(-exact, 1e-13));
    CHECK(bv::test::gradient_of(result.gradients, bv::test::encoder_layer(model).weight).norm() <= 1e-13);
    CHECK(bv::test::gradient_of(result.gradients, bv::test::encoder_layer(model).bias).norm() <= 1e-13);
  }
}

TEST_CASE("The bound grows with the number of draws", "[vae][objective]") {
  const auto model = small_model();
  const Matrix x = bv::test::repeated(normals(3, 1, 1), 1000);
  double before = -HUGE_VAL;
  for (const bv::Index draws : {1, 2, 4, 16}) {
    const double bound = -loss_of(model, ImportanceWeightedElbo({.draws = draws}), bv::GaussianNoise(1), x);
    CHECK(bound > before);
    before = bound;
  }
}

TEST_CASE("The bound and the effective draws are named", "[vae][objective]") {
  const auto model = small_model();
  const Matrix x = normals(3, 4, 1);
  bv::Tape<double> tape;
  bv::Evaluating<double> context(tape);
  const ImportanceWeightedElbo objective({.draws = 5});
  const auto terms = model.terms(context, bv::Observed{bv::constant(tape, x)}, bv::GaussianNoise(1), 0, 0, 5);
  const auto value = objective(terms);
  CHECK(value.named[0].name == "importance weighted bound");
  CHECK(value.named[0].value == -value.loss.value()(0, 0));
  CHECK(value.named[0].kind == bv::NumberKind::nats);
  CHECK(value.named[1].name == "effective draws");
  CHECK(value.named[1].value > 1);
  CHECK(value.named[1].value < 5);
  CHECK(value.named[1].kind == bv::NumberKind::measured);
}

TEST_CASE("No draw at all, and terms of another number of draws, are refused", "[vae][objective]") {
  CHECK(test::error_text<bv::ArgumentError>([] { (void)ImportanceWeightedElbo({.draws = 0}); }) ==
        "ImportanceWeightedElbo: options.draws: expected at least 1, got 0");
  const auto model = small_model();
  const Matrix x = normals(3, 4, 1);
  bv::Tape<double> tape;
  bv::Evaluating<double> context(tape);
  const auto terms = model.terms(context, bv::Observed{bv::constant(tape, x)}, bv::GaussianNoise(1), 0);
  CHECK(test::error_text<bv::ArgumentError>([&] { (void)ImportanceWeightedElbo({.draws = 3})(terms); }) ==
        "ImportanceWeightedElbo: expected as many draws in the terms as options.draws, got 1 and 3");
}
