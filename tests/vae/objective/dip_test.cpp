// SPDX-License-Identifier: MIT
#include <betavae/train/fit.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>
#include <betavae/vae/objective/dip.hpp>

#include "catch.hpp"
#include "linear_vae.hpp"
#include "train/small_model.hpp"

#include <limits>

namespace bv = betavae;
namespace test = bv::test;
using bv::DipCovariance;
using bv::DipElbo;
using bv::Index;
using bv::test::contains;
using bv::test::error_text;
using bv::test::normals;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
using Matrix = bv::Matrix<double>;

namespace {

double penalty_of(const Matrix& mean, const Matrix& log_variance, const bv::DipOptions& options,
                  const double* weights = nullptr) {
  bv::Tape<double> tape;
  const bv::GaussianPosterior posterior{bv::constant(tape, mean), bv::constant(tape, log_variance)};
  return bv::dip_penalty(posterior, options, weights).value()(0, 0);
}

/// Written out, of a covariance.
double penalty_at(const Matrix& covariance, const bv::DipOptions& options) {
  double sum = 0;
  for (Index i = 0; i < covariance.rows(); ++i) {
    for (Index k = 0; k < covariance.cols(); ++k) {
      const double off = covariance(i, k);
      sum += i == k ? options.lambda_diagonal * (off - 1) * (off - 1) : options.lambda_off_diagonal * off * off;
    }
  }
  return sum;
}

template <class Objective>
struct LossOf {
  Objective objective;
  template <class Terms>
  auto operator()(const Terms& terms) const {
    return objective(terms).loss;
  }
};
template <class Objective>
LossOf(Objective) -> LossOf<Objective>;

}  // namespace

TEST_CASE("DIP I looks at the covariance of the means, DIP II adds the mean variance of the posteriors",
          "[vae][objective]") {
  const Matrix mean = normals(3, 30, 1);
  const Matrix log_variance = normals(3, 30, 2);
  const Matrix centred = mean.colwise() - mean.rowwise().mean();
  const Matrix of_means = centred * centred.transpose() / 30;
  const Matrix of_codes = of_means + Matrix(log_variance.array().exp().matrix().rowwise().mean().col(0).asDiagonal());
  const bv::DipOptions one{.covariance = DipCovariance::of_means, .lambda_off_diagonal = 3, .lambda_diagonal = 7};
  const bv::DipOptions two{.covariance = DipCovariance::of_codes, .lambda_off_diagonal = 3, .lambda_diagonal = 7};
  CHECK_THAT(penalty_of(mean, log_variance, one), WithinRel(penalty_at(of_means, one), 1e-12));
  CHECK_THAT(penalty_of(mean, log_variance, two), WithinRel(penalty_at(of_codes, two), 1e-12));
}

TEST_CASE("Weights in DIP are what samples that often in a row are", "[vae][objective]") {
  const Matrix mean = normals(3, 3, 1);
  const Matrix log_variance = normals(3, 3, 2);
  const std::vector<double> weights{1, 3, 2};
  Matrix many_means(3, 6);
  Matrix many_log_variances(3, 6);
  many_means << mean.col(0), mean.col(1), mean.col(1), mean.col(1), mean.col(2), mean.col(2);
  many_log_variances << log_variance.col(0), log_variance.col(1), log_variance.col(1), log_variance.col(1),
      log_variance.col(2), log_variance.col(2);
  for (const DipCovariance covariance : {DipCovariance::of_means, DipCovariance::of_codes}) {
    CHECK_THAT(penalty_of(mean, log_variance, {.covariance = covariance}, weights.data()),
               WithinRel(penalty_of(many_means, many_log_variances, {.covariance = covariance}), 1e-13));
  }
}

TEST_CASE("A code with the prior's moments has no penalty", "[vae][objective]") {
  // Means at ±√½ on each axis pair, variances ½: Cov[μ] = ½ I.
  const double r = std::sqrt(0.5);
  const Matrix mean = Matrix{{r, r, -r, -r}, {r, -r, r, -r}};
  const Matrix log_variance = Matrix::Constant(2, 4, std::log(0.5));
  CHECK_THAT(penalty_of(mean, log_variance, {}), WithinAbs(0, 1e-13));
  CHECK_THAT(penalty_of(mean, log_variance, {.covariance = DipCovariance::of_means, .lambda_diagonal = 8}),
             WithinRel(8 * 2 * 0.25, 1e-13));
}

TEST_CASE("A batch of one sample has no covariance, so it has no penalty and no gradient of one", "[vae][objective]") {
  const Matrix mean = normals(3, 1, 1);
  const Matrix log_variance = normals(3, 1, 2);
  for (const DipCovariance covariance : {DipCovariance::of_means, DipCovariance::of_codes}) {
    CHECK(penalty_of(mean, log_variance, {.covariance = covariance}) == 0);
  }
  const bv::DenseOptions smooth{.activation = bv::Activation::tanh};
  bv::Vae model{bv::dense_encoder<double, 7, 5, 3>(smooth), bv::dense_decoder<double, 3, 5, 7>(smooth),
                bv::Bernoulli{}};
  const Matrix x = bv::test::uniforms(7, 1, 1);
  const bv::GaussianNoise noise(1);
  const auto with = bv::test::differentiate(model, LossOf{DipElbo()}, noise, x);
  const auto without = bv::test::differentiate(model, bv::BetaElbo(1), noise, x);
  CHECK(with.loss == without.loss);
  CHECK(bv::test::relative_distance(bv::test::all_gradients(with.gradients),
                                    bv::test::all_gradients(without.gradients)) < 1e-14);
}

TEST_CASE("The penalty's gradient in means and log-variances is right, with weights and without", "[vae][objective]") {
  for (const Index latents : {0, 1, 4, 9}) {
    for (const Index samples : {1, 2, 9}) {
      const Matrix mean = normals(latents, samples, 1);
      const Matrix log_variance = 0.5 * normals(latents, samples, 2);
      std::vector<double> weights;
      for (Index j = 0; j < samples; ++j) {
        weights.push_back(0.5 + static_cast<double>(j));
      }
      for (const DipCovariance covariance : {DipCovariance::of_means, DipCovariance::of_codes}) {
        for (const double* beside : {static_cast<const double*>(nullptr), static_cast<const double*>(weights.data())}) {
          const bv::DipOptions options{.covariance = covariance, .lambda_off_diagonal = 2, .lambda_diagonal = 0.7};
          const auto check = bv::gradient_check(
              [&](const auto& m, const auto& l) {
                return bv::dip_penalty(bv::GaussianPosterior{m, l}, options, beside);
              },
              mean, log_variance);
          CAPTURE(latents, samples, check.input, check.row, check.column);
          CHECK(check.passed());
        }
      }
    }
  }
}

TEST_CASE("The gradient of DIP through a whole model is right, with weights and without", "[vae][objective]") {
  const bv::DenseOptions smooth{.activation = bv::Activation::tanh};
  const bv::Vae model{bv::dense_encoder<double, 7, 5, 3>(smooth), bv::dense_decoder<double, 3, 5, 7>(smooth),
                      bv::Bernoulli{}};
  for (const Index samples : {1, 6}) {
    const Matrix x = bv::test::uniforms(7, samples, 1);
    const std::vector<double> weights{0.5, 2, 1, 0, 3, 1.5};
    for (const DipCovariance covariance : {DipCovariance::of_means, DipCovariance::of_codes}) {
      const LossOf objective{DipElbo({.covariance = covariance})};
      CHECK(bv::test::worst_gradient_error(model, objective, bv::GaussianNoise(1), x) <= bv::GradientCheck::tolerance);
      CHECK(bv::test::worst_gradient_error(model, objective, bv::GaussianNoise(1), x,
                                           {nullptr, weights.data(), nullptr}) <= bv::GradientCheck::tolerance);
    }
  }
}

TEST_CASE("The loss is distortion + rate + penalty, and the penalty has a name", "[vae][objective]") {
  bv::Tape<double> tape;
  const Matrix mean = normals(2, 5, 1);
  const Matrix log_variance = normals(2, 5, 2);
  const Matrix rates = Matrix{{0.5}, {2.0}};
  const Matrix distortion = Matrix::Constant(1, 1, 70);
  const bv::GaussianPosterior posterior{bv::constant(tape, mean), bv::constant(tape, log_variance)};
  const auto value = DipElbo()(
      bv::ElboTerms{bv::constant(tape, rates), bv::constant(tape, distortion), posterior, bv::constant(tape, mean)});
  CHECK(value.named[0].name == "moment penalty");
  CHECK_THAT(value.named[0].value, WithinRel(penalty_of(mean, log_variance, {}), 1e-15));
  CHECK_THAT(value.loss.value()(0, 0), WithinRel(72.5 + value.named[0].value, 1e-15));
}

TEST_CASE("The linear optimum at beta = 1 has no penalty under DIP II: its codes have the prior's moments",
          "[vae][objective]") {
  namespace linear = bv::test::linear_case;
  bv::Vae model{bv::dense_encoder<double, linear::dimensions, linear::latents>(),
                bv::dense_decoder<double, linear::latents, linear::dimensions>(), bv::Gaussian{linear::sigma}};
  const auto data = bv::test::linear_data(linear::variances, 50, 1);
  bv::test::set_to_optimum(model, bv::test::LinearOptimum{linear::variances, linear::latents, 1, linear::sigma}, data);
  const auto codes = model.encode(data.samples);
  CHECK_THAT(penalty_of(codes.mean, codes.log_variance, {}), WithinAbs(0, 1e-20));
  CHECK(penalty_of(codes.mean, codes.log_variance, {.covariance = DipCovariance::of_means}) > 1);
}

TEST_CASE("Training with DIP brings the code's moments to the prior's", "[vae][objective]") {
  const auto penalty_after = [](const auto& objective) {
    auto model = test::small_model(1, bv::Gaussian{0.05});
    const auto data = test::grey_data(65);  // the last batch has one sample
    bv::fit(model, data, objective, {.epochs = 100, .batch = 32, .learning_rate = 0.02, .seed = 3});
    const auto codes = model.encode(data);
    return penalty_of(codes.mean.template cast<double>(), codes.log_variance.template cast<double>(), {});
  };
  const double plain = penalty_after(bv::BetaElbo{1});
  const double drawn = penalty_after(DipElbo({.lambda_off_diagonal = 50, .lambda_diagonal = 50}));
  CAPTURE(plain, drawn);
  CHECK(drawn < 0.2);
  CHECK(plain > 5 * drawn);
}

TEST_CASE("DIP names its prices", "[vae][objective]") {
  const auto settings = DipElbo({.lambda_off_diagonal = 3, .lambda_diagonal = 7}).settings();
  CHECK(settings[0].name == "lambda off diagonal");
  CHECK(settings[0].value == 3);
  CHECK(settings[1].name == "lambda diagonal");
  CHECK(settings[1].value == 7);
  CHECK(settings[1].kind == bv::NumberKind::fixed_setting);
}

TEST_CASE("Batches and prices that DIP makes no sense of are refused", "[vae][objective]") {
  auto model = test::small_model();
  CHECK(contains(
      error_text<bv::ArgumentError>([&] { bv::fit(model, test::grey_data(20), DipElbo(), {.epochs = 1, .batch = 1}); }),
      "DipElbo: batch: expected at least 2 samples: one has no covariance, got 1"));
  CHECK(contains(
      error_text<bv::ArgumentError>([&] { bv::fit(model, test::grey_data(1), DipElbo(), {.epochs = 1, .batch = 8}); }),
      "DipElbo: batch: expected at least 2 samples: one has no covariance, got 1"));
  for (const double bad : {-1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    CHECK(contains(error_text<bv::ArgumentError>([&] { (void)DipElbo({.lambda_off_diagonal = bad}); }),
                   "DipElbo: options.lambda_off_diagonal: expected a finite number of at least 0"));
    CHECK(contains(error_text<bv::ArgumentError>([&] { (void)DipElbo({.lambda_diagonal = bad}); }),
                   "DipElbo: options.lambda_diagonal: expected a finite number of at least 0"));
  }
}
