// SPDX-License-Identifier: MIT
// Parts of one's own: an encoder, a decoder, a likelihood, a prior, a noise and an objective, each a small struct without base class.
// What each of them lacks when it is wrong is tested in compile_fail/vae.
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>
#include <betavae/vae/vae.hpp>

#include "catch.hpp"
#include "model_check.hpp"

#include <numbers>

namespace bv = betavae;
using bv::test::normals;
using Catch::Matchers::WithinRel;

namespace {

constexpr int features = 5;
constexpr int latents = 2;

/// A posterior of one's own: any type with these two members.
template <class Mean, class LogVariance>
struct OwnPosterior {
  Mean mean;
  LogVariance log_variance;
};

/// μ = W x, ln σ² = one number a latent.
struct OwnEncoder {
  using Scalar = double;
  static constexpr int inputs = features;
  static constexpr int latents = 2;

  OwnEncoder() { weight.value() = normals(latents, inputs, 1); }

  template <class Context, bv::Operand X>
  [[nodiscard]] auto operator()(Context& context, const X& x) const {
    const auto mean = bv::dense(x, context.parameter(weight), context.parameter(zero));
    const auto log_variance = bv::dense(x, context.parameter(no_weight), context.parameter(spread));
    return OwnPosterior<std::remove_cv_t<decltype(mean)>, std::remove_cv_t<decltype(log_variance)>>{mean, log_variance};
  }

  template <class Visitor>
  void visit(Visitor&& visitor) {
    visitor("weight", weight);
    visitor("zero", zero);
    visitor("no_weight", no_weight);
    visitor("spread", spread);
  }

  bv::Parameter<double, latents, inputs> weight;
  bv::Parameter<double, latents> zero;
  bv::Parameter<double, latents, inputs> no_weight;
  bv::Parameter<double, latents> spread;
};

/// Each latent, then twice each latent: no parameters at all.
struct OwnDecoder {
  static constexpr int inputs = latents;
  static constexpr int outputs = 2 * latents;

  template <class Context, bv::Operand Z>
  [[nodiscard]] auto operator()(Context& /*context*/, const Z& z) const {
    return bv::concatenate(z, 2.0 * z);
  }
};

/// Codes are the first features; ln σ² is affine in all of them.
struct FourFeatures {
  using Scalar = double;
  static constexpr int inputs = 4;
  static constexpr int latents = 2;

  template <class Context, bv::Operand X>
  [[nodiscard]] auto operator()(Context& context, const X& x) const {
    const auto raw = bv::dense(x, context.parameter(weight), context.parameter(bias));
    return bv::GaussianPosterior{bv::rows<latents>(x, 0), bv::bound_log_variance(raw)};
  }
  template <class Visitor>
  void visit(Visitor&& visitor) {
    visitor("weight", weight);
    visitor("bias", bias);
  }

  bv::Parameter<double, latents, 4> weight;
  bv::Parameter<double, latents> bias;
};

/// −ln p = |x − m| + ln 2: Laplace with scale 1, by the elementwise operations of the library.
struct OwnLikelihood {
  static constexpr int parameters_per_value = 1;
  static constexpr std::string_view name = "Laplace";
  static constexpr std::string_view point_estimate_name = "median";

  template <class Context, bv::Operand Median, bv::Operand Values>
  [[nodiscard]] auto distortion(Context& /*context*/, const Median& median,
                                const bv::Observed<Values>& observed) const {
    const auto difference = median - observed.values;
    const auto absolute = bv::unary(
        "absolute", difference, [](auto v) { return std::abs(v); }, [](auto v, auto) { return v < 0 ? -1.0 : 1.0; });
    return bv::sum_over_features(absolute + std::numbers::ln2);
  }
  [[nodiscard]] bv::Matrix<double> score(const bv::Matrix<double>& median, const bv::Matrix<double>& x) const {
    return (x - median).cwiseSign();
  }
  [[nodiscard]] bv::Matrix<double> point_estimate(const bv::Matrix<double>& median) const { return median; }
  [[nodiscard]] bv::Matrix<double> sample(const bv::Matrix<double>& median, const bv::Random& random,
                                          std::uint64_t first_sample) const {
    bv::Matrix<double> x = median;
    for (bv::Index j = 0; j < x.cols(); ++j) {
      for (bv::Index i = 0; i < x.rows(); ++i) {
        const auto at = [&](bv::Index row) {
          return bv::NoiseAddress{0, first_sample + static_cast<std::uint64_t>(j), static_cast<std::uint64_t>(row)};
        };
        const double sign = random.uniform<double>(at(2 * i)) < 0.5 ? -1 : 1;
        x(i, j) -= sign * std::log(random.uniform<double>(at(2 * i + 1)));
      }
    }
    return x;
  }
  [[nodiscard]] bv::Matrix<double> fisher_information(const bv::Matrix<double>& median) const {
    return bv::Matrix<double>::Ones(median.rows(), median.cols());
  }
  [[nodiscard]] double floor(double /*x*/) const { return std::numbers::ln2; }
  void check(double x, bv::Index feature, bv::Index sample) const {
    if (!(std::abs(x) < 1000)) {
      throw bv::DataError(fmt::format("Laplace: feature {} of sample {}: {}", feature, sample, x));
    }
  }
};

/// N(0, s² I): the rate is that of the standard normal after μ → μ/s, ln σ² → ln σ² − 2 ln s.
struct OwnPrior {
  double scale = 1;

  template <class Posterior>
  [[nodiscard]] auto rate(const Posterior& posterior) const {
    return bv::gaussian_rate(
        bv::GaussianPosterior{(1 / scale) * posterior.mean, posterior.log_variance - 2 * std::log(scale)});
  }
  void sample(bv::MatrixView<double> z, const bv::Random& random, std::uint64_t first_sample) const {
    bv::StandardNormal{}.sample(z, random, first_sample);
    for (bv::Index j = 0; j < z.columns; ++j) {
      std::transform(z.column(j), z.column(j) + z.rows, z.column(j), [this](double draw) { return scale * draw; });
    }
  }
};

/// Antithetic pairs: every second sample has the noise of the one before with the sign turned.
struct OwnNoise {
  void fill(bv::MatrixView<double> values, std::uint64_t step, std::uint64_t first_sample) const {
    for (bv::Index j = 0; j < values.columns; ++j) {
      const std::uint64_t sample = first_sample + static_cast<std::uint64_t>(j);
      bv::Random(1).fill_normals(values.column(j), values.rows, step, sample / 2);
      for (bv::Index i = 0; i < values.rows && sample % 2 == 1; ++i) {
        values.column(j)[i] *= -1;
      }
    }
  }
};

/// Distortion + the square of the rate.
struct OwnObjective {
  template <class Terms>
  [[nodiscard]] auto operator()(const Terms& terms) const {
    return terms.distortion + bv::square(bv::sum(terms.rate_per_dimension));
  }
};

}  // namespace

TEST_CASE("The library's own parts are what the concepts ask for", "[vae][concepts]") {
  CHECK(bv::Encoder<decltype(bv::dense_encoder<7, 5, 3>())>);
  CHECK(bv::Encoder<decltype(bv::dense_encoder<double, 7, 5, 3>()), double>);
  CHECK(bv::Decoder<decltype(bv::dense_decoder<3, 5, 7>())>);
  CHECK(bv::Likelihood<bv::Bernoulli>);
  CHECK(bv::Likelihood<bv::Bernoulli, double>);
  CHECK(bv::Likelihood<bv::Gaussian>);
  CHECK(bv::Likelihood<bv::GaussianLearnedSigma<float>>);
  CHECK(bv::Likelihood<bv::GaussianLearnedSigma<long double>, long double>);
  CHECK(bv::Likelihood<bv::GaussianOptimalSigma>);
  CHECK(bv::Prior<bv::StandardNormal>);
  CHECK(bv::Noise<bv::GaussianNoise, float>);
  CHECK(bv::Noise<bv::QuadratureNoise, double>);
  CHECK(bv::Noise<bv::NoNoise, long double>);
}

TEST_CASE("What lacks something is refused by the concepts", "[vae][concepts]") {
  CHECK_FALSE(bv::Encoder<int>);
  CHECK_FALSE(bv::Encoder<decltype(bv::dense_encoder<double, 7, 5, 3>()), float>);  // another scalar
  CHECK_FALSE(bv::Encoder<decltype(bv::dense_decoder<3, 5, 7>())>);                 // gives no posterior
  CHECK_FALSE(bv::Decoder<bv::Bernoulli>);
  CHECK_FALSE(bv::Likelihood<bv::StandardNormal>);
  CHECK_FALSE(bv::Prior<bv::Bernoulli>);
  CHECK_FALSE(bv::Noise<bv::Bernoulli, float>);
}

TEST_CASE("A model of nothing but one's own parts works", "[vae][concepts]") {
  bv::Vae model{OwnEncoder{}, bv::dense_decoder<double, latents, features>(), OwnLikelihood{}, OwnPrior{2}};
  const bv::Matrix<double> x = normals(features, 7, 1);
  CHECK(model.reconstruct(x).rows() == features);
  CHECK(model.sample(4, 1).cols() == 4);
  CHECK(model.encode(x).log_variance.isZero());
  CHECK(std::isfinite(model.negative_elbo(x).loss()));
  CHECK((model.sample_prior(3, 1) == 2 * bv::Vae{OwnEncoder{}, model.decoder, OwnLikelihood{}}.sample_prior(3, 1)));
  CHECK(bv::test::worst_gradient_error(model, OwnObjective{}, OwnNoise{}, x) <= bv::GradientCheck::tolerance);
  CHECK_THROWS_AS(model.negative_elbo(1e4 * x), bv::DataError);
}

TEST_CASE("A decoder without parameters works", "[vae][concepts]") {
  bv::Vae model{FourFeatures{}, OwnDecoder{}, bv::Gaussian{}};
  const bv::Matrix<double> x = normals(4, 3, 1);
  CHECK((model.reconstruct(x).topRows(2) == x.topRows(2)));
  CHECK((model.reconstruct(x).bottomRows(2) == 2 * x.topRows(2)));
  CHECK(bv::test::worst_gradient_error(model, bv::BetaElbo{1}, bv::GaussianNoise(1), x) <=
        bv::GradientCheck::tolerance);
}

TEST_CASE("A prior of one's own is what the codes are compared with", "[vae][concepts]") {
  bv::Vae model{OwnEncoder{}, bv::dense_decoder<double, latents, features>(), bv::Gaussian{}, OwnPrior{3}};
  const bv::Matrix<double> x = normals(features, 1, 1);
  const auto codes = model.encode(x);
  double expected = 0;  // ½ (μ²/s² + σ²/s² − 1 − ln σ²/s²)
  for (int i = 0; i < latents; ++i) {
    expected += 0.5 * (codes.mean(i, 0) * codes.mean(i, 0) / 9 + 1.0 / 9 - 1 + std::log(9.0));
  }
  CHECK_THAT(model.negative_elbo(x).rate, WithinRel(expected, 1e-13));
}

TEST_CASE("With antithetic noise of one's own, what is odd in the noise cancels", "[vae][concepts]") {
  const auto encoder = bv::dense_encoder<double, features, latents>();
  bv::Matrix<double> twice(features, 2);
  twice << normals(features, 1, 1), normals(features, 1, 1);
  bv::Tape<double> tape;
  bv::Evaluating<double> context(tape);
  const auto posterior = encoder(context, bv::constant(tape, twice));
  const bv::Matrix<double> z = bv::reparameterize(posterior, OwnNoise{}, 1).value();
  CHECK((0.5 * (z.col(0) + z.col(1)) - posterior.mean.value().col(0)).norm() < 1e-15);
  CHECK((z.col(0) - z.col(1)).norm() > 0.1);
}
