// SPDX-License-Identifier: MIT
// The full-covariance posterior in whole models. A fixed linear decoder whose columns are not orthogonal tells it from the diagonal one.
#include <betavae/train/adam.hpp>
#include <betavae/train/training_step.hpp>
#include <betavae/vae/full_gaussian_encoder.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>

#include "catch.hpp"
#include "linear_algebra.hpp"
#include "linear_vae.hpp"

#include <numeric>

namespace bv = betavae;
using bv::test::differentiate;
using bv::test::normals;
using bv::test::repeated;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
using Matrix = bv::Matrix<double>;

namespace {

constexpr int dimensions = 4;
constexpr int latents = 3;
constexpr double sigma = 0.7;

/// x̂ = W z + b that no training changes.
struct FixedDecoder {
  using Scalar = double;
  static constexpr int inputs = latents;
  static constexpr int outputs = dimensions;

  template <class Context, bv::Operand Z>
  [[nodiscard]] auto operator()(Context& /*context*/, const Z& z) const {
    return bv::dense(z, bv::constant(z.tape(), weight), bv::constant(z.tape(), bias));
  }

  Eigen::Matrix<double, outputs, bv::dynamic> weight;
  Eigen::Matrix<double, outputs, bv::dynamic> bias;
};

FixedDecoder decoder() {
  FixedDecoder made{Matrix(dimensions, latents), {}};
  made.weight << 1, 0.6, 0.3, 0.2, 0.8, -0.2, 0, 0.1, 0.9, 0.1, 0, 0.2;  // no two columns are orthogonal
  made.bias = normals(dimensions, 1, 6);
  return made;
}

/// What the posterior is at its best: that of a model whose likelihood has the variance βη².
struct Optimum {
  explicit Optimum(double beta_of_objective) : beta(beta_of_objective) {
    const Matrix w = decoder().weight;
    covariance = bv::test::inverse(Matrix::Identity(latents, latents) + w.transpose() * w / (beta * sigma * sigma));
    encoder = covariance * w.transpose() / (beta * sigma * sigma);
  }
  /// For data of this second moment about the decoder's bias.
  [[nodiscard]] double rate(const Matrix& moment) const {
    return 0.5 * ((encoder * moment * encoder.transpose()).trace() + covariance.trace() - latents -
                  bv::test::log_determinant(covariance));
  }
  [[nodiscard]] double distortion(const Matrix& moment) const {
    const Matrix w = decoder().weight;
    const Matrix rest = Matrix::Identity(dimensions, dimensions) - w * encoder;
    const double squared_error = (rest * moment * rest.transpose()).trace() + (w * covariance * w.transpose()).trace();
    return squared_error / (2 * sigma * sigma) + 0.5 * dimensions * std::log(2 * std::numbers::pi * sigma * sigma);
  }

  double beta;
  Matrix covariance;
  Matrix encoder;
};

/// The samples of the whole set, each 2K times, for QuadratureNoise: gradients without noise.
const Matrix& samples() {
  static const Matrix made = repeated(bv::test::linear_data({4, 3, 2, 1}, 6, 7).samples, bv::Index{2} * latents);
  return made;
}

/// Steps over the whole set in its order, as QuadratureNoise wants it.
template <class Model>
void train(Model& model, double beta) {
  constexpr int steps = 2500;
  std::vector<bv::Index> order(static_cast<std::size_t>(samples().cols()));
  std::iota(order.begin(), order.end(), bv::Index{0});
  bv::TrainingStep<Model> step(model);
  step.batch().fill(bv::MatrixSet<double>(samples()), order);
  bv::Adam<double> adam{bv::AdamOptions{}};
  for (int t = 0; t < steps; ++t) {
    (void)step.differentiate(bv::BetaElbo{beta}, bv::QuadratureNoise{}, static_cast<std::uint64_t>(t),
                             [](const auto&, const auto&) {});
    adam.update(step.gradients(), 0.05 * std::pow(1 - t / (1.0 * steps), 2), 1, nullptr);
  }
}

}  // namespace

TEST_CASE("Training finds the covariance (I + WᵀW/βη²)⁻¹ of a decoder without orthogonal columns",
          "[vae][linear][training]") {
  for (const double beta : {0.5, 2.0}) {
    INFO("beta " << beta);
    bv::Vae model{bv::dense_full_encoder<double, dimensions, latents>({.seed = 3}), decoder(), bv::Gaussian{sigma}};
    train(model, beta);
    const Optimum optimum(beta);
    for (const bv::Index j : {0, 15, 35}) {  // the same for every sample
      CHECK((model.posterior_covariance(samples().col(j)) - optimum.covariance).norm() <= 1e-6);
    }
    const auto codes = model.encode(samples());
    const Matrix centred = samples().colwise() - Eigen::VectorXd(decoder().bias);
    CHECK((codes.mean - optimum.encoder * centred).norm() <= 1e-6);
    CHECK((codes.log_variance.col(0) - Matrix(optimum.covariance.diagonal().array().log())).norm() <= 1e-6);

    const Matrix moment = centred * centred.transpose() / static_cast<double>(samples().cols());
    const auto measured = differentiate(model, bv::BetaElbo{beta}, bv::QuadratureNoise{}, samples());
    CHECK_THAT(measured.rate(), WithinRel(optimum.rate(moment), 1e-6));
    CHECK_THAT(measured.distortion, WithinRel(optimum.distortion(moment), 1e-6));
    CHECK_THAT(measured.loss, WithinRel(optimum.distortion(moment) + beta * optimum.rate(moment), 1e-12));
  }
}

TEST_CASE("A diagonal posterior cannot follow that decoder, and pays what its correlations are worth",
          "[vae][linear][training]") {
  bv::Vae model{bv::dense_encoder<double, dimensions, latents>({.seed = 3}), decoder(), bv::Gaussian{sigma}};
  train(model, 1);
  const Optimum optimum(1);
  CHECK((model.posterior_covariance(samples().col(0)) - optimum.covariance).norm() > 0.1);
  // Its best: the precision's diagonal, 1/Σ⁻¹ₖₖ (Bishop, 2006, section 10.1.2). What it loses is the divergence to the full one.
  const Matrix precision = bv::test::inverse(optimum.covariance);
  const auto codes = model.encode(samples());
  CHECK((codes.log_variance.col(0) + Matrix(precision.diagonal().array().log())).norm() <= 1e-6);
  const Matrix centred = samples().colwise() - Eigen::VectorXd(decoder().bias);
  const Matrix moment = centred * centred.transpose() / static_cast<double>(samples().cols());
  const double lost = 0.5 * (precision.diagonal().array().log().sum() + bv::test::log_determinant(optimum.covariance));
  REQUIRE(lost > 0.1);
  const auto measured = differentiate(model, bv::BetaElbo{1}, bv::QuadratureNoise{}, samples());
  CHECK_THAT(measured.loss, WithinRel(optimum.distortion(moment) + optimum.rate(moment) + lost, 1e-9));
}

TEST_CASE("A full encoder gives the posterior of its outputs, and its sizes say how many", "[vae]") {
  const auto encoder = bv::dense_full_encoder<5, 4, 3>();
  using Encoder = std::remove_const_t<decltype(encoder)>;
  STATIC_REQUIRE(Encoder::latents == 3);
  STATIC_REQUIRE(Encoder::inputs == 5);
  STATIC_REQUIRE(decltype(encoder.network)::outputs == 9);
  STATIC_REQUIRE(bv::Encoder<Encoder>);
  CHECK(bv::schema_of(encoder).back() == "posterior: full covariance");
}

TEST_CASE("Gradients of whole models with full posteriors of any size are right", "[vae]") {
  const auto check = [](const auto& encoder, const auto& decoder_of_model) {
    const bv::Vae model{encoder, decoder_of_model, bv::Bernoulli{}};
    CHECK(bv::test::worst_gradient_error(model, bv::BetaElbo{2}, bv::GaussianNoise(1), bv::test::uniforms(3, 3, 1)) <=
          bv::GradientCheck::tolerance);
  };
  check(bv::dense_full_encoder<double, 3, 1>(), bv::dense_decoder<double, 1, 3>());
  check(bv::dense_full_encoder<double, 3, 2>(), bv::dense_decoder<double, 2, 3>());
  check(bv::dense_full_encoder<double, 3, 3>(), bv::dense_decoder<double, 3, 3>());
  check(bv::dense_full_encoder<double, 3, 5>(), bv::dense_decoder<double, 5, 3>());
  check(bv::dense_full_encoder<double, 3, 7>(), bv::dense_decoder<double, 7, 3>());
}

TEST_CASE("Codes are measured by each latent's own variance, and the covariance asks for one sample", "[vae]") {
  const bv::Vae full{bv::dense_full_encoder<double, 3, 2>(), bv::dense_decoder<double, 2, 3>(), bv::Bernoulli{}};
  const bv::Vae diagonal{bv::dense_encoder<double, 3, 2>(), bv::dense_decoder<double, 2, 3>(), bv::Bernoulli{}};
  const Matrix x = bv::test::uniforms(3, 2, 1);
  for (int j = 0; j < 2; ++j) {
    const Matrix covariance = full.posterior_covariance(x.col(j));
    CHECK(std::abs(covariance(0, 1)) > 1e-3);
    CHECK((covariance.diagonal().array().log().matrix() - full.encode(x).log_variance.col(j)).norm() <= 1e-14);
    const Matrix alone = diagonal.posterior_covariance(x.col(j));
    CHECK(alone(0, 1) == 0);
    CHECK((alone.diagonal().array().log().matrix() - diagonal.encode(x).log_variance.col(j)).norm() <= 1e-14);
  }
  CHECK(bv::test::error_text<bv::ArgumentError>([&] { (void)full.posterior_covariance(x); }) ==
        "Vae::posterior_covariance: x: expected one sample, got 2");
}
