// SPDX-License-Identifier: MIT
// Models with each kind of skip come back from a file, and are not taken for one another.
#include <betavae/io/save.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/skip_networks.hpp>
#include <betavae/vae/vae.hpp>

#include "io/idx_files.hpp"

using namespace betavae;
using namespace betavae::test;

namespace {

constexpr Skip all_kinds[] = {Skip::plain, Skip::gated, Skip::dropout, Skip::sample_dropout, Skip::removed};

auto model_with(const DenseSkipOptions& options) {
  return Vae{dense_skip_encoder<5, 4, 3, 2>({.seed = options.seed}), dense_skip_decoder<2, 3, 4, 5>(options),
             Bernoulli{}};
}

auto model_with_latents_everywhere(std::uint64_t seed) {
  return Vae{dense_encoder<5, 3, 2>({.seed = seed}), dense_decoder_with_latents_everywhere<2, 3, 5>({.seed = seed}),
             Bernoulli{}};
}

/// Whether a model that is loaded from the file of another gives what that one gives.
template <class Model>
void check_round_trip(const Model& saved, Model other) {
  const TemporaryFolder folder;
  const Matrix<float> x = Matrix<float>::Constant(5, 3, 0.5F);
  save(folder.file("model"), saved);
  CHECK_FALSE(other.reconstruct(x) == saved.reconstruct(x));
  load(folder.file("model"), other);
  CHECK((other.reconstruct(x) == saved.reconstruct(x)));
  CHECK((other.sample(4, 1) == saved.sample(4, 1)));
}

}  // namespace

TEST_CASE("models with skips come back bit for bit, gates too") {
  for (const Skip kind : all_kinds) {
    check_round_trip(model_with({.skip = kind, .gate = 0.3, .seed = 1}), model_with({.skip = kind, .seed = 2}));
  }
  const TemporaryFolder folder;
  save(folder.file("model"), model_with({.skip = Skip::gated, .gate = 0.3}));
  auto other = model_with({.skip = Skip::gated});
  load(folder.file("model"), other);
  CHECK(other.decoder.gates() == model_with({.skip = Skip::gated, .gate = 0.3}).decoder.gates());
}

TEST_CASE("a model with latents in every layer comes back bit for bit") {
  check_round_trip(model_with_latents_everywhere(1), model_with_latents_everywhere(2));
}

TEST_CASE("a file of a model with another kind of skip is refused") {
  const TemporaryFolder folder;
  for (const Skip kind : all_kinds) {
    save(folder.file("model"), model_with({.skip = kind}));
    for (const Skip other_kind : all_kinds) {
      auto other = model_with({.skip = other_kind});
      if (kind != other_kind) {
        const std::string error = file_error([&] { load(folder.file("model"), other); });
        INFO(error);
        CHECK(error.find("'decoder.skip: " + std::string(name(kind)) + "'") != std::string::npos);
        CHECK(error.find("'decoder.skip: " + std::string(name(other_kind)) + "'") != std::string::npos);
      }
    }
  }
}

TEST_CASE("a gate has the name of its decoder in a file") {
  const TemporaryFolder folder;
  save(folder.file("model"), model_with({.skip = Skip::gated}));
  const SafeTensors file = read_safetensors(folder.file("model"));
  REQUIRE(file.find("decoder.gate") != nullptr);
  CHECK(file.find("decoder.gate")->shape == std::vector<Index>{2});
}
