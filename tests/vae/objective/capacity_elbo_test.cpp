// SPDX-License-Identifier: MIT
#include <betavae/autodiff/gradient_check.hpp>
#include <betavae/vae/objective/capacity_elbo.hpp>

#include "catch.hpp"
#include "model_check.hpp"

#include <limits>

namespace bv = betavae;
using bv::test::contains;
using bv::test::error_text;
using Catch::Matchers::WithinRel;

namespace {

const bv::Matrix<double> rates = bv::Matrix<double>{{0.5, 3.0, 0.0, 1.5}}.transpose();  // 5 nats in all

double loss_at(const bv::CapacityElbo<>& objective, const bv::Matrix<double>& rate_per_dimension, double distortion) {
  bv::Tape<double> tape;
  const bv::Matrix<double> one = bv::Matrix<double>::Constant(1, 1, distortion);
  return objective(bv::ElboTerms{bv::constant(tape, rate_per_dimension), bv::constant(tape, one), 0, 0}).value()(0, 0);
}

}  // namespace

TEST_CASE("The capacity objective is distortion + gamma |rate - C|, above and below the capacity", "[vae][objective]") {
  CHECK(loss_at(bv::CapacityElbo(2, {.gamma = 10}), rates, 70) == 70 + 10 * 3);
  CHECK(loss_at(bv::CapacityElbo(9, {.gamma = 10}), rates, 70) == 70 + 10 * 4);
  CHECK(loss_at(bv::CapacityElbo(5, {.gamma = 10}), rates, 70) == 70);
  CHECK(loss_at(bv::CapacityElbo(1, {.gamma = 0}), rates, 70) == 70);
}

TEST_CASE("The capacity is one of the whole code, not one of each dimension", "[vae][objective]") {
  // Dimensions above and below their share cancel in |rate − C|; in a sum of |rateₖ − C/K| they would not.
  const bv::CapacityElbo objective(5, {.gamma = 1});
  CHECK(loss_at(objective, rates, 0) == 0);
  CHECK((rates.array() - 5.0 / 4).abs().sum() == 4.0);
}

TEST_CASE("A capacity of 0 is beta = gamma", "[vae][objective]") {
  const bv::CapacityElbo objective(0, {.gamma = 4});
  CHECK(loss_at(objective, rates, 70) == 70 + 4 * rates.sum());
  CHECK(objective.loss(5, 70) == 90);
}

TEST_CASE("The capacity objective's gradient is gamma or -gamma in each dimension's rate, and 1 in the distortion",
          "[vae][objective]") {
  for (const bv::Index latents : {1, 3, 7, 8, 9, 17}) {
    const bv::Matrix<double> rate = bv::test::uniforms(latents, 1, 1);
    for (const double capacity : {0.25 * rate.sum(), 4 * rate.sum()}) {
      const auto check = bv::gradient_check(
          [=](const auto& of_dimensions, const auto& distortion) {
            return bv::CapacityElbo(capacity, {.gamma = 2.5})(bv::ElboTerms{of_dimensions, distortion, 0, 0});
          },
          rate, bv::test::normals(1, 1, 2));
      CHECK(check.error <= bv::GradientCheck::tolerance);
    }
  }
}

TEST_CASE("A measured loss is the batch's", "[vae][objective]") {
  const bv::CapacityElbo objective(6, {.gamma = 7});
  CHECK_THAT(objective.loss(rates.sum(), 70), WithinRel(loss_at(objective, rates, 70), 1e-15));
  CHECK(objective.gamma() == 7);
  CHECK(objective.capacity() == 6);
  CHECK(objective.settings()[0].name == "capacity");
  CHECK(objective.settings()[1].name == "gamma");
  CHECK(objective.settings()[1].value == 7);
  CHECK(objective.settings()[1].kind == bv::NumberKind::fixed_setting);
}

TEST_CASE("A gamma or capacity below 0, NaN or infinite is refused by name", "[vae][objective]") {
  for (const double bad : {-1e-300, -1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    CHECK(contains(error_text<bv::ArgumentError>([&] { (void)bv::CapacityElbo(1, {.gamma = bad}); }),
                   "CapacityElbo: options.gamma: expected a finite number of at least 0, got"));
    CHECK(contains(error_text<bv::ArgumentError>([&] { (void)bv::CapacityElbo(bad, {.gamma = 1}); }),
                   "CapacityElbo: capacity: expected a finite number of at least 0, got"));
  }
}
