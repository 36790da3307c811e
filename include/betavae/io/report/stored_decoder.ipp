// SPDX-License-Identifier: MIT
// How a decoder is stored and written.
#pragma once

#include <betavae/io/report/base64.hpp>
#include <betavae/io/report/stored_decoder.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace betavae {

namespace detail {

/// Floats as base64 of their four bytes, the lowest first.
BETAVAE_DEFINITION std::string base64_of_floats(const std::vector<float>& numbers) {
  std::vector<std::uint8_t> bytes;
  bytes.reserve(4 * numbers.size());
  for (const float number : numbers) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &number, sizeof bits);
    for (const unsigned shift : {0U, 8U, 16U, 24U}) {
      bytes.push_back(static_cast<std::uint8_t>(bits >> shift & 0xffU));
    }
  }
  return base64(bytes);
}

/// Beyond this, 127 scales might overflow.
inline constexpr double largest_stored_number = 1e38;

/// The number as a float. Errors: ArgumentError where it is none, or too large.
BETAVAE_DEFINITION float stored_number(std::string_view argument, double number) {
  require(std::abs(number) <= largest_stored_number, "StoredDecoder", argument, "numbers from -1e38 to 1e38", number);
  return static_cast<float>(number);
}

}  // namespace detail

BETAVAE_DEFINITION std::string StoredDecoder::json() const {
  std::string json = detail::format_text(R"({"output":"{}","layers":[)", {name(output_)});
  for (const StoredLayer& layer : layers_) {
    const std::vector<std::uint8_t> bytes(layer.weights.begin(), layer.weights.end());
    json +=
        detail::format_text(R"({}{"inputs":{},"outputs":{},"activation":"{}","scales":"{}","biases":"{}","weights":")",
                            {&layer == &layers_.front() ? "" : ",", layer.inputs, layer.outputs, name(layer.activation),
                             detail::base64_of_floats(layer.scales), detail::base64_of_floats(layer.biases)});
    json += detail::base64(bytes) + "\"}";
  }
  return json + "]}";
}

BETAVAE_DEFINITION void StoredDecoder::store(StoredLayer stored, const std::vector<double>& weights,
                                             const std::vector<double>& biases) {
  if (!layers_.empty()) {
    require_same_size("StoredDecoder", "inputs of a layer", stored.inputs, "outputs of the one before",
                      layers_.back().outputs);
  }
  const auto weight = [&](Index output, Index input) {
    return weights[static_cast<std::size_t>(input * stored.outputs + output)];
  };
  for (Index i = 0; i < stored.outputs; ++i) {
    float largest = 0;
    for (Index k = 0; k < stored.inputs; ++k) {
      largest = std::max(largest, std::abs(detail::stored_number("weight", weight(i, k))));
    }
    const float scale = largest / 127.0F;
    for (Index k = 0; k < stored.inputs; ++k) {
      // A scale so small that it is rounded itself might carry a number beyond 127.
      const double steps = scale > 0 ? weight(i, k) / static_cast<double>(scale) : 0;
      stored.weights.push_back(static_cast<std::int8_t>(std::lround(std::clamp(steps, -127.0, 127.0))));
    }
    stored.scales.push_back(scale);
    stored.biases.push_back(detail::stored_number("bias", biases[static_cast<std::size_t>(i)]));
  }
  layers_.push_back(std::move(stored));
}

}  // namespace betavae
