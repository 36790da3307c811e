// SPDX-License-Identifier: MIT
// The whole model against PyTorch, tensor by tensor and normwise: ‖Δ‖ / ‖reference‖.
#include "catch.hpp"
#include "reference.hpp"

namespace bv = betavae;

namespace {

template <class Scalar>
void compare_with_pytorch(double tolerance) {
  bv::test::for_each_reference_case<Scalar>([&](const auto& reference, auto& model) {
    const auto mask = reference.mask();
    const auto weights = reference.has_input("weights") ? reference.input("weights") : bv::Matrix<Scalar>();
    const bv::test::Beside<Scalar> beside{mask.empty() ? nullptr : mask.data(),
                                          weights.size() == 0 ? nullptr : weights.data()};
    const auto ours =
        bv::test::differentiate(model, bv::BetaElbo{reference.beta()}, reference.noise(), reference.input("x"), beside);

    INFO(reference.name);
    const auto one = [](Scalar number) { return bv::Matrix<Scalar>::Constant(1, 1, number); };
    CHECK(bv::test::normwise_error(one(ours.loss), reference.expected("loss")) < tolerance);
    CHECK(bv::test::normwise_error(one(ours.distortion), reference.expected("distortion")) < tolerance);
    CHECK(bv::test::normwise_error(ours.rate_per_dimension, reference.expected("rate")) < tolerance);
    int tensors = 0;
    bv::visit_parameters(model, [&](const std::string& name, const auto& parameter) {
      INFO(name);
      CHECK(bv::test::normwise_error(bv::test::gradient_of(ours.gradients, parameter),
                                     reference.expected("gradient/" + name)) < tolerance);
      ++tensors;
    });
    CHECK(tensors == (reference.name == "gaussian_learned_tanh" ? 9 : 8));
  });
}

}  // namespace

TEST_CASE("Loss, rate, distortion and every gradient agree with PyTorch in double", "[vae][pytorch]") {
  compare_with_pytorch<double>(1e-10);
}

TEST_CASE("Loss, rate, distortion and every gradient agree with PyTorch in float", "[vae][pytorch]") {
  compare_with_pytorch<float>(1e-6);
}
