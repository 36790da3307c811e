// SPDX-License-Identifier: MIT
// The program of all consumer projects: a model is trained for an epoch.
#include <betavae/betavae.hpp>

namespace bv = betavae;

int main() {
  const bv::Matrix<float> data = bv::Matrix<float>::Constant(6, 20, 0.5F);
  bv::Vae model{bv::dense_encoder<6, 8, 2>(), bv::dense_decoder<2, 8, 6>(), bv::Bernoulli{}};
  const auto history = bv::fit(model, data, bv::BetaElbo{4.0}, {.epochs = 1});
  fmt::print("{}\n", history.back());
}
