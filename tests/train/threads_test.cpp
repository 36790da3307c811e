// SPDX-License-Identifier: MIT
#include <betavae/betavae.hpp>

#include "catch.hpp"

#include <cstring>
#include <thread>
#include <vector>

namespace bv = betavae;
using bv::Index;

namespace {

/// 200 grey images of the size of Fashion-MNIST's: large enough that every product of a step is shared.
bv::Matrix<float> images() {
  bv::Matrix<float> pixels(784, 200);
  const bv::Random random(5);
  for (Index j = 0; j < pixels.cols(); ++j) {
    for (Index i = 0; i < pixels.rows(); ++i) {
      pixels(i, j) = random.uniform<float>({0, static_cast<std::uint64_t>(j), static_cast<std::uint64_t>(i)});
    }
  }
  return pixels;
}

/// The bytes of all parameters after 50 steps, and of what the history says of them.
std::vector<char> train(const bv::Matrix<float>& pixels, Index threads) {
  bv::Vae model{bv::dense_encoder<784, 400, 20>(), bv::dense_decoder<20, 400, 784>(), bv::Bernoulli{}};
  // Batches of 100 and of 68, and clipping, so that the norm enters every update.
  const auto history = bv::fit(model, pixels, bv::BetaElbo{2.0},
                               {.epochs = 25, .batch = 132, .max_gradient_norm = 20, .threads = threads});
  std::vector<char> bytes;
  const auto append = [&](const void* data, std::size_t size) {
    bytes.resize(bytes.size() + size);
    std::memcpy(bytes.data() + bytes.size() - size, data, size);
  };
  bv::visit_parameters(model, [&](const std::string&, const auto& parameter) {
    append(parameter.data(), static_cast<std::size_t>(parameter.size()) * sizeof(float));
  });
  append(&history.back().rate, sizeof(double));
  append(&history.back().distortion, sizeof(double));
  append(&history.back().gradient_norm, sizeof(double));
  return bytes;
}

}  // namespace

TEST_CASE("After 50 training steps, every number of threads gives the same bytes", "[train][threads][training]") {
  const auto pixels = images();
  const auto one = train(pixels, 1);
  for (const Index threads : {2, 3, 5, 8, 16}) {
    CAPTURE(threads);
    CHECK(train(pixels, threads) == one);
  }
}

TEST_CASE("A measurement has the same bits for every number of threads", "[train][threads]") {
  const auto pixels = images();
  const bv::Vae model{bv::dense_encoder<784, 400, 20>(), bv::dense_decoder<20, 400, 784>(), bv::Bernoulli{}};
  const bv::Evaluation one = evaluate(model, pixels, {.batch = 150, .threads = 1});
  for (const Index threads : {2, 3, 5, 8, 16}) {
    const bv::Evaluation result = evaluate(model, pixels, {.batch = 150, .threads = threads});
    CAPTURE(threads);
    CHECK(result.rate == one.rate);
    CHECK(result.distortion == one.distortion);
    CHECK(result.code_variance == one.code_variance);
    CHECK(result.z_mean_square == one.z_mean_square);
  }
}

TEST_CASE("Two models train at once in two threads of the user's, each as it would alone",
          "[train][threads][training]") {
  const auto pixels = images();
  const auto alone = train(pixels, 2);
  std::vector<char> other;
  std::thread thread([&] { other = train(pixels, 2); });
  const auto own = train(pixels, 2);
  thread.join();
  CHECK(own == alone);
  CHECK(other == alone);
}
