// SPDX-License-Identifier: MIT
// Objectives by QuadratureNoise on linear decoders: expectations, exact to rounding.
#include <betavae/analysis/symmetry.hpp>
#include <betavae/vae/full_gaussian_encoder.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>
#include <betavae/vae/prior/diagonal_normal.hpp>
#include <betavae/vae/prior/laplace.hpp>

#include "catch.hpp"
#include "linear_algebra.hpp"
#include "linear_vae.hpp"

#include <tuple>

using namespace betavae;
using namespace betavae::test;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

constexpr int features = 5;
constexpr int latents = 3;
constexpr double beta = 1.7;
constexpr double sigma = 0.7;

Matrix<double> rotation(std::uint64_t seed) { return random_rotation(latents, seed); }

Matrix<double> signed_permutation() {
  Matrix<double> p(3, 3);
  p << 0, -1, 0, 0, 0, 1, -1, 0, 0;
  return p;
}

Matrix<double> samples() { return repeated(normals(features, 6, 1), Index{2} * latents); }

/// A full posterior that depends on x through a hidden layer, and a linear decoder.
template <class PriorType>
auto full_model(PriorType prior) {
  return Vae{dense_full_encoder<double, features, 7, latents>(), dense_decoder<double, latents, features>(),
             Gaussian(sigma), prior};
}
template <class PriorType>
auto diagonal_model(PriorType prior) {
  return Vae{dense_encoder<double, features, 7, latents>(), dense_decoder<double, latents, features>(), Gaussian(sigma),
             prior};
}

struct Parts {
  double rate, distortion;
  Matrix<double> second_moment;  ///< E[zzᵀ] over data and noise
  [[nodiscard]] double loss() const { return distortion + beta * rate; }
};

template <class Model>
Parts parts(const Model& model) {
  const Matrix<double> x = samples();
  Tape<double> tape;
  Evaluating<double> context(tape);
  const auto terms = model.terms(context, Observed{constant(tape, x)}, QuadratureNoise{}, 0);
  const Matrix<double> z = terms.z.value();
  return {terms.rate_per_dimension.value().sum(), terms.distortion.value()(0, 0),
          z * z.transpose() / static_cast<double>(z.cols())};
}

DiagonalNormal<latents, double> anisotropic() { return DiagonalNormal<latents, double>({4, 1, 0.3}); }
Matrix<double> variances() { return Eigen::Vector3d(4, 1, 0.3); }

}  // namespace

TEST_CASE("isotropic prior, full posterior: every rotation is free") {
  const auto model = full_model(StandardNormal{});
  const Parts before = parts(model);
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const auto turned = rotated(model, rotation(seed));
    const Parts after = parts(turned);
    CHECK_THAT(after.rate, WithinRel(before.rate, 1e-12));
    CHECK_THAT(after.distortion, WithinRel(before.distortion, 1e-12));
    CHECK_THAT(after.loss(), WithinRel(before.loss(), 1e-12));
    CHECK((turned.encode(samples()).mean - rotation(seed) * model.encode(samples()).mean).norm() < 1e-12);
  }
  // Without the decoder's counter-rotation it is not.
  auto half_done = rotated(model, rotation(1));
  half_done.decoder = model.decoder;
  CHECK(std::abs(parts(half_done).loss() - before.loss()) > 1e-3);
}

TEST_CASE("isotropic prior: the covariance of every sample is turned with its mean, and a stretch costs what it must") {
  const auto model = full_model(StandardNormal{});
  const Matrix<double> x = normals(features, 1, 2);
  const Matrix<double> q = rotation(5);
  const Matrix<double> turned = rotated(model, q).posterior_covariance(x);
  CHECK((turned - q * model.posterior_covariance(x) * q.transpose()).norm() < 1e-13);
  // T = 2 I: rate + ½ tr((4 − 1) M) − K ln 2, and the distortion stays.
  const Parts before = parts(model);
  const Parts after = parts(transformed(model, 2 * Matrix<double>::Identity(3, 3)));
  CHECK_THAT(after.distortion, WithinRel(before.distortion, 1e-12));
  CHECK_THAT(after.rate - before.rate, WithinRel(1.5 * before.second_moment.trace() - 3 * std::log(2.0), 1e-11));
}

TEST_CASE("anisotropic normal prior: a plain rotation costs an exact amount") {
  const auto model = full_model(anisotropic());
  const Parts before = parts(model);
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const Matrix<double> q = rotation(seed);
    const Parts after = parts(rotated(model, q));
    const double cost = rotation_cost_of_prior(q, variances(), before.second_moment);
    CHECK(std::abs(cost) > 1e-3);
    CHECK_THAT(after.rate, WithinRel(before.rate + cost, 1e-12));
    CHECK_THAT(after.distortion, WithinRel(before.distortion, 1e-12));
    // QΛ⁻¹Qᵀ for QᵀΛ⁻¹Q is the cost of the rotation back.
    CHECK(std::abs(rotation_cost_of_prior(q.transpose(), variances(), before.second_moment) - cost) > 1e-3);
  }
  // Where the codes have the prior's variances: by 45° in a plane, (4/1 + 1/4 − 2)/4.
  Matrix<double> q = Matrix<double>::Identity(3, 3);
  q.topLeftCorner(2, 2) << std::sqrt(0.5), -std::sqrt(0.5), std::sqrt(0.5), std::sqrt(0.5);
  CHECK_THAT(rotation_cost_of_prior(q, variances(), variances().col(0).asDiagonal()), WithinRel(2.25 / 4, 1e-14));
}

TEST_CASE("anisotropic normal prior: what preserves it is free, so that it pins no axes") {
  const auto model = full_model(anisotropic());
  const Parts before = parts(model);
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const Matrix<double> t = preserving_prior(rotation(seed), variances());
    CHECK(!betavae::detail::is_orthogonal(t));
    const Parts after = parts(transformed(model, t));
    CHECK_THAT(after.rate, WithinRel(before.rate, 1e-12));
    CHECK_THAT(after.distortion, WithinRel(before.distortion, 1e-12));
    // Λ^−½QΛ^½ is not.
    const Matrix<double> other = preserving_prior(rotation(seed), variances().cwiseInverse());
    CHECK(std::abs(parts(transformed(model, other)).rate - before.rate) > 1e-3);
  }
}

TEST_CASE("an anisotropic normal prior with orthonormal decoder columns pins the axes up to signs") {
  auto model = full_model(anisotropic());
  auto columns = decoder_layer(model).weight.value();
  columns = random_rotation(features, 9).leftCols(latents);
  const auto off_orthonormal = [](const auto& of) {
    const Matrix<double> w = std::get<0>(of.decoder.layers).weight.value();
    return (w.transpose() * w - Matrix<double>::Identity(latents, latents)).norm();
  };
  const Parts before = parts(model);
  CHECK(off_orthonormal(model) < 1e-13);
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    // What is free takes the columns apart, and what keeps them is not free.
    const auto free = transformed(model, preserving_prior(rotation(seed), variances()));
    CHECK_THAT(parts(free).loss(), WithinRel(before.loss(), 1e-12));
    CHECK(off_orthonormal(free) > 0.1);
    const auto kept = rotated(model, rotation(seed));
    CHECK(off_orthonormal(kept) < 1e-12);
    CHECK(std::abs(parts(kept).loss() - before.loss()) > 1e-3);
  }
  Matrix<double> signs = Matrix<double>::Identity(latents, latents);
  signs(1, 1) = -1;
  CHECK_THAT(parts(rotated(model, signs)).loss(), WithinRel(before.loss(), 1e-12));
  CHECK(off_orthonormal(rotated(model, signs)) < 1e-13);
  // The order is pinned too, unlike under a diagonal posterior.
  const double cost = rotation_cost_of_prior(signed_permutation(), variances(), before.second_moment);
  CHECK(std::abs(cost) > 1e-3);
  CHECK_THAT(parts(rotated(model, signed_permutation())).rate, WithinRel(before.rate + cost, 1e-12));
  // Where two variances of the prior are one, their plane turns freely.
  const DiagonalNormal<latents, double> two_alike({4, 4, 0.3});
  const auto alike = Vae{model.encoder, model.decoder, model.likelihood, two_alike};
  Matrix<double> in_plane = Matrix<double>::Identity(latents, latents);
  in_plane.topLeftCorner(2, 2) << 0.6, -0.8, 0.8, 0.6;
  CHECK_THAT(parts(rotated(alike, in_plane)).loss(), WithinRel(parts(alike).loss(), 1e-12));
  CHECK(off_orthonormal(rotated(alike, in_plane)) < 1e-13);
}

TEST_CASE("anisotropic normal prior is the isotropic one in other units, also for a diagonal posterior") {
  const Parts before = parts(diagonal_model(StandardNormal{}));
  const Matrix<double> units = variances().cwiseSqrt().col(0).asDiagonal();
  const auto stretched = transformed(diagonal_model(StandardNormal{}), units);
  const Parts after = parts(Vae{stretched.encoder, stretched.decoder, stretched.likelihood, anisotropic()});
  CHECK_THAT(after.rate, WithinRel(before.rate, 1e-12));
  CHECK_THAT(after.distortion, WithinRel(before.distortion, 1e-12));
}

TEST_CASE("diagonal posterior: order and signs are free, within the same type of model") {
  const auto check = [](const auto& model) {
    const Parts before = parts(model);
    auto model_after = reordered(model, signed_permutation());
    static_assert(std::is_same_v<decltype(model_after), std::remove_cvref_t<decltype(model)>>);
    const Parts after = parts(model_after);
    CHECK_THAT(after.rate, WithinRel(before.rate, 1e-12));
    CHECK_THAT(after.distortion, WithinRel(before.distortion, 1e-12));
    CHECK((model_after.encode(samples()).mean - signed_permutation() * model.encode(samples()).mean).norm() < 1e-13);
    CHECK((model_after.encode(samples()).log_variance -
           signed_permutation().cwiseAbs() * model.encode(samples()).log_variance)
              .norm() < 1e-13);
    CHECK((model_after.reconstruct(samples()) - model.reconstruct(samples())).norm() < 1e-12);
  };
  check(diagonal_model(StandardNormal{}));
  check(diagonal_model(LaplacePrior{}));  // factorial and even: no more is free under it
}

TEST_CASE("diagonal posterior with distinct variances pins the axes up to order and signs") {
  // The linear model's optimum, rotated; then the best diagonal posterior for the rotated decoder.
  const std::vector<double> spectrum{4, 2.5, 1.6, 0.5, 0.2};
  const LinearData data = linear_data(spectrum, 12, 3);
  const LinearOptimum optimum{spectrum, latents, beta, sigma};
  Vae model{dense_encoder<double, features, latents>(), dense_decoder<double, latents, features>(), Gaussian(sigma)};
  set_to_optimum(model, optimum, data);
  const Matrix<double> x = repeated(data.samples, Index{2} * latents);
  const double least = loss_of(model, BetaElbo{beta}, QuadratureNoise{}, x);
  CHECK_THAT(least, WithinRel(optimum.objective(), 1e-12));
  Matrix<double> of_optimum(latents, 1);
  for (Index k = 0; k < latents; ++k) {
    of_optimum(k, 0) = optimum.posterior_variance(k);
  }
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const Matrix<double> q = rotation(seed);
    CHECK_THAT(loss_of(rotated(model, q), BetaElbo{beta}, QuadratureNoise{}, x), WithinRel(least, 1e-12));
    auto diagonal = model;  // mean and decoder follow, the covariance as far as it can
    diagonal.decoder = rotated(model, q).decoder;
    auto weight = encoder_layer(diagonal).weight.value();
    auto bias = encoder_layer(diagonal).bias.value();
    weight.topRows(latents) = (q * weight.topRows(latents)).eval();
    bias.topRows(latents) = (q * bias.topRows(latents)).eval();
    const Matrix<double> precision = q * of_optimum.cwiseInverse().col(0).asDiagonal() * q.transpose();
    for (Index k = 0; k < latents; ++k) {
      bias(latents + k, 0) = log_variance_bound * std::atanh(-std::log(precision(k, k)) / log_variance_bound);
    }
    const double loss = loss_of(diagonal, BetaElbo{beta}, QuadratureNoise{}, x);
    const double cost = beta * rotation_cost_of_diagonal_posterior(q, of_optimum);
    CHECK(cost > 1e-2);
    CHECK_THAT(loss, WithinRel(least + cost, 1e-12));
    // The diagonal of QΣQᵀ itself, the marginal variances, is not the best one.
    const Matrix<double> covariance = q * of_optimum.col(0).asDiagonal() * q.transpose();
    for (Index k = 0; k < latents; ++k) {
      bias(latents + k, 0) = log_variance_bound * std::atanh(std::log(covariance(k, k)) / log_variance_bound);
    }
    CHECK(loss_of(diagonal, BetaElbo{beta}, QuadratureNoise{}, x) > loss + 1e-3);
  }
  CHECK_THAT(rotation_cost_of_diagonal_posterior(signed_permutation(), of_optimum), WithinAbs(0, 1e-14));
  // Equal variances pin nothing.
  CHECK_THAT(rotation_cost_of_diagonal_posterior(rotation(1), Matrix<double>::Constant(3, 1, 0.2)),
             WithinAbs(0, 1e-14));
}

TEST_CASE("a Laplace prior pins the axes, also for a full posterior") {
  const LaplacePrior prior;
  const auto model = full_model(prior);
  const Parts before = parts(model);
  const auto folded = [](double mean, double variance) {
    return std::sqrt(2 * variance / std::numbers::pi) * std::exp(-mean * mean / (2 * variance)) +
           mean * std::erf(mean / std::sqrt(2 * variance));
  };
  const auto expected = [&](const Matrix<double>& q) {
    double cost = 0;
    for (Index j = 0; j < samples().cols(); ++j) {
      const Matrix<double> x = samples().col(j);
      const Matrix<double> mean = model.encode(x).mean;
      const Matrix<double> covariance = model.posterior_covariance(x);
      for (Index k = 0; k < latents; ++k) {
        cost += folded((q * mean)(k, 0), (q * covariance * q.transpose())(k, k)) - folded(mean(k, 0), covariance(k, k));
      }
    }
    return cost / prior.scale() / static_cast<double>(samples().cols());
  };
  const Matrix<double> q = rotation(2);
  const Parts after = parts(rotated(model, q));
  CHECK(std::abs(expected(q)) > 1e-4);
  CHECK_THAT(after.rate, WithinRel(before.rate + expected(q), 1e-12));
  CHECK_THAT(after.distortion, WithinRel(before.distortion, 1e-12));
  CHECK_THAT(parts(rotated(model, signed_permutation())).rate, WithinRel(before.rate, 1e-12));
}

TEST_CASE("costs of rotations are told of rotations alone") {
  const Matrix<double> stretch = 2 * Matrix<double>::Identity(2, 2);
  const Matrix<double> variances = Matrix<double>::Ones(2, 1);
  CHECK_THROWS_AS(rotation_cost_of_prior(stretch, variances, Matrix<double>::Identity(2, 2)), ArgumentError);
  CHECK_THROWS_AS(rotation_cost_of_diagonal_posterior(stretch, variances), ArgumentError);
}

TEST_CASE("what is no change of axes is refused") {
  const auto model = diagonal_model(StandardNormal{});
  const Matrix<double> identity = Matrix<double>::Identity(3, 3);
  CHECK_THROWS_AS(rotated(model, 2 * identity), ArgumentError);
  CHECK_THROWS_AS(rotated(model, Matrix<double>::Identity(2, 2)), ArgumentError);
  CHECK_THROWS_AS(transformed(model, Matrix<double>::Ones(3, 3)), ArgumentError);
  CHECK_THROWS_AS(transformed(model, Matrix<double>::Identity(3, 2)), ArgumentError);
  CHECK_THROWS_AS(transformed(model, identity * std::nan("")), ArgumentError);
  CHECK(contains(error_text<ArgumentError>([&] { (void)reordered(model, rotation(1)); }),
                 "reordered: permutation: expected one entry of 1 or -1 in each row and column"));
  CHECK_THROWS_AS(preserving_prior(identity, Matrix<double>::Zero(3, 1)), ArgumentError);
  CHECK_THROWS_AS(rotation_cost_of_prior(identity, variances(), Matrix<double>::Zero(2, 2)), ArgumentError);
  CHECK_THROWS_AS(rotation_cost_of_diagonal_posterior(identity, -variances()), ArgumentError);
}
