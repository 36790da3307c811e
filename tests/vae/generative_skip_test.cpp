// SPDX-License-Identifier: MIT
#include <betavae/vae/generative_skip.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/vae.hpp>

#include "catch.hpp"
#include "model_check.hpp"

#include <string>
#include <vector>

namespace bv = betavae;
using bv::test::normals;
using bv::test::uniforms;
using Matrix = bv::Matrix<double>;

namespace {

auto small_decoder() {
  return bv::dense_decoder_with_latents_everywhere<double, 3, 4, 5, 7>({.activation = bv::Activation::tanh});
}

/// activation(W x + b) without the activation.
template <class Layer>
Matrix affine_of(const Layer& layer, const Matrix& x) {
  return (layer.weight.value() * x).colwise() + layer.bias.value().col(0);
}

Matrix above(const Matrix& upper, const Matrix& lower) {
  Matrix both(upper.rows() + lower.rows(), upper.cols());
  both << upper, lower;
  return both;
}

}  // namespace

TEST_CASE("Every layer after the first takes what is before it and the latents", "[vae][generative_skip]") {
  const auto decoder = small_decoder();
  CHECK(decltype(decoder)::inputs == 3);
  CHECK(decltype(decoder)::outputs == 7);
  CHECK(bv::count_parameters(decoder) == (3 + 1) * 4 + (4 + 3 + 1) * 5 + (5 + 3 + 1) * 7);
  const Matrix z = normals(3, 6, 1);
  bv::Tape<double> tape;
  bv::Evaluating<double> context(tape);
  const Matrix given = decoder(context, bv::constant(tape, z)).value();
  const auto& [first, second, last] = decoder.network.layers;
  const Matrix h1 = affine_of(first, z).array().tanh().matrix();
  const Matrix h2 = affine_of(second.inner, above(h1, z)).array().tanh().matrix();
  CHECK((given - affine_of(last.inner, above(h2, z))).norm() <= 1e-13);
}

TEST_CASE("A model with latents in every layer has the right gradient in every parameter", "[vae][generative_skip]") {
  const bv::Vae model{bv::dense_encoder<double, 7, 5, 3>({.activation = bv::Activation::tanh}), small_decoder(),
                      bv::Bernoulli{}};
  for (const bv::Index samples : {1, 5}) {
    CHECK(bv::test::worst_gradient_error(model, bv::BetaElbo{1.7}, bv::GaussianNoise(1), uniforms(7, samples, 1)) <=
          bv::GradientCheck::tolerance);
  }
}

TEST_CASE("Its schema and parameters are named by layer, and say which layers take latents", "[vae][generative_skip]") {
  CHECK(small_decoder().schema() == std::vector<std::string>{"0.activation: tanh", "1.activation: tanh", "1.latents: 3",
                                                             "2.activation: identity", "2.latents: 3"});
  std::vector<std::string> names;
  const auto decoder = small_decoder();
  bv::visit_parameters(decoder, [&](const std::string& name, const auto&) { names.push_back(name); });
  CHECK(names == std::vector<std::string>{"0.weight", "0.bias", "1.weight", "1.bias", "2.weight", "2.bias"});
}

TEST_CASE("Every layer begins with other numbers, which the seed decides", "[vae][generative_skip]") {
  const auto weights = [](std::uint64_t seed) {
    const auto decoder = bv::dense_decoder_with_latents_everywhere<double, 2, 2, 2, 2>({.seed = seed});
    const auto& [first, second, last] = decoder.network.layers;
    return std::vector<Matrix>{first.weight.value(), second.inner.weight.value(), last.inner.weight.value()};
  };
  CHECK(weights(1) == weights(1));
  CHECK_FALSE(weights(1)[0] == weights(2)[0]);
  CHECK_FALSE(weights(1)[1] == weights(1)[2]);
}
