// SPDX-License-Identifier: MIT
#include <betavae/autodiff/gradient_check.hpp>
#include <betavae/vae/networks.hpp>

#include "catch.hpp"
#include "model_check.hpp"

#include <tuple>

namespace bv = betavae;
using bv::test::normals;

TEST_CASE("A dense encoder has two outputs for each latent, and its sizes in its type", "[vae][networks]") {
  using Encoder = decltype(bv::dense_encoder<784, 400, 20>());
  CHECK(Encoder::inputs == 784);
  CHECK(Encoder::latents == 20);
  CHECK(std::is_same_v<Encoder::Scalar, float>);
  CHECK(std::is_same_v<decltype(bv::dense_encoder<double, 5, 2>())::Scalar, double>);
  CHECK(bv::count_parameters(bv::dense_encoder<7, 5, 3>()) == 7 * 5 + 5 + 5 * 6 + 6);
}

TEST_CASE("A dense decoder has its sizes in its type", "[vae][networks]") {
  using Decoder = decltype(bv::dense_decoder<20, 400, 784>());
  CHECK(Decoder::inputs == 20);
  CHECK(Decoder::outputs == 784);
  CHECK(std::is_same_v<Decoder::Scalar, float>);
  CHECK(std::is_same_v<decltype(bv::dense_decoder<double, 2, 5>())::Scalar, double>);
  CHECK(bv::count_parameters(bv::dense_decoder<3, 5, 7>()) == 3 * 5 + 5 + 5 * 7 + 7);
}

TEST_CASE("Encoder and decoder begin at different numbers, which the seed alone decides", "[vae][networks]") {
  const auto first = [](const auto& network) { return bv::Matrix<float>(std::get<0>(network.layers).weight.value()); };
  const bv::Matrix<float> encoder = first(bv::dense_encoder<4, 6, 2>({.seed = 1}).network);
  CHECK((first(bv::dense_encoder<4, 6, 2>({.seed = 1}).network) == encoder));
  CHECK((first(bv::dense_encoder<4, 6, 2>({.seed = 2}).network).array() != encoder.array()).all());
  CHECK((first(bv::dense_decoder<4, 6, 5>({.seed = 1})).array() != encoder.array()).all());
}

TEST_CASE("An encoder is the posterior of its network's output", "[vae][networks]") {
  const auto encoder = bv::dense_encoder<double, 5, 4, 3>({.activation = bv::Activation::tanh});
  const bv::Matrix<double> x = normals(5, 7, 1);
  bv::Tape<double> tape;
  bv::Evaluating<double> context(tape);
  const auto posterior = encoder(context, bv::constant(tape, x));
  const auto raw = encoder.network(context, bv::constant(tape, x));
  const auto expected = bv::gaussian_posterior(raw);
  CHECK(decltype(posterior.mean)::Rows == 3);
  CHECK(posterior.mean.columns() == 7);
  CHECK((posterior.mean.value() == expected.mean.value()));
  CHECK((posterior.log_variance.value() == expected.log_variance.value()));
}

TEST_CASE("An encoder whose sizes are given at run time", "[vae][networks]") {
  const bv::GaussianEncoder encoder{bv::Sequential{bv::Dense<bv::dynamic, bv::dynamic, double>(5, 6)}};
  const bv::Matrix<double> x = normals(5, 7, 1);
  bv::Tape<double> tape;
  bv::Evaluating<double> context(tape);
  const auto posterior = encoder(context, bv::constant(tape, x));
  CHECK(posterior.mean.rows() == 3);
  CHECK(posterior.log_variance.rows() == 3);
  CHECK(decltype(encoder)::latents == bv::dynamic);
}

TEST_CASE("Encoders and decoders have the right gradients in their input", "[vae][networks]") {
  const auto encoder = bv::dense_encoder<double, 9, 7, 5>({.activation = bv::Activation::silu});
  const auto decoder = bv::dense_decoder<double, 5, 7, 9>({.activation = bv::Activation::softplus});
  for (const bv::Index samples : {1, 5}) {
    const auto check = bv::gradient_check(
        [&](const auto& x) {
          bv::Evaluating<double> context(x.tape());
          const auto posterior = encoder(context, x);
          return decoder(context, posterior.mean + posterior.log_variance);
        },
        normals(9, samples, 1));
    CHECK(check.error <= bv::GradientCheck::tolerance);
  }
}
