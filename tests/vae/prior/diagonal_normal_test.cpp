// SPDX-License-Identifier: MIT
#include <betavae/vae/prior/diagonal_normal.hpp>

#include "vae/prior/prior_check.hpp"

using namespace betavae;
using namespace betavae::test;
using Catch::Matchers::WithinAbs;

namespace {

/// A learned prior away from where it begins: means −0.7 and 1.1, variances about e^0.8 and e^−0.5.
LearnedDiagonalNormal<2, double> moved_prior() {
  LearnedDiagonalNormal<2, double> prior;
  prior.mean.value() << -0.7, 1.1;
  prior.raw_log_variance.value() << 0.8, -0.5;
  return prior;
}

double log_normal_density(double z, double mean, double log_variance) {
  return -0.5 * (1.8378770664093454836 + log_variance + (z - mean) * (z - mean) * std::exp(-log_variance));
}

}  // namespace

TEST_CASE("a diagonal normal of unit variances, and a learned one at its beginning, are the standard normal") {
  const Matrix<double> mean = normals(3, 5, 1);
  const Matrix<double> log_variance = normals(3, 5, 2);
  const Matrix<double> expected = rates_of(StandardNormal{}, mean, log_variance);
  const DiagonalNormal<3, double> fixed({1, 1, 1});
  const LearnedDiagonalNormal<3, double> learned;
  CHECK((rates_of(fixed, mean, log_variance) - expected).cwiseAbs().maxCoeff() < 1e-13);
  CHECK((rates_of(learned, mean, log_variance) - expected).cwiseAbs().maxCoeff() < 1e-13);
  CHECK((log_density_of(fixed, mean) - log_density_of(StandardNormal{}, mean)).cwiseAbs().maxCoeff() < 1e-13);
  CHECK((draws_of(fixed, 3, 4) == draws_of(StandardNormal{}, 3, 4)));
}

TEST_CASE("the rate against a diagonal normal is the integral of q ln(q/p)") {
  const DiagonalNormal<2, double> fixed({0.25, 9.0});
  const auto learned = moved_prior();
  for (const double mean : {0.0, -0.4, 2.5}) {
    for (const double log_variance : {-5.0, 0.0, 1.5}) {
      const Matrix<double> of_fixed =
          rates_of(fixed, Matrix<double>::Constant(2, 1, mean), Matrix<double>::Constant(2, 1, log_variance));
      const Matrix<double> of_learned =
          rates_of(learned, Matrix<double>::Constant(2, 1, mean), Matrix<double>::Constant(2, 1, log_variance));
      for (Index k = 0; k < 2; ++k) {
        CAPTURE(mean, log_variance, k);
        const double to_fixed = integrated_rate(
            mean, log_variance, [&](double z) { return log_normal_density(z, 0, std::log(fixed.variance(k))); });
        const double to_learned = integrated_rate(mean, log_variance, [&](double z) {
          return log_normal_density(z, learned.mean.value()(k, 0), learned.log_variance()(k, 0));
        });
        CHECK_THAT(of_fixed(k, 0), WithinAbs(to_fixed, 1e-10));
        CHECK_THAT(of_learned(k, 0), WithinAbs(to_learned, 1e-10));
      }
    }
  }
}

TEST_CASE("the rate against a diagonal normal is that of its draws in the mean") {
  check_closed_form_by_draws(DiagonalNormal<3, double>({0.25, 9.0, 1.0}), 3);
  check_closed_form_by_draws(moved_prior(), 2);
  check_closed_form_of_full_posterior(moved_prior());
}

TEST_CASE("a diagonal normal's density integrates to 1, and its draws follow it") {
  check_density_and_draws(DiagonalNormal<2, double>({0.25, 4.0}), 2, 16, 0.125, 1e-12);
  check_density_and_draws(moved_prior(), 2, 14, 0.125, 1e-12);
}

TEST_CASE("a diagonal normal's draws depend on their address alone") {
  check_addresses(DiagonalNormal<3, double>({0.25, 4.0, 1.0}), 3);
  check_addresses<float>(DiagonalNormal<3>({0.25, 4.0, 1.0}), 3);
  check_addresses(moved_prior(), 2);
}

TEST_CASE("a whole model with a diagonal normal has the right gradients, the prior's own among them") {
  check_gradients(DiagonalNormal<2, double>({0.5, 2.0}));
  check_gradients(LearnedDiagonalNormal<2, double>{});
  CHECK(count_parameters(DiagonalNormal<2, double>({0.5, 2.0})) == 0);
  CHECK(count_parameters(LearnedDiagonalNormal<2, double>{}) == 4);
}

TEST_CASE("the rate in a posterior of any size has the right gradients, also where only one part is a variable") {
  const LearnedDiagonalNormal<3, double> prior;
  for (const Index samples : {0, 1, 4}) {
    const auto check = gradient_check(
        [&](const auto& mean, const auto& log_variance) {
          Evaluating<double> context(mean.tape());
          return rate_of(context, prior, GaussianPosterior{mean, log_variance}, mean);
        },
        normals(3, samples, 1), normals(3, samples, 2));
    CHECK(check.passed());
  }
  const Matrix<double> log_variances = normals(3, 4, 2);
  const auto check = gradient_check(
      [&](const auto& mean) {
        Evaluating<double> context(mean.tape());
        return prior.cross_entropy(context, mean, constant(mean.tape(), log_variances));
      },
      normals(3, 4, 1));
  CHECK(check.passed());
}

TEST_CASE("where encoder and decoder can be rescaled, fixed variances change no rate") {
  // Codes in units of √Λ: the rate against N(0, Λ) is that of the code in its own units against N(0, I).
  const Matrix<double> mean = normals(2, 4, 1);
  const Matrix<double> log_variance = normals(2, 4, 2);
  const Eigen::Vector2d deviations(0.5, 3);
  const Matrix<double> scaled_mean = deviations.asDiagonal() * mean;
  const Matrix<double> scaled_log_variance =
      log_variance.colwise() + Eigen::VectorXd(2 * deviations.array().log().matrix());
  CHECK((rates_of(DiagonalNormal<2, double>({0.25, 9}), scaled_mean, scaled_log_variance) -
         rates_of(StandardNormal{}, mean, log_variance))
            .cwiseAbs()
            .maxCoeff() < 1e-13);
}

TEST_CASE("variances that are none are refused, and codes of another size") {
  CHECK(contains(error_text<ArgumentError>([] {
                   DiagonalNormal<2>({1, 0});
                 }),
                 "DiagonalNormal: variances: expected numbers whose logarithms are from -16 to 16, got 0"));
  CHECK_THROWS_AS((DiagonalNormal<2>({1, HUGE_VAL})), ArgumentError);
  CHECK_THROWS_AS((DiagonalNormal<2>({std::nan(""), 1})), ArgumentError);
  CHECK_THROWS_AS((DiagonalNormal<1>({1e-40})), ArgumentError);  // as a float's logarithm it would give no numbers
  CHECK_THROWS_AS((DiagonalNormal<1>({1e+40})), ArgumentError);
  const DiagonalNormal<2> widest({std::exp(-15.99), std::exp(15.99)});
  CHECK(log_density_of(widest, normals<float>(2, 6, 1)).allFinite());
  const DiagonalNormal<2, double> prior({1, 2});
  CHECK_THROWS_AS(log_density_of(prior, Matrix<double>(3, 1)), ArgumentError);
  CHECK_THROWS_AS(draws_of(prior, 3, 1), ArgumentError);
}
