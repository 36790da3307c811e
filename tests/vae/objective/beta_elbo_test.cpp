// SPDX-License-Identifier: MIT
#include <betavae/autodiff/gradient_check.hpp>
#include <betavae/vae/objective/beta_elbo.hpp>

#include "catch.hpp"
#include "model_check.hpp"

#include <limits>

namespace bv = betavae;
using bv::test::contains;
using bv::test::error_text;

TEST_CASE("The objective is distortion + beta rate, the rate summed over dimensions", "[vae][objective]") {
  bv::Tape<double> tape;
  const bv::Matrix<double> rate = bv::test::uniforms(5, 1, 1);
  const bv::Matrix<double> distortion = bv::Matrix<double>::Constant(1, 1, 70);
  const bv::ElboTerms terms{bv::constant(tape, rate), bv::constant(tape, distortion), 0, 0};
  for (const double beta : {0.0, 0.1, 1.0, 150.0}) {
    CHECK_THAT(bv::BetaElbo{beta}(terms).value()(0, 0), Catch::Matchers::WithinRel(70 + beta * rate.sum(), 1e-15));
    CHECK(bv::BetaElbo{beta}.beta() == beta);
  }
}

TEST_CASE("The objective's gradient is beta in each dimension's rate, and 1 in the distortion", "[vae][objective]") {
  for (const bv::Index latents : {1, 3, 7, 8, 9, 17}) {
    const auto check = bv::gradient_check(
        [](const auto& rate, const auto& distortion) {
          return bv::BetaElbo{2.5}(bv::ElboTerms{rate, distortion, 0, 0});
        },
        bv::test::normals(latents, 1, 1), bv::test::normals(1, 1, 2));
    CHECK(check.error <= bv::GradientCheck::tolerance);
  }
}

TEST_CASE("A beta below 0, NaN or infinite is refused by name", "[vae][objective]") {
  for (const double beta : {-1e-300, -1.0, std::nan(""), std::numeric_limits<double>::infinity(),
                            -std::numeric_limits<double>::infinity()}) {
    CHECK(contains(error_text<bv::ArgumentError>([&] { (void)bv::BetaElbo{beta}; }),
                   "BetaElbo: beta: expected a finite number of at least 0, got"));
  }
  CHECK(contains(error_text<bv::ArgumentError>([] { (void)bv::BetaElbo{-0.5}; }), "got -0.5"));
}
