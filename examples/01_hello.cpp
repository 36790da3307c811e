// SPDX-License-Identifier: MIT
// The smallest whole journey: data, a model, training, and what the code carries. No file is needed.
#include <betavae/betavae.hpp>

namespace bv = betavae;

int main() {
  // 2,000 points near a circle in the plane: one hidden number, the angle, decides both coordinates.
  bv::Matrix<float> points(2, 2000);
  for (bv::Index i = 0; i < points.cols(); ++i) {
    const float angle = 0.003F * static_cast<float>(i);
    points(0, i) = std::cos(angle);
    points(1, i) = std::sin(angle);
  }
  for (const double beta : {0.01, 1.0, 100.0}) {
    bv::Vae model{bv::dense_encoder<2, 32, 2>(), bv::dense_decoder<2, 32, 2>(), bv::Gaussian{0.1}};
    const auto history = bv::fit(model, points, bv::BetaElbo{beta}, {.epochs = 40, .batch = 50, .learning_rate = 3e-3});
    fmt::print("beta {:6}: {}\n", beta, history.back());
  }
}
