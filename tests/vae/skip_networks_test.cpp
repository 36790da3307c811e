// SPDX-License-Identifier: MIT
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>
#include <betavae/vae/skip_networks.hpp>
#include <betavae/vae/vae.hpp>

#include "catch.hpp"
#include "model_check.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

namespace bv = betavae;
using bv::Index;
using bv::Skip;
using bv::test::all_gradients;
using bv::test::differentiate;
using bv::test::loss_of;
using bv::test::normals;
using bv::test::uniforms;
using bv::test::worst_gradient_error;
using Catch::Matchers::WithinAbs;
using Matrix = bv::Matrix<double>;

namespace {

constexpr Skip all_kinds[] = {Skip::plain, Skip::gated, Skip::dropout, Skip::sample_dropout, Skip::removed};
constexpr bv::Activation tanh_activation = bv::Activation::tanh;
const bv::BetaElbo objective{1.7};
const bv::GaussianNoise noise{1};

bv::DenseSkipOptions smooth(Skip kind) { return {.skip = kind, .gate = 0.3, .activation = tanh_activation}; }

auto small_encoder() { return bv::dense_skip_encoder<double, 7, 5, 4, 3>({.activation = tanh_activation}); }

auto small_model(const bv::DenseSkipOptions& options) {
  return bv::Vae{small_encoder(), bv::dense_skip_decoder<double, 3, 4, 5, 7>(options), bv::Bernoulli{}};
}

auto small_model(Skip kind) { return small_model(smooth(kind)); }

auto small_model_without_skips() {
  return bv::Vae{bv::dense_encoder<double, 7, 5, 4, 3>({.activation = tanh_activation}),
                 bv::dense_decoder<double, 3, 4, 5, 7>({.activation = tanh_activation}), bv::Bernoulli{}};
}

/// W x + b of a dense layer.
template <class Layer>
Matrix affine_of(const Layer& layer, const Matrix& x) {
  return (layer.weight.value() * x).colwise() + layer.bias.value().col(0);
}

Matrix tanh_of(const Matrix& x) { return x.array().tanh().matrix(); }

/// β-ELBO of several draws a sample.
struct SeveralDraws {
  Index count;
  [[nodiscard]] Index draws() const { return count; }
  template <class Terms>
  [[nodiscard]] auto operator()(const Terms& terms) const {
    return terms.distortion + 1.7 * sum(terms.rate_per_dimension);
  }
};

}  // namespace

TEST_CASE("An encoder with skips is the dense encoder, with its hidden activations beside", "[vae][skip]") {
  const auto encoder = small_encoder();
  const auto dense = bv::dense_encoder<double, 7, 5, 4, 3>({.activation = tanh_activation});
  CHECK(encoder.skip_sizes == std::array{5, 4});
  const Matrix x = normals(7, 6, 1);
  bv::Tape<double> tape;
  bv::Evaluating<double> context(tape);
  const auto given = encoder(context, bv::constant(tape, x));
  const auto expected = dense(context, bv::constant(tape, x));
  CHECK((given.mean.value() == expected.mean.value()));
  CHECK((given.log_variance.value() == expected.log_variance.value()));
  const Matrix first = tanh_of(affine_of(std::get<0>(encoder.network.layers), x));
  const Matrix second = tanh_of(affine_of(std::get<1>(encoder.network.layers), first));
  CHECK((std::get<0>(given.skips).value() - first).norm() <= 1e-14);
  CHECK((std::get<1>(given.skips).value() - second).norm() <= 1e-14);
}

TEST_CASE("The decoder's hidden layers are joined by the encoder's in reverse order", "[vae][skip]") {
  // As many units in every layer, so that sizes could not tell one order from another.
  const auto decoder = bv::dense_skip_decoder<double, 3, 5, 5, 7>(smooth(Skip::gated));
  const Matrix z = normals(3, 6, 1);
  const Matrix s1 = normals(5, 6, 2);
  const Matrix s2 = normals(5, 6, 3);
  bv::Tape<double> tape;
  bv::Evaluating<double> context(tape);
  const Matrix given =
      decoder(context, bv::constant(tape, z), std::tuple(bv::constant(tape, s1), bv::constant(tape, s2))).value();
  const auto by_hand = [&](const Matrix& into_first, const Matrix& into_second) {
    const auto& [first, second, last] = decoder.network.layers;
    const Matrix h1 = tanh_of(affine_of(first, z)) + 0.3 * into_first;
    const Matrix h2 = tanh_of(affine_of(second, h1)) + 0.3 * into_second;
    return affine_of(last, h2);
  };
  CHECK((given - by_hand(s2, s1)).norm() <= 1e-13);
  CHECK((given - by_hand(s1, s2)).norm() > 0.1);
}

TEST_CASE("Codes that come without samples are decoded as if skips were removed", "[vae][skip]") {
  const auto dense = bv::dense_decoder<double, 3, 4, 5, 7>({.activation = tanh_activation});
  const Matrix z = normals(3, 6, 1);
  bv::Tape<double> tape;
  bv::Evaluating<double> context(tape);
  const Matrix expected = dense(context, bv::constant(tape, z)).value();
  for (const Skip kind : all_kinds) {
    CHECK((small_model(kind).decode_parameters(z) == expected));
    CHECK((small_model(kind).sample(4, 2) == small_model_without_skips().sample(4, 2)));
  }
}

TEST_CASE("A reconstruction goes through the skip", "[vae][skip]") {
  const Matrix x = uniforms(7, 6, 1);
  const auto model = small_model(Skip::plain);
  bv::Tape<double> tape;
  bv::Evaluating<double> context(tape);
  const auto encoded = model.encoder(context, bv::constant(tape, x));
  const Matrix logits = model.decoder(context, encoded.mean, encoded.skips).value();
  CHECK((model.reconstruct(x) == model.likelihood.point_estimate(logits)));
  CHECK((model.reconstruct(x) - model.decode(model.encode(x).mean)).norm() > 0.01);
  CHECK((small_model(Skip::removed).reconstruct(x) == small_model_without_skips().reconstruct(x)));
}

TEST_CASE("A model whose skip is removed is the dense model, bit for bit", "[vae][skip]") {
  auto removed = small_model(Skip::removed);
  auto dense = small_model_without_skips();
  const Matrix x = uniforms(7, 6, 1);
  const auto of_removed = differentiate(removed, objective, noise, x);
  const auto of_dense = differentiate(dense, objective, noise, x);
  CHECK(of_removed.loss == of_dense.loss);
  CHECK(all_gradients(of_removed.gradients) == all_gradients(of_dense.gradients));
  auto plain = small_model(Skip::plain);
  CHECK_FALSE(differentiate(plain, objective, noise, x).loss == of_dense.loss);
}

TEST_CASE("Whole models have the right gradient in every parameter for every kind of skip", "[vae][skip][gradient]") {
  const Matrix x = uniforms(7, 5, 1);
  for (const Skip kind : all_kinds) {
    CAPTURE(name(kind));
    CHECK(worst_gradient_error(small_model(kind), objective, noise, x) <= bv::GradientCheck::tolerance);
  }
}

TEST_CASE("Several draws of a code meet their sample's skip, and have the right gradient", "[vae][skip][gradient]") {
  const Matrix x = uniforms(7, 3, 1);
  for (const Skip kind : {Skip::plain, Skip::gated, Skip::sample_dropout}) {
    CAPTURE(name(kind));
    CHECK(worst_gradient_error(small_model(kind), SeveralDraws{3}, noise, x) <= bv::GradientCheck::tolerance);
  }
  // Without noise all draws are one.
  const auto model = small_model(Skip::plain);
  CHECK_THAT(loss_of(model, SeveralDraws{3}, bv::NoNoise{}, x),
             WithinAbs(loss_of(model, objective, bv::NoNoise{}, x), 1e-13));
}

TEST_CASE("Skips and latents everywhere go together", "[vae][skip][gradient]") {
  const Matrix x = uniforms(7, 5, 1);
  for (const Skip kind : {Skip::plain, Skip::gated}) {
    const bv::Vae model{small_encoder(),
                        bv::dense_skip_decoder_with_latents_everywhere<double, 3, 4, 5, 7>(smooth(kind)),
                        bv::Bernoulli{}};
    CHECK(worst_gradient_error(model, objective, noise, x) <= bv::GradientCheck::tolerance);
  }
  const auto removed = bv::dense_skip_decoder_with_latents_everywhere<double, 3, 4, 5, 7>(smooth(Skip::removed));
  const auto without = bv::dense_decoder_with_latents_everywhere<double, 3, 4, 5, 7>({.activation = tanh_activation});
  CHECK(loss_of(bv::Vae{small_encoder(), removed, bv::Bernoulli{}}, objective, noise, x) ==
        loss_of(bv::Vae{small_encoder(), without, bv::Bernoulli{}}, objective, noise, x));
}

TEST_CASE("A step drops the same when it is run again, and another step something else", "[vae][skip]") {
  const Matrix x = uniforms(7, 5, 1);
  for (const Skip kind : {Skip::dropout, Skip::sample_dropout}) {
    auto model = small_model(kind);
    const auto loss_at = [&](std::uint64_t step) {
      return differentiate(model, objective, bv::NoNoise{}, x, {}, step).loss;
    };
    CHECK(loss_at(3) == loss_at(3));
    CHECK_FALSE(loss_at(3) == loss_at(4));
    auto of_other_seed = small_model(kind);
    of_other_seed.decoder = bv::SkipDecoder(model.decoder.network, {.skip = kind, .keep = 0.5, .dropout_seed = 9});
    CHECK_FALSE(differentiate(of_other_seed, objective, bv::NoNoise{}, x, {}, 3).loss == loss_at(3));
  }
}

TEST_CASE("Measuring drops nothing", "[vae][skip]") {
  const Matrix x = uniforms(7, 5, 1);
  const double plain = loss_of(small_model(Skip::plain), objective, noise, x);
  auto trained = small_model(Skip::plain);
  CHECK(differentiate(trained, objective, noise, x).loss == plain);
  for (const Skip kind : {Skip::dropout, Skip::sample_dropout}) {
    auto model = small_model(kind);
    CHECK(loss_of(model, objective, noise, x) == plain);
    CHECK((model.reconstruct(x) == small_model(Skip::plain).reconstruct(x)));
    CHECK_FALSE(differentiate(model, objective, noise, x).loss == plain);
  }
}

TEST_CASE("Missing values do not reach the decoder through the skip", "[vae][skip]") {
  Matrix x = uniforms(7, 4, 1);
  const auto model = small_model(Skip::plain);
  std::vector<std::uint8_t> mask(28, 1);
  mask[3] = mask[12] = 0;
  const double before = loss_of(model, objective, noise, x, {.mask = mask.data()});
  x.data()[3] = 0.99;
  x.data()[12] = std::numeric_limits<double>::quiet_NaN();
  CHECK(loss_of(model, objective, noise, x, {.mask = mask.data()}) == before);
}

TEST_CASE("Models with different skips are of different kinds", "[vae][skip]") {
  std::vector<std::vector<std::string>> schemas{small_model_without_skips().schema()};
  for (const Skip kind : all_kinds) {
    schemas.push_back(small_model(kind).schema());
  }
  schemas.push_back(small_model({.skip = Skip::dropout, .keep = 0.25, .activation = tanh_activation}).schema());
  for (std::size_t i = 0; i < schemas.size(); ++i) {
    CHECK(std::count(schemas.begin(), schemas.end(), schemas[i]) == 1);
  }
  CHECK(small_model(Skip::gated).decoder.schema() ==
        std::vector<std::string>{"0.activation: tanh", "1.activation: tanh", "2.activation: identity", "skip: gated"});
}

TEST_CASE("A decoder tells its gates by name, and parameters are named as the dense decoder's", "[vae][skip]") {
  const auto gated = small_model(Skip::gated);
  REQUIRE(gated.settings().size() == 2);
  CHECK(gated.settings()[0].name == "gate 1");
  CHECK(gated.settings()[1].name == "gate 2");
  CHECK(gated.settings()[1].value == gated.decoder.gates()[1]);
  CHECK(gated.settings()[1].kind == bv::NumberKind::setting);
  CHECK(small_model(Skip::plain).settings()[1].kind == bv::NumberKind::fixed_setting);
  std::vector<std::string> names;
  bv::visit_parameters(gated.decoder, [&](const std::string& name, const auto&) { names.push_back(name); });
  CHECK(names == std::vector<std::string>{"0.weight", "0.bias", "1.weight", "1.bias", "2.weight", "2.bias", "gate"});
}

TEST_CASE("Gates past the ninth have names too", "[vae][skip]") {
  const auto decoder = bv::dense_skip_decoder<1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1>();
  REQUIRE(decoder.settings().size() == 11);
  CHECK(decoder.settings()[8].name == "gate 9");
  CHECK(decoder.settings()[9].name == "gate 10");
}

TEST_CASE("Initial numbers are those of the dense networks, and the seed decides them", "[vae][skip]") {
  const auto first = [](const auto& network) { return bv::Matrix<float>(std::get<0>(network.layers).weight.value()); };
  CHECK((first(bv::dense_skip_encoder<4, 6, 2>({.seed = 3}).network) ==
         first(bv::dense_encoder<4, 6, 2>({.seed = 3}).network)));
  CHECK(
      (first(bv::dense_skip_decoder<4, 6, 5>({.seed = 3}).network) == first(bv::dense_decoder<4, 6, 5>({.seed = 3}))));
  CHECK_FALSE(
      (first(bv::dense_skip_decoder<4, 6, 5>({.seed = 4}).network) == first(bv::dense_decoder<4, 6, 5>({.seed = 3}))));
}

TEST_CASE("An encoder with skips serves a decoder that takes none", "[vae][skip]") {
  const Matrix x = uniforms(7, 5, 1);
  const bv::Vae model{small_encoder(), bv::dense_decoder<double, 3, 4, 5, 7>({.activation = tanh_activation}),
                      bv::Bernoulli{}};
  CHECK(loss_of(model, objective, noise, x) == loss_of(small_model_without_skips(), objective, noise, x));
}
