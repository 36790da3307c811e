// SPDX-License-Identifier: MIT
#include <betavae/data/record/product_of_experts.hpp>
#include <betavae/data/record_vae.hpp>
#include <betavae/train/fit.hpp>

#include "batches.hpp"
#include "catch.hpp"

#include <array>
#include <optional>

using namespace betavae;
using test::Colour;
using test::Numbers;
using test::Specimen;
using test::stir;

namespace {

/// All may miss.
struct Sparse {
  std::optional<double> x;
  std::optional<Colour> colour;
  std::array<std::optional<float>, 2> pair;
  double condition = 0;
};

}  // namespace

template <>
struct betavae::Record<Sparse> {
  static constexpr auto fields = betavae::fields(real<&Sparse::x>(), category<&Sparse::colour, 3>(),
                                                 positive<&Sparse::pair>(), condition(real<&Sparse::condition>()));
};

TEST_CASE("the gradient of a product of experts is right") {
  const auto all = test::specimens(6);
  auto model = expert_record_vae<Specimen, double, 2, 2>(all, {.activation = Activation::tanh});
  stir(model);
  const Numbers numbers(model, all);
  const double error =
      betavae::test::worst_gradient_error(model, BetaElbo{1.5}, GaussianNoise(1), numbers.x, numbers.beside());
  CHECK(error <= GradientCheck::tolerance);
}

TEST_CASE(
    "a product of experts has the prior as posterior of a record with nothing there, to the bit, also when trained") {
  std::vector<Sparse> all;
  for (int i = 0; i < 60; ++i) {
    const auto number = [&](std::uint64_t sequence) { return test::number<double>(sequence, i); };
    Sparse s;
    s.condition = number(1);
    if (i % 2 == 0) {
      s.x = number(2);
      s.pair[0] = static_cast<float>(std::exp(*s.x));
    }
    if (i % 3 == 0) {
      s.colour = Colour(i % 9 / 3);
    }
    if (i % 5 == 0) {
      s.pair[1] = 3.0F;
    }
    all.push_back(s);
  }
  const auto check = [&](auto zero) {
    using Scalar = decltype(zero);
    auto model = expert_record_vae<Sparse, Scalar, 3, 2>(all);
    const auto is_prior = [&] {
      for (const double condition : {0.0, 3.0}) {
        Sparse nothing;
        nothing.condition = condition;
        const auto codes = model.encode(nothing);
        CHECK((codes.mean.array() == Scalar(0)).all());
        CHECK((codes.log_variance.array() == Scalar(0)).all());
        CHECK(model.negative_elbo(nothing).rate == 0);
        CHECK(model.negative_elbo(nothing).distortion == 0);
        CHECK(model.log_likelihood(nothing, 3) == 0);
      }
    };
    is_prior();
    const auto before = model.encode(all[0]);
    (void)fit(model, all, BetaElbo{0.5}, {.epochs = 20, .batch = 16, .learning_rate = 0.02});
    is_prior();
    CHECK((model.encode(all[0]).mean - before.mean).norm() > 0.01);
  };
  check(float{});
  check(double{});
}

TEST_CASE("each cell that comes to be known narrows a product of experts") {
  const auto all = test::specimens(20);
  auto model = expert_record_vae<Specimen, double, 3, 2>(all);
  Specimen s = all[0];  // lacks all that may miss
  auto before = model.encode(s).log_variance;
  const auto check_narrower = [&] {
    const auto after = model.encode(s).log_variance;
    CHECK((after.array() <= before.array()).all());
    before = after;
  };
  s.mass = 2.0F;
  check_narrower();
  s.heading = 1;
  check_narrower();
  s.colour = Colour::green;
  check_narrower();
}
