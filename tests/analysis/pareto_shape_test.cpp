// SPDX-License-Identifier: MIT
#include <betavae/analysis/pareto_shape.hpp>
#include <betavae/core/random.hpp>

#include "catch.hpp"

#include <cmath>

namespace bv = betavae;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

/// Logarithms of weights with P(w > t) = t^(−1/k).
std::vector<double> log_pareto(int draws, double shape, std::uint64_t seed) {
  std::vector<double> result;
  for (int i = 0; i < draws; ++i) {
    const auto uniform = bv::Random(seed).uniform<double>({0, static_cast<std::uint64_t>(i), 0});
    result.push_back(-shape * std::log(uniform) - 500);  // weights themselves need not be numbers that a double holds
  }
  return result;
}

}  // namespace

TEST_CASE("The shape is that of the published algorithm", "[analysis]") {
  // By tests/reference/pareto_shape.py, which was written from the papers alone.
  const auto of_quantiles = [](int count, double shape) {
    std::vector<double> weights;
    for (int i = 1; i <= count; ++i) {
      weights.push_back(-shape * std::log((i - 0.5) / count));
    }
    return bv::pareto_shape(weights);
  };
  CHECK_THAT(of_quantiles(100, 0.3), WithinAbs(0.377269868165796, 1e-10));
  CHECK_THAT(of_quantiles(1000, 0.7), WithinAbs(0.670657768314348, 1e-10));
  CHECK_THAT(of_quantiles(500, 1.2), WithinAbs(1.07368721904580, 1e-10));
  std::vector<double> bounded;
  for (int i = 1; i <= 100; ++i) {
    bounded.push_back(std::log(i));
  }
  CHECK_THAT(bv::pareto_shape(bounded), WithinAbs(-0.404621480355229, 1e-10));
}

TEST_CASE("The shape of a Pareto distribution's tail is found", "[analysis]") {
  for (const double shape : {0.2, 0.5, 0.7, 1.0, 1.5}) {
    double mean = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      auto weights = log_pareto(2000, shape, seed);
      mean += bv::pareto_shape(weights) / 20;
    }
    CHECK_THAT(mean, WithinAbs(shape, 0.1));
  }
}

TEST_CASE("A bounded tail has a negative shape", "[analysis]") {
  std::vector<double> uniform;  // uniform weights are a generalized Pareto distribution of shape −1
  for (int i = 1; i <= 2000; ++i) {
    uniform.push_back(std::log(i / 2000.0));
  }
  CHECK_THAT(bv::pareto_shape(uniform), WithinAbs(-0.9, 0.15));
}

TEST_CASE("Weights that are alike have no tail, and one that outweighs all others is the heaviest", "[analysis]") {
  std::vector<double> same(100, -3.0);
  CHECK(bv::pareto_shape(same) == -HUGE_VAL);
  std::vector<double> far;
  for (int i = 0; i < 100; ++i) {
    far.push_back(-1000.0 * i);
  }
  CHECK(bv::pareto_shape(far) == HUGE_VAL);
  std::vector<double> one(100, -HUGE_VAL);  // of weight zero
  one[7] = 2;
  CHECK(bv::pareto_shape(one) == HUGE_VAL);
}

TEST_CASE("Too few weights, and weights that are not numbers, have no shape", "[analysis]") {
  auto few = log_pareto(24, 0.5, 1);
  CHECK(std::isnan(bv::pareto_shape(few)));
  auto enough = log_pareto(25, 0.5, 1);
  CHECK(std::isfinite(bv::pareto_shape(enough)));
  enough[3] = std::nan("");
  CHECK(std::isnan(bv::pareto_shape(enough)));
  std::vector<double> none;
  CHECK(std::isnan(bv::pareto_shape(none)));
}

TEST_CASE("The shape does not depend on the weights' scale", "[analysis]") {
  auto weights = log_pareto(500, 0.6, 4);
  const double shape = bv::pareto_shape(weights);
  for (double& weight : weights) {
    weight += 1000;
  }
  CHECK_THAT(bv::pareto_shape(weights), WithinRel(shape, 1e-8));
}
