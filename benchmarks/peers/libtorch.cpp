// SPDX-License-Identifier: MIT
// PyTorch from C++: one sample through 7-16-8, in inference mode.
#include "peers/worker.hpp"

#include <torch/torch.h>

namespace {

using peers::Work;

torch::nn::Sequential network() {
  return torch::nn::Sequential(torch::nn::Linear(7, 16), torch::nn::ReLU(), torch::nn::Linear(16, 8));
}

Work encode_independent() {
  auto net = network();
  const auto x = torch::randn({64, 1, 7}).unbind(0);
  return {[=](long steps) mutable {
    const torch::InferenceMode guard;
    for (long i = 0; i < steps; ++i) {
      auto y = net->forward(x[static_cast<std::size_t>(i % 64)]);
      peers::keep(y);
    }
  }};
}

Work encode_chained() {
  auto net = network();
  return {[=](long steps) mutable {
    const torch::InferenceMode guard;
    auto x = torch::full({1, 7}, 0.5);
    for (long i = 0; i < steps; ++i) {
      x = net->forward(x).narrow(1, 0, 7);
    }
    peers::keep(x);
  }};
}

}  // namespace

int main() {
  torch::set_num_threads(1);
  peers::Worker worker;
  worker.offer("encode/independent", encode_independent);
  worker.offer("encode/chained", encode_chained);
  return worker.serve({{"version", TORCH_VERSION}});
}
