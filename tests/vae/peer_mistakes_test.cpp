// SPDX-License-Identifier: MIT
// Mistakes that other libraries make with rate and distortion, each written out beside what is right here. Those that belong to one
// objective stand in its own test (objective/).
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>
#include <betavae/vae/objective/beta_elbo.hpp>

#include "catch.hpp"
#include "model_check.hpp"

#include <cmath>

namespace bv = betavae;
using bv::test::all_gradients;
using bv::test::normals;
using bv::test::relative_distance;
using Catch::Matchers::WithinRel;

TEST_CASE("Mean and log-variance carry the same 1/batch in the rate's gradient", "[vae][peers]") {
  const bv::Matrix<double> mean = normals(3, 5, 1);
  const bv::Matrix<double> log_variance = normals(3, 5, 2);
  bv::Tape<double> tape;
  const auto leaf = [&](const bv::Matrix<double>& value) {
    const auto variable = bv::make_variable(tape, value.rows(), value.cols());
    std::copy_n(value.data(), value.size(), variable.value_view().data);
    return variable;
  };
  const bv::GaussianPosterior posterior{leaf(mean), leaf(log_variance)};
  bv::reverse(bv::sum(bv::mean_over_samples(bv::gaussian_rate(posterior))));
  const bv::Matrix<double> in_mean = mean / 5;
  const bv::Matrix<double> in_log_variance = (log_variance.array().exp() - 1) / 10;
  const bv::Matrix<double> without_batch = 5 * in_log_variance;  // the mistake: of one branch alone
  CHECK((posterior.mean.adjoint() - in_mean).norm() < 1e-14);
  CHECK((posterior.log_variance.adjoint() - in_log_variance).norm() < 1e-14);
  CHECK((posterior.log_variance.adjoint() - without_batch).norm() > 0.5);
}

TEST_CASE("What matters for a Gaussian likelihood is beta sigma^2, not beta and not sigma^2", "[vae][peers]") {
  const bv::Matrix<double> x = normals(6, 9, 1);
  // distortion + β rate = (½ squared error + βσ² rate)/σ² + constant: equal βσ², equal direction.
  const auto direction = [&](double beta, double sigma) {
    bv::Vae model{bv::dense_encoder<double, 6, 5, 2>(), bv::dense_decoder<double, 2, 5, 6>(), bv::Gaussian{sigma}};
    std::vector<double> gradients =
        all_gradients(bv::test::differentiate(model, bv::BetaElbo{beta}, bv::GaussianNoise(1), x).gradients);
    for (double& gradient : gradients) {
      gradient *= sigma * sigma;
    }
    return gradients;
  };
  const auto reference = direction(1.2, 0.5);
  CHECK(relative_distance(direction(0.3, 1.0), reference) < 1e-12);  // β = σ² is right for σ = 1 alone
  CHECK(relative_distance(direction(0.075, 2.0), reference) < 1e-12);
  CHECK(relative_distance(direction(1.2, 1.0), reference) > 0.01);
  CHECK(relative_distance(direction(0.25, 1.0), reference) > 0.001);  // σ² in the place of βσ²
}

TEST_CASE("A log-variance without end overflows no exponential, as it would unbounded", "[vae][peers]") {
  bv::Tape<double> tape;
  const bv::Matrix<double> raw = bv::Matrix<double>::Constant(2, 1, 1000);
  CHECK(std::isinf(std::exp(raw(0, 0))));
  const auto posterior = bv::gaussian_posterior(bv::constant(tape, raw));
  CHECK(std::isfinite(bv::gaussian_rate(posterior).value()(0, 0)));
}

TEST_CASE("A distortion from logits is exact where one from probabilities is infinite", "[vae][peers]") {
  bv::Tape<double> tape;
  bv::Evaluating<double> context(tape);
  const bv::Matrix<double> logit = bv::Matrix<double>::Constant(1, 1, 800);
  const bv::Matrix<double> value = bv::Matrix<double>::Zero(1, 1);
  const double probability = 1 / (1 + std::exp(-logit(0, 0)));
  CHECK(std::isinf(-std::log(1 - probability)));
  const auto nats =
      bv::Bernoulli{}.distortion(context, bv::constant(tape, logit), bv::Observed{bv::constant(tape, value)});
  CHECK_THAT(nats.value()(0, 0), WithinRel(800.0, 1e-15));
}
