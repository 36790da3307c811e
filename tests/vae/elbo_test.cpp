// SPDX-License-Identifier: MIT
#include <betavae/vae/elbo.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>

#include "catch.hpp"
#include "model_check.hpp"

namespace bv = betavae;
using Catch::Matchers::WithinRel;

TEST_CASE("Terms are sums over dimensions and means over samples", "[vae][elbo]") {
  const bv::Vae model{bv::dense_encoder<double, 5, 4, 3>(), bv::dense_decoder<double, 3, 4, 5>(), bv::Bernoulli{}};
  const bv::Matrix<double> x = bv::test::uniforms(5, 6, 1);
  bv::Tape<double> tape;
  bv::Evaluating<double> context(tape);
  const bv::GaussianNoise noise(1);
  const auto whole = model.terms(context, bv::Observed{bv::constant(tape, x)}, noise, 2);
  REQUIRE(whole.rate_per_dimension.rows() == 3);
  REQUIRE(whole.rate_per_dimension.columns() == 1);
  REQUIRE(whole.distortion.rows() == 1);
  REQUIRE(whole.distortion.columns() == 1);
  CHECK(whole.posterior.mean.rows() == 3);
  CHECK(whole.posterior.mean.columns() == 6);

  bv::Matrix<double> rate = bv::Matrix<double>::Zero(3, 1);
  double distortion = 0;
  for (int j = 0; j < 6; ++j) {
    const bv::Matrix<double> one = x.col(j);
    const auto terms =
        model.terms(context, bv::Observed{bv::constant(tape, one)}, noise, 2, static_cast<std::uint64_t>(j));
    rate += terms.rate_per_dimension.value() / 6;
    distortion += terms.distortion.value()(0, 0) / 6;
  }
  CHECK((whole.rate_per_dimension.value() - rate).norm() < 1e-14);
  CHECK_THAT(whole.distortion.value()(0, 0), WithinRel(distortion, 1e-14));
}

TEST_CASE("Terms of a batch of no samples, or of weights that sum to nothing, are refused", "[vae][elbo]") {
  const bv::Vae model{bv::dense_encoder<double, 5, 3>(), bv::dense_decoder<double, 3, 5>(), bv::Bernoulli{}};
  const bv::Matrix<double> none(5, 0);
  CHECK_THROWS_AS(bv::test::loss_of(model, bv::BetaElbo{1}, bv::NoNoise{}, none), bv::ArgumentError);
  const bv::Matrix<double> x = bv::test::uniforms(5, 2, 1);
  const double zeros[] = {0, 0};
  const double nans[] = {1, std::nan("")};
  CHECK_THROWS_AS(bv::test::loss_of(model, bv::BetaElbo{1}, bv::NoNoise{}, x, {nullptr, zeros, nullptr}),
                  bv::ArgumentError);
  CHECK_THROWS_AS(bv::test::loss_of(model, bv::BetaElbo{1}, bv::NoNoise{}, x, {nullptr, nans, nullptr}),
                  bv::ArgumentError);
}
