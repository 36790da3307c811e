// SPDX-License-Identifier: MIT
// Ten steps of Adam (learning rate 1e-3) against PyTorch: same weights, same noise, each tensor normwise.
#include <betavae/train/adam.hpp>
#include <betavae/train/training_step.hpp>

#include "catch.hpp"
#include "reference.hpp"

#include <numeric>

namespace bv = betavae;

namespace {

constexpr double learning_rate = 1e-3;

template <class Model, class Reference>
void check_parameters(const Model& model, const Reference& reference, double tolerance) {
  INFO(reference.name);
  bv::visit_parameters(model, [&](const std::string& name, const auto& parameter) {
    INFO(name);
    CHECK(bv::test::normwise_error(parameter.value(), reference.expected("after/" + name)) < tolerance);
  });
}

/// Every case, also those with missing values and weights: loss, reverse, update.
template <class Scalar>
void compare_with_pytorch(double tolerance) {
  bv::test::for_each_reference_case<Scalar>([&](const auto& reference, auto& model) {
    const auto noise = reference.noise();
    const auto x = reference.input("x");
    const auto mask = reference.mask();
    const auto weights = reference.has_input("weights") ? reference.input("weights") : bv::Matrix<Scalar>();
    const bv::test::Beside<Scalar> beside{mask.empty() ? nullptr : mask.data(),
                                          weights.size() == 0 ? nullptr : weights.data()};
    REQUIRE(noise.steps.size() == 10);
    bv::Adam<Scalar> adam;
    for (std::uint64_t step = 0; step < noise.steps.size(); ++step) {
      auto result = bv::test::differentiate(model, bv::BetaElbo{reference.beta()}, noise, x, beside, step);
      adam.update(result.gradients, learning_rate);
    }
    check_parameters(model, reference, tolerance);
  });
}

/// The complete cases, by the step that `fit` takes.
template <class Scalar>
void compare_training_step_with_pytorch(double tolerance) {
  bv::test::for_each_reference_case<Scalar>([&](const auto& reference, auto& model) {
    if (!reference.mask().empty()) {
      return;
    }
    const auto noise = reference.noise();
    const auto x = reference.input("x");
    std::vector<bv::Index> samples(static_cast<std::size_t>(x.cols()));
    std::iota(samples.begin(), samples.end(), bv::Index{0});
    bv::TrainingStep step(model);
    step.batch().fill(bv::MatrixSet<Scalar>(x), samples);
    bv::Adam<Scalar> adam;
    for (std::uint64_t number = 0; number < noise.steps.size(); ++number) {
      const auto result = step.differentiate(bv::BetaElbo{reference.beta()}, noise, number, [](const auto&...) {});
      if (number == 0) {
        CHECK_THAT(result.loss, Catch::Matchers::WithinRel(reference.expected("loss")(0, 0), tolerance));
      }
      adam.update(step.gradients(), learning_rate);
    }
    check_parameters(model, reference, tolerance);
  });
}

}  // namespace

TEST_CASE("Parameters after ten steps of Adam agree with PyTorch in double", "[train][pytorch]") {
  compare_with_pytorch<double>(1e-10);
}

TEST_CASE("Parameters after ten steps of Adam agree with PyTorch in float", "[train][pytorch]") {
  compare_with_pytorch<float>(1e-5);
}

TEST_CASE("TrainingStep takes the steps that PyTorch takes", "[train][pytorch]") {
  compare_training_step_with_pytorch<double>(1e-10);
  compare_training_step_with_pytorch<float>(1e-5);
}
