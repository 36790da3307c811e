// SPDX-License-Identifier: MIT
// RTNeural's network with its sizes in the type, 7-16-8, compiled for this very machine (-O3 -march=native). Its backend is chosen by
// RTNEURAL_USE_XSIMD or RTNEURAL_USE_EIGEN.
#include "peers/worker.hpp"

#include <RTNeural/RTNeural.h>

#include <cmath>
#include <memory>
#include <vector>

namespace {

using peers::Work;

using Network = RTNeural::ModelT<float, 7, 8, RTNeural::DenseT<float, 7, 16>, RTNeural::ReLuActivationT<float, 16>,
                                 RTNeural::DenseT<float, 16, 8>>;

/// The outputs of the network lie in it; each has an input of its own, aligned as its vectors ask for.
struct Data {
  Network network;
  alignas(RTNEURAL_DEFAULT_ALIGNMENT) float x[64][16] = {};
};

std::shared_ptr<Data> data() {
  auto data = std::make_shared<Data>();
  unsigned state = 1;
  const auto number = [&](float scale) {
    state = state * 1664525U + 1013904223U;
    return scale * (static_cast<float>(state >> 8) / 8388608.0F - 1.0F);
  };
  const auto fill = [&](auto& layer, std::size_t inputs, std::size_t outputs) {
    std::vector<std::vector<float>> weights(outputs, std::vector<float>(inputs));
    std::vector<float> bias(outputs);
    const float scale = 1.0F / std::sqrt(static_cast<float>(inputs));
    for (std::size_t i = 0; i < outputs; ++i) {
      bias[i] = number(scale);
      for (float& weight : weights[i]) {
        weight = number(scale);
      }
    }
    layer.setWeights(weights);
    layer.setBias(bias.data());
  };
  fill(data->network.get<0>(), 7, 16);
  fill(data->network.get<2>(), 16, 8);
  for (auto& x : data->x) {
    for (int i = 0; i < 7; ++i) {
      x[i] = number(1.0F);
    }
  }
  data->network.reset();
  return data;
}

Work encode_independent() {
  const auto held = data();
  return {[=](long steps) {
    Data& data = *held;
    for (long i = 0; i < steps; ++i) {
      data.network.forward(data.x[i % 64]);
      peers::keep(data);
    }
  }};
}

Work encode_chained() {
  const auto held = data();
  return {[=](long steps) {
    Data& data = *held;
    data.network.forward(data.x[0]);
    for (long i = 0; i < steps; ++i) {
      data.network.forward(data.network.getOutputs());  // seven of eight, where they lie
    }
    peers::keep(data);
  }};
}

}  // namespace

int main() {
  peers::Worker worker;
  worker.offer("encode/independent", encode_independent);
  worker.offer("encode/chained", encode_chained);
  return worker.serve({{"version", BETAVAE_PEER_VERSION}, {"flags", BETAVAE_PEER_FLAGS}});
}
