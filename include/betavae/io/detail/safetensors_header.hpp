// SPDX-License-Identifier: MIT
// The header of a safetensors file: JSON in, a list of tensors out, and nothing believed that the format forbids.
//
//     {"__metadata__": {"key": "text"}, "weight": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}
#pragma once

#include <betavae/core/form.hpp>

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace betavae::detail {

/// Bytes of one number; 0 for a type that is not known.
[[nodiscard]] BETAVAE_API std::size_t safetensors_item_size(std::string_view type);

/// Bytes of a tensor. False where they cannot be counted.
[[nodiscard]] BETAVAE_API bool safetensors_bytes(std::span<const std::uint64_t> shape, std::size_t item_size,
                                                 std::uint64_t& bytes);

struct SafetensorsEntry {
  std::string name;
  std::string type;
  std::vector<std::uint64_t> shape;
  std::vector<std::uint64_t> offsets;  ///< of the first byte and the one past the last, from the end of the header
};

struct SafetensorsHeader {
  std::map<std::string, std::string> metadata;
  std::vector<SafetensorsEntry> entries;  ///< in the order of the text
  std::string problem;
};

/// False where the text breaks a rule; `problem` then says which.
[[nodiscard]] BETAVAE_API bool parse_safetensors_json(std::span<const std::uint8_t> text, SafetensorsHeader& header);

/// Text as JSON. Errors: ArgumentError unless it is UTF-8.
[[nodiscard]] BETAVAE_API std::string json_text(const std::string& text);

}  // namespace betavae::detail

#if BETAVAE_HEADER_ONLY
#include <betavae/io/detail/safetensors_header.ipp>
#endif
