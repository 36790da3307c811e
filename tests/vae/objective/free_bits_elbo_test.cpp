// SPDX-License-Identifier: MIT
#include <betavae/autodiff/gradient_check.hpp>
#include <betavae/train/controller/pid.hpp>
#include <betavae/train/schedule/linear.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/objective/free_bits_elbo.hpp>

#include "catch.hpp"
#include "model_check.hpp"

#include <limits>

namespace bv = betavae;
using bv::test::contains;
using bv::test::error_text;
using Catch::Matchers::WithinRel;

namespace {

const bv::Matrix<double> rates = bv::Matrix<double>{{0.5, 3.0, 0.0, 1.5}}.transpose();  // 5 nats in all

template <class Objective>
auto value_at(bv::Tape<double>& tape, const Objective& objective, const bv::Matrix<double>& rate_per_dimension,
              double distortion) {
  const bv::Matrix<double> one = bv::Matrix<double>::Constant(1, 1, distortion);
  return objective(bv::ElboTerms{bv::constant(tape, rate_per_dimension), bv::constant(tape, one), 0, 0});
}

template <class Objective>
double loss_at(const Objective& objective, const bv::Matrix<double>& rate_per_dimension, double distortion) {
  bv::Tape<double> tape;
  return value_at(tape, objective, rate_per_dimension, distortion).loss.value()(0, 0);
}

}  // namespace

TEST_CASE("With free nats per dimension each rate costs at least its floor", "[vae][objective]") {
  CHECK(loss_at(bv::FreeBitsElbo{bv::FreeNatsPerDimension{1}}, rates, 70) == 70 + 1 + 3 + 1 + 1.5);
  CHECK(loss_at(bv::FreeBitsElbo(bv::FreeNatsPerDimension{1}, 4.0), rates, 70) == 70 + 4 * (1 + 3 + 1 + 1.5));
  CHECK(loss_at(bv::FreeBitsElbo(bv::FreeNatsPerDimension{0}, 4.0), rates, 70) == 70 + 4 * 5);
  CHECK(loss_at(bv::FreeBitsElbo(bv::FreeNatsPerDimension{9}, 4.0), rates, 70) == 70 + 4 * 4 * 9);
}

TEST_CASE("With free nats per code the rate as a whole costs at least the floor", "[vae][objective]") {
  CHECK(loss_at(bv::FreeBitsElbo(bv::FreeNatsPerCode{4}, 2.0), rates, 70) == 70 + 2 * 5);
  CHECK(loss_at(bv::FreeBitsElbo(bv::FreeNatsPerCode{6}, 2.0), rates, 70) == 70 + 2 * 6);
  // A rate that does not fall apart is one number.
  CHECK(loss_at(bv::FreeBitsElbo(bv::FreeNatsPerCode{6}, 2.0), bv::Matrix<double>::Constant(1, 1, 7), 70) == 84);
}

TEST_CASE("Free bits tell the rate that is paid for", "[vae][objective]") {
  bv::Tape<double> tape;
  const auto value = value_at(tape, bv::FreeBitsElbo(bv::FreeNatsPerDimension{1}, 4.0), rates, 70);
  REQUIRE(value.named.size() == 1);
  CHECK(value.named[0].name == "paid rate");
  CHECK(value.named[0].value == 6.5);
  CHECK(value.named[0].kind == bv::NumberKind::nats);
}

TEST_CASE("The gradient of free bits is beta in a rate above its floor, and 0 below", "[vae][objective]") {
  for (const bv::Index latents : {1, 3, 7, 8, 9, 17}) {
    const bv::Matrix<double> rate = bv::test::uniforms(latents, 1, 1);
    const bv::Matrix<double> distortion = bv::test::normals(1, 1, 2);
    const auto check_gradient = [&](const auto& objective) {
      const auto check = bv::gradient_check(
          [&](const auto& of_dimensions, const auto& nats) {
            return objective(bv::ElboTerms{of_dimensions, nats, 0, 0}).loss;
          },
          rate, distortion);
      CHECK(check.error <= bv::GradientCheck::tolerance);
    };
    check_gradient(bv::FreeBitsElbo(bv::FreeNatsPerDimension{0.3}, 2.5));
    check_gradient(bv::FreeBitsElbo(bv::FreeNatsPerCode{0.5 * rate.sum()}, 2.5));
    check_gradient(bv::FreeBitsElbo(bv::FreeNatsPerCode{2 * rate.sum()}, 2.5));
  }
}

TEST_CASE("Free bits have the right gradient in every parameter of a model", "[vae][objective]") {
  const bv::Vae model{bv::dense_encoder<double, 5, 4, 3>({.activation = bv::Activation::tanh}),
                      bv::dense_decoder<double, 3, 4, 5>({.activation = bv::Activation::tanh}), bv::Bernoulli{}};
  const bv::Matrix<double> x = bv::test::uniforms(5, 7, 1);
  const auto loss_of = [](const auto& objective) {
    return [&objective](const auto& terms) { return objective(terms).loss; };
  };
  const bv::FreeBitsElbo per_dimension(bv::FreeNatsPerDimension{0.1}, 3.0);
  const bv::FreeBitsElbo per_code(bv::FreeNatsPerCode{0.1}, 3.0);
  CHECK(bv::test::worst_gradient_error(model, loss_of(per_dimension), bv::GaussianNoise(1), x) <=
        bv::GradientCheck::tolerance);
  CHECK(bv::test::worst_gradient_error(model, loss_of(per_code), bv::GaussianNoise(1), x) <=
        bv::GradientCheck::tolerance);
}

TEST_CASE("The floor is one of the batch's mean, not one of each sample", "[vae][objective]") {
  bv::Vae model{bv::dense_encoder<double, 4, 2>(), bv::dense_decoder<double, 2, 4>(), bv::Bernoulli{}};
  const bv::Matrix<double> x = bv::test::uniforms(4, 9, 1);
  const auto of_batch = bv::test::differentiate(model, bv::BetaElbo{1}, bv::NoNoise{}, x);
  const double floor = of_batch.rate_per_dimension.minCoeff();  // no dimension is below it in the mean, but samples are
  double of_samples = 0;  // what peers compute: the mean of max(λ, rate of a sample)
  for (bv::Index j = 0; j < x.cols(); ++j) {
    const auto sample = bv::test::differentiate(model, bv::BetaElbo{1}, bv::NoNoise{}, x.col(j));
    of_samples += sample.rate_per_dimension.array().max(floor).sum() / static_cast<double>(x.cols());
  }
  CHECK(of_samples > 1.001 * of_batch.rate());
  bv::Tape<double> tape;
  bv::Evaluating<double> context(tape);
  const auto terms = model.terms(context, bv::Observed{bv::constant(tape, x)}, bv::NoNoise{}, 0);
  CHECK_THAT(bv::FreeBitsElbo{bv::FreeNatsPerDimension{floor}}(terms).named[0].value,
             WithinRel(of_batch.rate(), 1e-14));
}

TEST_CASE("A measured loss is that of the rate as a whole", "[vae][objective]") {
  CHECK(bv::FreeBitsElbo(bv::FreeNatsPerCode{4}, 2.0).loss(5, 70) == 80);
  CHECK(bv::FreeBitsElbo(bv::FreeNatsPerCode{6}, 2.0).loss(5, 70) == 82);
  CHECK(bv::FreeBitsElbo(bv::FreeNatsPerDimension{1}, 2.0).loss(5, 70) == 80);
  CHECK(bv::FreeBitsElbo(bv::FreeNatsPerDimension{0.25}, 2.0).floor() == 0.25);
}

TEST_CASE("Free bits name beta and the nats that are free", "[vae][objective]") {
  const auto settings = bv::FreeBitsElbo{bv::FreeNatsPerDimension{0.5}, 4.0}.settings();
  CHECK(settings[0].name == "beta");
  CHECK(settings[0].value == 4);
  CHECK(settings[1].name == "free nats");
  CHECK(settings[1].value == 0.5);
  CHECK(settings[1].kind == bv::NumberKind::fixed_setting);
}

TEST_CASE("Free bits take a schedule or a controller for beta", "[vae][objective]") {
  bv::FreeBitsElbo scheduled(bv::FreeNatsPerDimension{0.5}, bv::LinearSchedule({.to = 4, .steps = 4}));
  scheduled.begin_step(2);
  CHECK(scheduled.beta() == 2);
  CHECK(scheduled.loss(1, 1) == 5);
  CHECK(scheduled.begin_training({.steps = 3}).size() == 1);
  CHECK(scheduled.end_training().empty());
  bv::FreeBitsElbo controlled(bv::FreeNatsPerCode{4}, bv::PidController({.rate = 6}));
  bv::Tape<double> tape;
  const bv::Matrix<double> distortion = bv::Matrix<double>::Constant(1, 1, 70);
  const bv::ElboTerms terms{bv::constant(tape, rates), bv::constant(tape, distortion), 0, 0};
  controlled.end_step(terms);
  bv::PidController alone({.rate = 6});
  alone.end_step(5, 70);
  CHECK(controlled.beta() == alone.value());
  CHECK(controlled.end_training().size() == 1);
}

TEST_CASE("Free nats or a beta below 0, NaN or infinite are refused by name", "[vae][objective]") {
  for (const double bad : {-1e-300, -1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    CHECK(contains(error_text<bv::ArgumentError>([&] { (void)bv::FreeBitsElbo{bv::FreeNatsPerCode{bad}}; }),
                   "FreeBitsElbo: free nats: expected a finite number of at least 0, got"));
    CHECK(contains(error_text<bv::ArgumentError>([&] { (void)bv::FreeBitsElbo(bv::FreeNatsPerCode{1}, bad); }),
                   "FreeBitsElbo: beta: expected a finite number of at least 0, got"));
  }
}
