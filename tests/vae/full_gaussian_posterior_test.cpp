// SPDX-License-Identifier: MIT
#include <betavae/vae/full_gaussian_posterior.hpp>
#include <betavae/vae/prior.hpp>

#include "catch.hpp"
#include "gradients.hpp"
#include "linear_algebra.hpp"
#include "model_check.hpp"

#include <limits>
#include <numbers>

namespace bv = betavae;
namespace test = bv::test;
using bv::test::normals;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
using Matrix = bv::Matrix<double>;

namespace {

constexpr bv::Index latent_counts[] = {0, 1, 2, 3, 5, 7};

/// Means, log-variances and factors of some samples, as matrices.
struct Numbers {
  Numbers(bv::Index latents, bv::Index samples)
      : mean(normals(latents, samples, 1)),
        log_variance(0.7 * normals(latents, samples, 2)),
        factor(0.6 * normals(latents * (latents - 1) / 2, samples, 3)) {}

  [[nodiscard]] auto on(bv::Tape<double>& tape) const {
    return bv::FullGaussianPosterior{bv::constant(tape, mean), bv::constant(tape, log_variance),
                                     bv::constant(tape, factor)};
  }
  /// L of one sample, written out by its definition.
  [[nodiscard]] Matrix triangle(bv::Index sample) const {
    Matrix result = Matrix::Zero(mean.rows(), mean.rows());
    bv::Index next = 0;
    for (bv::Index k = 0; k < mean.rows(); ++k) {
      for (bv::Index i = 0; i < k; ++i) {
        result(k, i) = factor(next++, sample);
      }
      result(k, k) = std::exp(0.5 * log_variance(k, sample));
    }
    return result;
  }
  [[nodiscard]] Matrix covariance(bv::Index sample) const { return triangle(sample) * triangle(sample).transpose(); }

  Matrix mean;
  Matrix log_variance;
  Matrix factor;
};

/// f of a posterior in all three, and in each while the others are constants.
template <class Function>
void check_gradients(const Function& f, const Numbers& at) {
  using bv::constant;
  using bv::FullGaussianPosterior;
  test::require_pass(bv::gradient_check(
      [&](const auto& m, const auto& l, const auto& o) {
        return f(FullGaussianPosterior{m, l, o});
      },
      at.mean, at.log_variance, at.factor));
  test::require_pass(bv::gradient_check(
      [&](const auto& m) {
        return f(FullGaussianPosterior{m, constant(m.tape(), at.log_variance), constant(m.tape(), at.factor)});
      },
      at.mean));
  test::require_pass(bv::gradient_check(
      [&](const auto& l) {
        return f(FullGaussianPosterior{constant(l.tape(), at.mean), l, constant(l.tape(), at.factor)});
      },
      at.log_variance));
  test::require_pass(bv::gradient_check(
      [&](const auto& o) {
        return f(FullGaussianPosterior{constant(o.tape(), at.mean), constant(o.tape(), at.log_variance), o});
      },
      at.factor));
}

/// N(0, I) by E[−ln p(z)] alone, the way of factorial priors without a member rate().
struct ByCrossEntropy {
  template <class Mean, class LogVariance>
  [[nodiscard]] auto cross_entropy(bv::Evaluating<double>& /*context*/, const Mean& mean, const LogVariance& l) const {
    return 0.5 * (bv::square(mean) + bv::exp(l)) + 0.5 * std::log(2 * std::numbers::pi);
  }
};

}  // namespace

TEST_CASE("A full posterior reads means, log-variances, and the numbers below the diagonal row after row",
          "[vae][posterior]") {
  bv::Tape<double> tape;
  const Matrix raw = normals(9, 4, 2);  // three latents
  const auto posterior = bv::full_gaussian_posterior(bv::constant(tape, raw));
  CHECK((posterior.mean.value() == raw.topRows(3)));
  const Matrix middle = raw.middleRows(3, 3);
  CHECK((posterior.log_variance.value() == bv::bound_log_variance(bv::constant(tape, middle)).value()));
  CHECK((posterior.factor.value() == raw.bottomRows(3)));
  const Eigen::Matrix<double, 14, bv::dynamic> four = normals(14, 2, 1);
  using Four = decltype(bv::full_gaussian_posterior(bv::constant(tape, four)));
  STATIC_REQUIRE(Four::latents == 4);
}

TEST_CASE("Rows that are no full posterior's are refused", "[vae][posterior]") {
  for (const bv::Index rows : {1, 3, 4, 6, 10, 19}) {
    bv::Tape<double> tape;
    const Matrix raw = normals(rows, 2, 4);
    CHECK(bv::test::contains(
        bv::test::error_text<bv::ArgumentError>([&] { (void)bv::full_gaussian_posterior(bv::constant(tape, raw)); }),
        "full_gaussian_posterior: rows: expected K (K+3)/2 for K latents"));
  }
  bv::Tape<double> tape;
  const Numbers numbers(3, 2);
  const Matrix two = normals(2, 2, 1);
  const bv::FullGaussianPosterior wrong{bv::constant(tape, numbers.mean), bv::constant(tape, numbers.log_variance),
                                        bv::constant(tape, two)};
  CHECK(bv::test::contains(bv::test::error_text<bv::ArgumentError>([&] { (void)bv::gaussian_rate(wrong); }),
                           "as many rows of the factor as numbers below the diagonal, got 2 and 3"));
}

TEST_CASE("A draw is mean + L noise, with the noise of its step and sample", "[vae][posterior]") {
  for (const bv::Index latents : latent_counts) {
    const Numbers numbers(latents, 4);
    bv::Tape<double> tape;
    const Matrix z = bv::reparameterize(numbers.on(tape), bv::GaussianNoise(7), 8, 9).value();
    const bv::Random random(7, bv::Stream::posterior);
    for (bv::Index j = 0; j < 4; ++j) {
      Matrix epsilon(latents, 1);
      random.fill_normals(epsilon.data(), latents, 8, static_cast<std::uint64_t>(9 + j));
      CHECK((z.col(j) - numbers.mean.col(j) - numbers.triangle(j) * epsilon).norm() <= 1e-14);
    }
  }
}

TEST_CASE("The rate of a full posterior is the closed form of two Gaussians, and none of its parts is negative",
          "[vae][posterior]") {
  for (const bv::Index latents : latent_counts) {
    const Numbers numbers(latents, 6);
    bv::Tape<double> tape;
    const Matrix rate = bv::gaussian_rate(numbers.on(tape)).value();
    CHECK((rate.array() >= 0).all());
    for (bv::Index j = 0; j < 6; ++j) {
      const Matrix covariance = numbers.covariance(j);
      const double expected = 0.5 * (numbers.mean.col(j).squaredNorm() + covariance.trace() -
                                     static_cast<double>(latents) - bv::test::log_determinant(covariance));
      CHECK_THAT(rate.col(j).sum(), WithinAbs(expected, 1e-12));
    }
  }
}

TEST_CASE("The rate of each dimension is that given the ones before it", "[vae][posterior]") {
  // The sum over the first k dimensions is the divergence of the first k alone.
  const Numbers numbers(5, 3);
  bv::Tape<double> tape;
  const Matrix rate = bv::gaussian_rate(numbers.on(tape)).value();
  for (bv::Index k = 1; k <= 5; ++k) {
    for (bv::Index j = 0; j < 3; ++j) {
      const Matrix covariance = numbers.covariance(j).topLeftCorner(k, k);
      const double expected = 0.5 * (numbers.mean.col(j).head(k).squaredNorm() + covariance.trace() -
                                     static_cast<double>(k) - bv::test::log_determinant(covariance));
      CHECK_THAT(rate.col(j).head(k).sum(), WithinAbs(expected, 1e-12));
    }
  }
}

TEST_CASE("The log-density of a full posterior is the multivariate Gaussian's", "[vae][posterior]") {
  for (const bv::Index latents : latent_counts) {
    const Numbers numbers(latents, 6);
    const Matrix z = normals(latents, 6, 5);
    bv::Tape<double> tape;
    const Matrix nats = bv::log_density(numbers.on(tape), bv::constant(tape, z)).value();
    for (bv::Index j = 0; j < 6; ++j) {
      const Matrix covariance = numbers.covariance(j);
      const Eigen::VectorXd distance = z.col(j) - numbers.mean.col(j);
      const double expected =
          -0.5 * (distance.dot(bv::test::inverse(covariance) * distance) + bv::test::log_determinant(covariance) +
                  static_cast<double>(latents) * std::log(2 * std::numbers::pi));
      CHECK_THAT(nats.col(j).sum(), WithinAbs(expected, 1e-11));
    }
  }
}

TEST_CASE("Entropy and marginal variance are the covariance's", "[vae][posterior]") {
  for (const bv::Index latents : latent_counts) {
    const Numbers numbers(latents, 4);
    bv::Tape<double> tape;
    const Matrix entropy = bv::entropy(numbers.on(tape)).value();
    const Matrix marginal = bv::marginal_log_variance(numbers.on(tape)).value();
    for (bv::Index j = 0; j < 4; ++j) {
      const Matrix covariance = numbers.covariance(j);
      const double constant = static_cast<double>(latents) * (1 + std::log(2 * std::numbers::pi));
      CHECK_THAT(entropy.col(j).sum(), WithinAbs(0.5 * (bv::test::log_determinant(covariance) + constant), 1e-12));
      for (bv::Index k = 0; k < latents; ++k) {
        CHECK_THAT(marginal(k, j), WithinAbs(std::log(covariance(k, k)), 1e-13));
      }
    }
  }
}

TEST_CASE("Without correlation, everything is the diagonal posterior's to the last bit", "[vae][posterior]") {
  for (const bv::Index latents : latent_counts) {
    Numbers numbers(latents, 5);
    numbers.factor.setZero();
    const Matrix z = normals(latents, 5, 6);
    bv::Tape<double> tape;
    const auto full = numbers.on(tape);
    const bv::GaussianPosterior diagonal{full.mean, full.log_variance};
    CHECK((bv::gaussian_rate(full).value() == bv::gaussian_rate(diagonal).value()));
    CHECK((bv::reparameterize(full, bv::GaussianNoise(1), 2, 3).value() ==
           bv::reparameterize(diagonal, bv::GaussianNoise(1), 2, 3).value()));
    CHECK((bv::entropy(full).value() == bv::entropy(diagonal).value()));
    CHECK((bv::marginal_log_variance(full).value() == numbers.log_variance));
    CHECK((bv::log_density(full, bv::constant(tape, z)).value() -
           bv::log_density(diagonal, bv::constant(tape, z)).value())
              .norm() <= 1e-13);
  }
}

TEST_CASE("All of a full posterior has the right gradients, in every part alone", "[vae][posterior]") {
  for (const bv::Index latents : latent_counts) {
    INFO(latents << " latents");
    const Numbers numbers(latents, 3);
    const Matrix z = normals(latents, 3, 5);
    check_gradients([](const auto& q) { return bv::reparameterize(q, bv::GaussianNoise(1), 2, 3); }, numbers);
    check_gradients([](const auto& q) { return bv::gaussian_rate(q); }, numbers);
    check_gradients([](const auto& q) { return q.mean + bv::marginal_log_variance(q); }, numbers);
    check_gradients([&](const auto& q) { return bv::log_density(q, bv::constant(q.mean.tape(), z)); }, numbers);
    test::require_pass(bv::gradient_check([&](const auto& v) { return bv::log_density(numbers.on(v.tape()), v); }, z));
    test::require_pass(bv::gradient_check(
        [&](const auto& raw) {
          const auto q = bv::full_gaussian_posterior(raw);
          return bv::log_density(q, bv::reparameterize(q, bv::GaussianNoise(1), 0));
        },
        normals(latents * (latents + 3) / 2, 3, 8)));
  }
}

TEST_CASE("A full posterior computes in every scalar", "[vae][posterior]") {
  test::check_other_scalars(
      [](const auto& raw) {
        const auto q = bv::full_gaussian_posterior(raw);
        using Scalar = typename std::remove_cvref_t<decltype(raw)>::Scalar;
        return bv::log_density(q, Scalar(0.5) * q.mean) + bv::gaussian_rate(q) + bv::marginal_log_variance(q);
      },
      Matrix(0.5 * normals(9, 4, 3)));
}

TEST_CASE("A full posterior far out stays finite, and what is not a number is not hidden", "[vae][posterior]") {
  bv::Tape<float> tape;
  bv::Matrix<float> raw = bv::Matrix<float>::Constant(5, 1, 300.0F);
  CHECK(bv::gaussian_rate(bv::full_gaussian_posterior(bv::constant(tape, raw))).value().allFinite());
  CHECK(bv::marginal_log_variance(bv::full_gaussian_posterior(bv::constant(tape, raw))).value().allFinite());
  raw(4, 0) = std::numeric_limits<float>::quiet_NaN();
  CHECK(std::isnan(bv::marginal_log_variance(bv::full_gaussian_posterior(bv::constant(tape, raw))).value()(1, 0)));
}

TEST_CASE("A prior that sees each dimension by its marginal gives the same rate in closed form", "[vae][posterior]") {
  const Numbers numbers(4, 3);
  bv::Tape<double> tape;
  bv::Evaluating<double> context(tape);
  const auto posterior = numbers.on(tape);
  const Matrix rate = bv::rate_of(context, ByCrossEntropy{}, posterior, posterior.mean).value();
  CHECK((rate - bv::gaussian_rate(posterior).value()).norm() <= 1e-13);
}
