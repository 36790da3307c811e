// SPDX-License-Identifier: MIT
#include <betavae/analysis/latent_path.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>
#include <betavae/vae/likelihood/poisson.hpp>

#include "catch.hpp"
#include "linear_vae.hpp"

using namespace betavae;
using namespace betavae::test;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

using namespace linear_case;
constexpr double beta = 1.3;

LinearOptimum optimum() { return {variances, latents, beta, sigma}; }

auto linear_model() {
  Vae model{dense_encoder<double, dimensions, latents>(), dense_decoder<double, latents, dimensions>(),
            Gaussian(sigma)};
  set_to_optimum(model, optimum(), linear_data(variances, 12, 3));
  return model;
}

Matrix<double> code(double a, double b, double c, double d) { return Eigen::Vector4d(a, b, c, d); }

}  // namespace

TEST_CASE("on the linear model rate and distortion along the path are exact") {
  const auto model = linear_model();
  const auto path =
      latent_path(model, code(1, -2, 0.5, 3), code(-1.5, 0.3, 2, -1), {.points = 6, .draws = 8}, QuadratureNoise{});
  for (Index i = 0; i < 6; ++i) {
    const double t = 0.2 * static_cast<double>(i);
    const Matrix<double> z = (1 - t) * code(1, -2, 0.5, 3) + t * code(-1.5, 0.3, 2, -1);
    CHECK((path.codes.col(i) - z).norm() < 1e-14);
    CHECK((path.decoded.col(i) - model.decode(z)).norm() < 1e-13);
    double rate = 0;
    double distortion = optimum().constant_nats();
    for (Index k = 0; k < latents; ++k) {
      // Decoded and encoded again, zₖ becomes (1 − βη²/ζₖ²) zₖ.
      const double kept = optimum().is_active(k) ? 1 - optimum().water_level() / optimum().variance(k) : 0;
      const double variance = optimum().posterior_variance(k);
      const double width = optimum().singular_value(k);
      rate += 0.5 * (kept * kept * z(k, 0) * z(k, 0) + variance - 1 - std::log(variance));
      distortion += width * width * ((1 - kept) * (1 - kept) * z(k, 0) * z(k, 0) + variance) / (2 * sigma * sigma);
    }
    const auto at = static_cast<std::size_t>(i);
    CHECK_THAT(path.positions[at], WithinAbs(t, 1e-15));
    CHECK_THAT(path.rate[at], WithinRel(rate, 1e-12));
    CHECK_THAT(path.distortion[at], WithinRel(distortion, 1e-12));
    CHECK(path.negative_elbo(i) == path.rate[at] + path.distortion[at]);
  }
  CHECK(path.worst_excess == 0);  // a convex quadratic
}

TEST_CASE("spherical paths keep the length of codes") {
  const auto model = linear_model();
  const Matrix<double> from = code(2, 0, 0, 0);
  const Matrix<double> to = code(0, 2, 0, 0);
  const LatentPathOptions spherical{.points = 5, .shape = PathShape::spherical};
  const auto path = latent_path(model, from, to, spherical);
  for (Index i = 0; i < 5; ++i) {
    CHECK_THAT(path.codes.col(i).norm(), WithinAbs(2, 1e-14));
  }
  CHECK((path.codes.col(2) - code(std::sqrt(2.0), std::sqrt(2.0), 0, 0)).norm() < 1e-14);
  const auto straight = latent_path(model, from, to, {.points = 5});
  CHECK((straight.codes.col(2) - code(1, 1, 0, 0)).norm() < 1e-14);
  // Codes of one direction, of whatever lengths, are joined by a straight line.
  CHECK((latent_path(model, from, 2 * from, spherical).codes.col(2) - 1.5 * from).norm() < 1e-14);
}

TEST_CASE("the worst point is found, at an end or between them") {
  const auto model = linear_model();
  const auto path = latent_path(model, code(0, 0, 0, 0), code(3, 0, 0, 0), {.points = 4}, QuadratureNoise{});
  CHECK(path.worst_excess == 0);
  CHECK(path.worst_position == 1);
  const auto around = latent_path(model, code(3, 0, 0, 0), code(0, 3, 0, 0),
                                  {.points = 5, .shape = PathShape::spherical, .draws = 8}, QuadratureNoise{});
  double greatest = 0;
  for (Index i = 0; i < 5; ++i) {
    greatest = std::max(greatest, around.negative_elbo(i));
  }
  CHECK_THAT(around.worst_excess,
             WithinAbs(greatest - std::max(around.negative_elbo(0), around.negative_elbo(4)), 1e-13));
}

TEST_CASE("point estimates of counts are rounded to what can be observed") {
  Vae model{dense_encoder<double, 3, 2>(), dense_decoder<double, 2, 3>(), Poisson{}};
  const auto path = latent_path(model, Matrix<double>::Zero(2, 1), Matrix<double>::Ones(2, 1), {.points = 3});
  CHECK(path.decoded.array().round().matrix() != path.decoded);
  for (Index i = 0; i < 3; ++i) {
    CHECK(std::isfinite(path.negative_elbo(i)));
  }
}

TEST_CASE("grey points are not worse for being grey") {
  // From black to white: 100 pixels at σ(8z), which the encoder gives back at z = ±1 and 0. The trap: −ELBO of grey values, the most of
  // which is their own entropy.
  Vae model{dense_encoder<double, 100, 1>(), dense_decoder<double, 1, 100>(), Bernoulli{}};
  encoder_layer(model).weight.value().setZero();
  encoder_layer(model).weight.value().row(0).setConstant(0.02);
  encoder_layer(model).bias.value() << -1, -9;
  decoder_layer(model).weight.value().setConstant(8);
  decoder_layer(model).bias.value().setZero();
  const Matrix<double> white = Matrix<double>::Ones(1, 1);
  const auto path = latent_path(model, -white, white, {.points = 3});
  CHECK(path.negative_elbo(1) - path.negative_elbo(0) > 60);
  CHECK_THAT(path.floor[1], WithinRel(100 * std::log(2.0), 1e-12));
  CHECK(path.above_floor(1) == path.negative_elbo(1) - path.floor[1]);
  CHECK(path.worst_excess < 3);
}

TEST_CASE("a point that is no number is the worst") {
  auto model = linear_model();
  decoder_layer(model).weight.value()(0, 0) = 1e200;
  const auto path = latent_path(model, code(-1, 0, 0, 0), code(1, 0, 0, 0), {.points = 3});
  CHECK(!(path.worst_excess >= 0));
}

TEST_CASE("paths print") {
  const auto path = latent_path(linear_model(), code(0, 0, 0, 0), code(1, 0, 0, 0), {.points = 3});
  CHECK(contains(fmt::format("{}", path), "3 points, negative ELBO above its floor "));
  CHECK(contains(path.csv(), "position,rate,distortion,floor,above_floor\n0,"));
}

TEST_CASE("paths that do not exist are refused") {
  const auto model = linear_model();
  const Matrix<double> zero = code(0, 0, 0, 0);
  const Matrix<double> one = code(1, 0, 0, 0);
  const LatentPathOptions spherical{.shape = PathShape::spherical};
  CHECK_THROWS_AS(latent_path(model, zero, one, spherical), ArgumentError);
  CHECK_THROWS_AS(latent_path(model, one, -one, spherical), ArgumentError);
  CHECK_THROWS_AS(latent_path(model, zero, one, {.points = 1}), ArgumentError);
  CHECK_THROWS_AS(latent_path(model, zero, one, {.draws = 0}), ArgumentError);
  CHECK_THROWS_AS(latent_path(model, zero, normals(3, 1, 1)), ArgumentError);
  CHECK_THROWS_AS(latent_path(model, normals(4, 2, 1), normals(4, 2, 1)), ArgumentError);
  CHECK_THROWS_AS(latent_path(model, normals(3, 1, 1), normals(3, 1, 1)), ArgumentError);
  CHECK_THROWS_AS(latent_path(model, zero, one * std::nan("")), ArgumentError);
}
