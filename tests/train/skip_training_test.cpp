// SPDX-License-Identifier: MIT
// What skip connections do to the rate of a model that is trained: a decoder that reads the data off a skip leaves z nothing to say.
#include <betavae/train/fit.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>
#include <betavae/vae/skip_networks.hpp>

#include "catch.hpp"
#include "model_check.hpp"

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

namespace bv = betavae;
using bv::Index;
using bv::Skip;

namespace {

constexpr Skip all_kinds[] = {Skip::plain, Skip::gated, Skip::dropout, Skip::sample_dropout, Skip::removed};

/// 12 features that are functions of two numbers, and noise of a tenth of them.
bv::Matrix<float> curved_data(Index samples) {
  const bv::Matrix<float> codes = bv::test::normals<float>(2, samples, 1);
  const bv::Matrix<float> weight = bv::test::normals<float>(12, 2, 2);
  return (weight * codes).array().sin().matrix() + 0.1F * bv::test::normals<float>(12, samples, 3);
}

template <class Decoder>
auto model_of(const Decoder& decoder) {
  return bv::Vae{bv::dense_skip_encoder<12, 24, 2>(), decoder, bv::Gaussian{0.2}};
}

auto model_of(Skip kind) { return model_of(bv::dense_skip_decoder<2, 24, 12>({.skip = kind})); }

/// Rate and distortion of the data after training.
template <class Model>
bv::Evaluation trained(Model model) {
  const auto data = curved_data(256);
  bv::fit(model, data, bv::BetaElbo{1.0}, {.epochs = 100, .batch = 64, .learning_rate = 5e-3, .threads = 1});
  return bv::evaluate(model, data, {.threads = 1});
}

}  // namespace

TEST_CASE("A plain skip takes the rate, and removed, dropped, or gated from nearly closed it gives it back",
          "[train][skip][training]") {
  const bv::Evaluation removed = trained(model_of(Skip::removed));
  const bv::Evaluation plain = trained(model_of(Skip::plain));
  CAPTURE(removed.rate, removed.distortion, plain.rate, plain.distortion);
  CHECK(removed.rate > 3);
  CHECK(removed.active == 2);
  CHECK(plain.rate < 0.05);
  CHECK(plain.active == 0);
  CHECK(plain.distortion < removed.distortion - 4);
  CHECK(trained(model_of(Skip::sample_dropout)).rate > 0.8 * removed.rate);
  CHECK(trained(model_of(Skip::dropout)).rate > 0.5 * removed.rate);  // of few units: half of many would tell enough
  CHECK(trained(model_of(Skip::gated)).rate > 0.8 * removed.rate);
  CHECK(trained(model_of(bv::dense_decoder_with_latents_everywhere<2, 24, 12>())).rate > 0.8 * removed.rate);
}

TEST_CASE("A gate that begins open, and latents everywhere beside a plain skip, do not give the rate back",
          "[train][skip][training]") {
  CHECK(trained(model_of(bv::dense_skip_decoder<2, 24, 12>({.skip = Skip::gated, .gate = 0.5}))).rate < 0.05);
  CHECK(trained(model_of(bv::dense_skip_decoder_with_latents_everywhere<2, 24, 12>())).rate < 0.05);
}

TEST_CASE("History shows the gates that training moves", "[train][skip]") {
  auto model = model_of(Skip::gated);
  const auto history = bv::fit(model, curved_data(64), bv::BetaElbo{1.0}, {.epochs = 2, .batch = 64, .threads = 1});
  const auto& named = history.front().of_objective;
  REQUIRE(named.size() == 2);  // beta and the gate
  CHECK(named[1].name == "gate 1");
  CHECK(std::abs(named[1].value - 0.001) < 1e-8);  // in the first step
  CHECK(history.back().of_objective[1].value != named[1].value);
  CHECK(model.decoder.gates()[0] != history.back().of_objective[1].value);  // one update later
}

TEST_CASE("Every kind of skip trains to the same bits in any number of threads", "[train][skip][threads][training]") {
  const bv::Matrix<float> x = bv::test::uniforms<float>(100, 300, 1);
  for (const Skip kind : all_kinds) {
    const auto train = [&](Index threads) {
      bv::Vae model{bv::dense_skip_encoder<100, 200, 160, 5>(),
                    bv::dense_skip_decoder<5, 160, 200, 100>({.skip = kind, .gate = 0.3}), bv::Bernoulli{}};
      bv::fit(model, x, bv::BetaElbo{1.0}, {.epochs = 2, .batch = 300, .threads = threads});
      std::vector<float> all;
      bv::visit_parameters(model, [&](const std::string&, const auto& parameter) {
        all.insert(all.end(), parameter.data(), parameter.data() + parameter.size());
      });
      return all;
    };
    CAPTURE(name(kind));
    const auto one = train(1);
    const auto four = train(4);
    REQUIRE(one.size() == four.size());
    CHECK(std::memcmp(one.data(), four.data(), one.size() * sizeof(float)) == 0);
  }
}

TEST_CASE("A removed skip trains to the bits of the dense model", "[train][skip]") {
  const auto x = curved_data(64);
  const auto train = [&](auto model) {
    bv::fit(model, x, bv::BetaElbo{1.0}, {.epochs = 3, .batch = 16, .threads = 1});
    std::vector<float> all;
    bv::visit_parameters(model, [&](const std::string&, const auto& parameter) {
      all.insert(all.end(), parameter.data(), parameter.data() + parameter.size());
    });
    return all;
  };
  CHECK(train(model_of(Skip::removed)) ==
        train(bv::Vae{bv::dense_encoder<12, 24, 2>(), bv::dense_decoder<2, 24, 12>(), bv::Gaussian{0.2}}));
}
