// SPDX-License-Identifier: MIT
#include <betavae/vae/prior/laplace.hpp>

#include "vae/prior/prior_check.hpp"

#include <numbers>

using namespace betavae;
using namespace betavae::test;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

double log_laplace_density(double z, double scale) { return -std::abs(z) / scale - std::log(2 * scale); }

double rate_at(const LaplacePrior& prior, double mean, double log_variance) {
  return rates_of(prior, Matrix<double>::Constant(1, 1, mean), Matrix<double>::Constant(1, 1, log_variance))(0, 0);
}

}  // namespace

TEST_CASE("the Laplace prior has unit variance unless told otherwise") {
  const Grid grid = grid_of(LaplacePrior{}, 1, 30, 1e-3);
  CHECK_THAT((grid.z.row(0).transpose().array().square() * grid.probability).sum(), WithinAbs(1, 1e-6));
  CHECK(LaplacePrior(0.3).scale() == 0.3);
}

TEST_CASE("the rate against the Laplace prior is the integral of q ln(q/p)") {
  for (const double scale : {1 / std::numbers::sqrt2, 2.0}) {
    for (const double mean : {0.0, -0.4, 2.5, 1e-9}) {
      for (const double log_variance : {-12.0, -3.0, 0.0, 1.5}) {
        CAPTURE(scale, mean, log_variance);
        const double expected =
            integrated_rate(mean, log_variance, [&](double z) { return log_laplace_density(z, scale); });
        CHECK_THAT(rate_at(LaplacePrior(scale), mean, log_variance), WithinAbs(expected, 1e-10));
      }
    }
  }
}

TEST_CASE("E|z| of a wide or narrow Gaussian keeps its digits, and |mean| is not enough") {
  Tape<double> tape;
  Evaluating<double> context(tape);
  const LaplacePrior unit(1);
  const auto cross_entropy = [&](double mean, double log_variance) {
    const Matrix<double> m = Matrix<double>::Constant(1, 1, mean);
    const Matrix<double> l = Matrix<double>::Constant(1, 1, log_variance);
    return unit.cross_entropy(context, constant(tape, m), constant(tape, l)).value()(0, 0) - std::numbers::ln2;
  };
  CHECK_THAT(cross_entropy(0, 0), WithinRel(std::sqrt(2 / std::numbers::pi), 1e-14));
  CHECK_THAT(cross_entropy(0, 16), WithinRel(std::sqrt(2 / std::numbers::pi) * std::exp(8), 1e-14));
  CHECK_THAT(cross_entropy(-5, -16), WithinRel(5, 1e-14));
  CHECK_THAT(cross_entropy(1e200, -16), WithinRel(1e200, 1e-14));  // whose square overflows
  CHECK(cross_entropy(0.5, 0) > 0.5 + 0.3);                        // the wrong formula: |E z|
}

TEST_CASE("the rate against the Laplace prior is that of its draws in the mean") {
  check_closed_form_by_draws(LaplacePrior{}, 3);
  check_closed_form_of_full_posterior(LaplacePrior{});
}

TEST_CASE("the Laplace prior's density integrates to 1, and its draws follow it") {
  check_density_and_draws(LaplacePrior{}, 1, 30, 1e-3, 1e-6);
  check_density_and_draws(LaplacePrior(2), 1, 60, 2e-3, 1e-6);
}

TEST_CASE("the Laplace prior's draws depend on their address alone") {
  check_addresses(LaplacePrior{}, 3);
  check_addresses<float>(LaplacePrior{}, 3);
}

TEST_CASE("a whole model with the Laplace prior has the right gradients, and a rate in closed form") {
  check_gradients(LaplacePrior{});
  const auto check = gradient_check(
      [](const auto& mean, const auto& log_variance) {
        Evaluating<double> context(mean.tape());
        return rate_of(context, LaplacePrior(0.4), GaussianPosterior{mean, log_variance}, mean);
      },
      normals(3, 4, 1), normals(3, 4, 2));
  CHECK(check.passed());
}

TEST_CASE("the Laplace prior pins the axes: a rotated code costs more") {
  // Codes that lie on the axes, and the same turned by 45 degrees, with one variance in all directions.
  Matrix<double> mean(2, 4);
  mean << 2, -2, 0, 0, 0, 0, 2, -2;
  Matrix<double> turned(2, 4);
  turned << 1, -1, 1, -1, 1, -1, -1, 1;
  turned *= std::numbers::sqrt2;
  const Matrix<double> log_variance = Matrix<double>::Constant(2, 4, -2);
  const auto total = [&](const auto& prior, const Matrix<double>& m) { return rates_of(prior, m, log_variance).sum(); };
  CHECK_THAT(total(StandardNormal{}, turned), WithinAbs(total(StandardNormal{}, mean), 1e-12));
  CHECK(total(LaplacePrior{}, turned) > total(LaplacePrior{}, mean) + 1);
}

TEST_CASE("a model whose type names the Laplace prior has one of unit variance unless given another") {
  const auto encoder = dense_encoder<4, 3, 2>();
  const auto decoder = dense_decoder<2, 3, 4>();
  const Vae<std::remove_const_t<decltype(encoder)>, std::remove_const_t<decltype(decoder)>, Bernoulli, LaplacePrior>
      model(encoder, decoder, Bernoulli{});
  CHECK(model.prior.scale() == LaplacePrior{}.scale());
}

TEST_CASE("a scale that is none is refused") {
  for (const double scale : {0.0, -1.0, HUGE_VAL, std::nan("")}) {
    CHECK(contains(error_text<ArgumentError>([&] { LaplacePrior{scale}; }),
                   "LaplacePrior: scale: expected a finite number above 0, got"));
  }
}
