// SPDX-License-Identifier: MIT
#include <betavae/train/adam.hpp>
#include <betavae/vae/committed_encoder.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>

#include "catch.hpp"
#include "linear_vae.hpp"

#include <limits>

namespace bv = betavae;
using bv::test::contains;
using bv::test::error_text;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

/// A network whose outputs are its inputs: an encoder of it gives whatever posterior one asks for.
template <class ScalarType, int Size>
struct Through {
  using Scalar = ScalarType;
  static constexpr int inputs = Size;
  static constexpr int outputs = Size;
  template <class Context, bv::Operand X>
  [[nodiscard]] auto operator()(Context& /*context*/, const X& x) const {
    return x;
  }
};

/// Rates of each latent of each sample under N(0, I).
template <class Encoder, class Scalar>
bv::Matrix<double> rates_of(const Encoder& encoder, const bv::Matrix<Scalar>& outputs) {
  bv::Tape<Scalar> tape;
  bv::Evaluating<Scalar> context(tape);
  const auto posterior = encoder(context, bv::constant(tape, outputs));
  return bv::gaussian_rate(posterior).value().template cast<double>();
}

}  // namespace

TEST_CASE("The log-variance of a rate solves the rate's equation to 1e-12 nats", "[vae][committed]") {
  for (const double nats : {1e-6, 1e-3, 0.05, 0.25, 1.0, 3.0, 7.0, 7.4999}) {
    CAPTURE(nats);
    const double log_variance = bv::log_variance_of_rate(nats);
    CHECK(log_variance < 0);
    CHECK(log_variance > -bv::log_variance_bound);
    CHECK_THAT(0.5 * (std::exp(log_variance) - 1 - log_variance), WithinAbs(nats, 1e-12));
  }
  // ½ (v − 1 − ln v) at v = ½
  CHECK_THAT(bv::log_variance_of_rate(0.5 * (std::log(2.0) - 0.5)), WithinAbs(-std::log(2.0), 1e-12));
}

TEST_CASE("Whatever the network says, each latent of each sample carries its share of the rate", "[vae][committed]") {
  const auto check = [](auto scalar, double tolerance) {
    using Scalar = decltype(scalar);
    for (const double rate : {0.001, 0.5, 3.0, 12.0}) {
      const bv::CommittedEncoder encoder(bv::GaussianEncoder(Through<Scalar, 4>{}), rate);
      for (const double mean : {0.0, 1e-3, -2.0}) {
        for (const double raw : {-HUGE_VAL, -1e30, -100.0, -16.0, -1.0, 0.0, 1.0, 16.0, 100.0, 1e30, HUGE_VAL}) {
          CAPTURE(rate, mean, raw);
          const bv::Matrix<Scalar> outputs{{Scalar(mean)}, {Scalar(0)}, {Scalar(raw)}, {Scalar(-raw)}};
          const bv::Matrix<double> rates = rates_of(encoder, outputs);
          CHECK(rates.minCoeff() >= rate / 2 * (1 - tolerance));
          CHECK(rates.maxCoeff() < 11);
        }
      }
    }
  };
  check(double{}, 1e-10);
  check(float{}, 1e-3);  // at 0.0005 nats, where v − 1 − ln v cancels
}

TEST_CASE("The bound is reached: a network that asks for no rate has the committed one", "[vae][committed]") {
  const bv::CommittedEncoder encoder(bv::GaussianEncoder(Through<double, 4>{}), 3.0);
  const bv::Matrix<double> outputs{{0}, {0}, {1000}, {1000}};
  CHECK_THAT(rates_of(encoder, outputs).sum(), WithinRel(3.0, 1e-10));
  const bv::GaussianEncoder plain(Through<double, 4>{});
  CHECK(rates_of(plain, bv::Matrix<double>{{0}, {0}, {0}, {0}}).sum() == 0);  // the plain one has none
}

TEST_CASE("In the middle of its range the bound log-variance is what the network says", "[vae][committed]") {
  const bv::CommittedEncoder encoder(bv::GaussianEncoder(Through<double, 2>{}), 1.0);
  const double centre = 0.5 * (encoder.log_variance_limit() - 16);
  bv::Tape<double> tape;
  bv::Evaluating<double> context(tape);
  for (const double off : {-0.1, 0.0, 0.1}) {
    const bv::Matrix<double> outputs{{0}, {centre + off}};
    CHECK_THAT(encoder(context, bv::constant(tape, outputs)).log_variance.value()(0, 0), WithinAbs(centre + off, 1e-4));
  }
}

TEST_CASE("A model with a committed rate has the right gradient in every parameter", "[vae][committed]") {
  const bv::Vae model{
      bv::CommittedEncoder(bv::dense_encoder<double, 5, 4, 3>({.activation = bv::Activation::tanh}), 1.5),
      bv::dense_decoder<double, 3, 4, 5>({.activation = bv::Activation::tanh}), bv::Bernoulli{}};
  CHECK(bv::test::worst_gradient_error(model, bv::BetaElbo{2}, bv::GaussianNoise(1), bv::test::uniforms(5, 6, 1)) <=
        bv::GradientCheck::tolerance);
}

TEST_CASE("Where every latent of the plain encoder collapses, the committed one ends at its rate",
          "[vae][committed][training]") {
  using namespace bv::test::linear_case;
  const bv::Matrix<double> samples = bv::test::repeated(bv::test::linear_data(variances, 8, 1).samples, 2 * latents);
  const auto rates_after_training = [&](auto encoder) {
    bv::Vae model{encoder, bv::dense_decoder<double, latents, dimensions>({.seed = 3}), bv::Gaussian{sigma}};
    bv::Adam<double> adam;
    for (int step = 0; step < 600; ++step) {
      auto result = bv::test::differentiate(model, bv::BetaElbo{20}, bv::QuadratureNoise{}, samples);
      adam.update(result.gradients, 0.05);
    }
    return bv::test::differentiate(model, bv::BetaElbo{20}, bv::QuadratureNoise{}, samples).rate_per_dimension;
  };
  const auto encoder = bv::dense_encoder<double, dimensions, latents>({.seed = 3});
  const bv::Matrix<double> plain = rates_after_training(encoder);
  const bv::Matrix<double> committed = rates_after_training(bv::CommittedEncoder(encoder, 2.0));
  CHECK(plain.maxCoeff() < 0.01);
  CHECK(committed.minCoeff() >= 0.5 * (1 - 1e-10));
  CHECK(committed.sum() < 2.4);
}

TEST_CASE("A committed encoder shows its network's parameters, and its rate as a line of the schema",
          "[vae][committed]") {
  bv::Vae model{bv::CommittedEncoder(bv::dense_encoder<4, 2>(), 1.5), bv::dense_decoder<2, 4>(), bv::Bernoulli{}};
  std::vector<std::string> names;
  bv::visit_parameters(model, [&](const std::string& name, const auto&) { names.push_back(name); });
  CHECK(names.front() == "encoder.0.weight");
  const auto lines = model.schema();
  CHECK(std::find(lines.begin(), lines.end(), "encoder.committed_rate: 1.5") != lines.end());
  CHECK(model.encoder.committed_rate() == 1.5);
}

TEST_CASE("A rate that no posterior can commit is refused by name", "[vae][committed]") {
  for (const double bad : {0.0, -1.0, 7.6, std::nan(""), std::numeric_limits<double>::infinity()}) {
    CHECK(contains(error_text<bv::ArgumentError>([&] { (void)bv::log_variance_of_rate(bad); }),
                   "log_variance_of_rate: nats: expected a number above 0 and below 7.5"));
  }
  CHECK(contains(error_text<bv::ArgumentError>([] { (void)bv::CommittedEncoder(bv::dense_encoder<4, 2>(), 16.0); }),
                 "got 8"));
}
