// SPDX-License-Identifier: MIT
#include <betavae/autodiff/gradient_check.hpp>
#include <betavae/vae/posterior.hpp>

#include "catch.hpp"
#include "model_check.hpp"

#include <limits>

namespace bv = betavae;
using bv::test::normals;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

/// Around the widths of vectors: 8 doubles, 16 floats.
constexpr bv::Index sizes[] = {0, 1, 3, 7, 8, 9, 15, 16, 17};

template <class Scalar>
bv::Matrix<Scalar> bounded(const bv::Matrix<Scalar>& raw) {
  bv::Tape<Scalar> tape;
  return bv::bound_log_variance(bv::constant(tape, raw)).value();
}

}  // namespace

TEST_CASE("The log-variance is B tanh(r/B)", "[vae][posterior]") {
  bv::Matrix<double> raw(1, 8);
  raw << -40, -16, -1, -1e-9, 0, 0.5, 4, 30;
  const auto log_variance = bounded(raw);
  for (int j = 0; j < raw.cols(); ++j) {
    CHECK_THAT(log_variance(0, j), WithinRel(static_cast<double>(16 * std::tanh(raw(0, j) / 16.0L)), 1e-15));
  }
}

TEST_CASE("Up to 4, the log-variance differs from the encoder's output by 2.2 % at most", "[vae][posterior]") {
  for (double log_variance = -4; log_variance <= 4; log_variance += 0.125) {
    const bv::Matrix<double> raw = bv::Matrix<double>::Constant(1, 1, 16 * std::atanh(log_variance / 16));
    CHECK_THAT(bounded(raw)(0, 0), WithinAbs(log_variance, 1e-14));
    CHECK(std::abs(raw(0, 0) - log_variance) <= 0.022 * std::abs(log_variance));
  }
}

TEMPLATE_TEST_CASE("The log-variance stays inside its bound for every output of an encoder", "[vae][posterior]", float,
                   double, long double) {
  const auto bound = static_cast<TestType>(bv::log_variance_bound);
  for (const TestType raw : {TestType(0), TestType(16), TestType(-300), TestType(1e30), TestType(-1e30),
                             std::numeric_limits<TestType>::max(), std::numeric_limits<TestType>::infinity(),
                             -std::numeric_limits<TestType>::infinity()}) {
    const TestType log_variance = bounded<TestType>(bv::Matrix<TestType>::Constant(1, 1, raw))(0, 0);
    CHECK(std::abs(log_variance) <= bound);
    CHECK(std::isfinite(std::exp(log_variance)));
  }
  const auto nan = bounded<TestType>(bv::Matrix<TestType>::Constant(1, 1, std::numeric_limits<TestType>::quiet_NaN()));
  CHECK(std::isnan(nan(0, 0)));
}

TEST_CASE("The bound's gradient is right at every size", "[vae][posterior]") {
  for (const bv::Index rows : sizes) {
    for (const bv::Index columns : {1, 5}) {
      const auto check = bv::gradient_check([](const auto& raw) { return bv::bound_log_variance(raw); },
                                            bv::Matrix<double>(8 * normals(rows, columns, 1)));
      CHECK(check.error <= bv::GradientCheck::tolerance);
    }
  }
}

TEST_CASE("A posterior reads means above log-variances", "[vae][posterior]") {
  bv::Tape<double> tape;
  const bv::Matrix<double> raw = normals(6, 4, 2);
  const auto posterior = bv::gaussian_posterior(bv::constant(tape, raw));
  CHECK((posterior.mean.value() == raw.topRows(3)));
  CHECK((posterior.log_variance.value() == bounded<double>(raw.bottomRows(3))));
}

TEST_CASE("A posterior's gradients are right at every size", "[vae][posterior]") {
  for (const bv::Index latents : sizes) {
    const auto both = [](const auto& raw) {
      const auto posterior = bv::gaussian_posterior(raw);
      return posterior.mean + posterior.log_variance * posterior.log_variance;
    };
    CHECK(bv::gradient_check(both, normals(2 * latents, 3, 3)).error <= bv::GradientCheck::tolerance);
  }
}

TEST_CASE("An odd number of rows is no posterior", "[vae][posterior]") {
  bv::Tape<double> tape;
  const bv::Matrix<double> raw = normals(5, 2, 4);
  CHECK(bv::test::contains(
      bv::test::error_text<bv::ArgumentError>([&] { (void)bv::gaussian_posterior(bv::constant(tape, raw)); }),
      "gaussian_posterior: rows: expected an even number"));
}

TEST_CASE("Reparameterize gives mean + sigma noise, with the noise of its step and sample", "[vae][posterior]") {
  bv::Tape<double> tape;
  const bv::Matrix<double> mean = normals(3, 4, 5);
  const bv::Matrix<double> log_variance = normals(3, 4, 6);
  const bv::GaussianPosterior posterior{bv::constant(tape, mean), bv::constant(tape, log_variance)};
  const bv::Matrix<double> z = bv::reparameterize(posterior, bv::GaussianNoise(7), 8, 9).value();
  const bv::Random random(7, bv::Stream::posterior);
  for (int j = 0; j < 4; ++j) {
    for (int i = 0; i < 3; ++i) {
      const auto epsilon = random.normal<double>({8, static_cast<std::uint64_t>(9 + j), static_cast<std::uint64_t>(i)});
      CHECK_THAT(z(i, j), WithinRel(mean(i, j) + std::exp(0.5 * log_variance(i, j)) * epsilon, 1e-14));
    }
  }
  CHECK((bv::reparameterize(posterior, bv::NoNoise{}, 0).value() == mean));
}

TEST_CASE("Draws follow the posterior", "[vae][posterior]") {
  constexpr int count = 20000;
  bv::Tape<double> tape;
  const bv::Matrix<double> mean = bv::Matrix<double>::Constant(2, count, 1.5);
  const bv::Matrix<double> log_variance = bv::Matrix<double>::Constant(2, count, std::log(0.09));
  const bv::GaussianPosterior posterior{bv::constant(tape, mean), bv::constant(tape, log_variance)};
  const bv::Matrix<double> z = bv::reparameterize(posterior, bv::GaussianNoise(1), 0).value();
  for (int i = 0; i < 2; ++i) {
    const bv::Matrix<double> row = z.row(i);
    const std::vector<double> draws(row.data(), row.data() + count);
    CHECK(bv::test::kolmogorov_smirnov(draws, [](double x) { return bv::test::normal_distribution((x - 1.5) / 0.3); }) <
          1.63);
  }
}

TEST_CASE("Reparameterize has the right gradients at every size", "[vae][posterior]") {
  for (const bv::Index latents : sizes) {
    for (const bv::Index samples : {1, 5}) {
      const auto check = bv::gradient_check(
          [](const auto& mean, const auto& log_variance) {
            return bv::reparameterize(bv::GaussianPosterior{mean, log_variance}, bv::GaussianNoise(1), 2, 3);
          },
          normals(latents, samples, 1), normals(latents, samples, 2));
      CHECK(check.error <= bv::GradientCheck::tolerance);
    }
  }
}

TEST_CASE("Reparameterize differentiates by a variable mean with constant variance, and the other way round",
          "[vae][posterior]") {
  const bv::Matrix<double> fixed = normals(3, 4, 1);
  const auto by_mean = bv::gradient_check(
      [&](const auto& mean) {
        const bv::GaussianPosterior posterior{mean, bv::constant(mean.tape(), fixed)};
        return bv::reparameterize(posterior, bv::GaussianNoise(1), 0);
      },
      normals(3, 4, 2));
  const auto by_variance = bv::gradient_check(
      [&](const auto& log_variance) {
        const bv::GaussianPosterior posterior{bv::constant(log_variance.tape(), fixed), log_variance};
        return bv::reparameterize(posterior, bv::GaussianNoise(1), 0);
      },
      normals(3, 4, 2));
  CHECK(by_mean.error <= bv::GradientCheck::tolerance);
  CHECK(by_variance.error <= bv::GradientCheck::tolerance);
}

TEST_CASE("A mean and log-variance of different shapes are refused", "[vae][posterior]") {
  bv::Tape<double> tape;
  const bv::Matrix<double> three = normals(3, 4, 1);
  const bv::Matrix<double> two = normals(2, 4, 1);
  const bv::Matrix<double> shorter = normals(3, 3, 1);
  CHECK(bv::test::contains(bv::test::error_text<bv::ArgumentError>([&] {
                             const bv::GaussianPosterior posterior{bv::constant(tape, three), bv::constant(tape, two)};
                             (void)bv::reparameterize(posterior, bv::NoNoise{}, 0);
                           }),
                           "as many rows of the mean as rows of the log-variance, got 3 and 2"));
  CHECK(bv::test::contains(
      bv::test::error_text<bv::ArgumentError>([&] {
        const bv::GaussianPosterior posterior{bv::constant(tape, three), bv::constant(tape, shorter)};
        (void)bv::reparameterize(posterior, bv::NoNoise{}, 0);
      }),
      "as many columns of the mean as columns of the log-variance, got 4 and 3"));
}
