// SPDX-License-Identifier: MIT
// Reads and writes safetensors files, a simple and safe form for the tensors of a model that the Python package
// `safetensors` shares: link the CMake target betavae::safetensors. To keep a model, see io/save.hpp.
//
//     8 bytes     length of the header, little-endian
//     header      JSON: for each tensor its dtype, shape (row-major) and place among the data; texts in "__metadata__"
//     data        numbers, little-endian, each byte in exactly one tensor
//
// Format: https://github.com/huggingface/safetensors. What it forbids is an error: keys that come twice, tensors that overlap,
// bytes that belong to none, a header above 100 MB. Values are not checked: NaN and infinity pass as they are.
#pragma once

#include <betavae/core/errors.hpp>

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#if !BETAVAE_HEADER_ONLY && !defined(BETAVAE_COMPILED_WITH_SAFETENSORS)
#error \
    "betavae: io/safetensors.hpp: betavae::compiled was built without nlohmann/json: install nlohmann-json3-dev and configure again, or link betavae::betavae and betavae::safetensors."
#endif

namespace betavae {

/// Texts beside the tensors, by their keys.
using Metadata = std::map<std::string, std::string>;

/// One tensor as a file holds it.
struct StoredTensor {
  std::string name;
  std::string type;                 ///< the format's name: "F32", "F64", "I64", …
  std::vector<Index> shape;         ///< none: one number
  std::vector<std::uint8_t> bytes;  ///< row-major, little-endian
};

/// All that a safetensors file holds.
struct BETAVAE_API SafeTensors {
  Metadata metadata;
  std::vector<StoredTensor> tensors;  ///< in the order of their data

  /// The tensor of this name, or nullptr.
  [[nodiscard]] const StoredTensor* find(std::string_view name) const;
};

/// All tensors and texts of a file. Memory grows with the bytes that come, whatever the header claims.
/// Errors: FileError, whose text begins with the path and names the byte or the tensor, when the file cannot be read, is cut,
/// has bytes left over, or breaks a rule of the format.
[[nodiscard]] BETAVAE_API SafeTensors read_safetensors(const std::string& path);

/// The same from memory. `name` stands where a path would in the texts of errors.
[[nodiscard]] BETAVAE_API SafeTensors parse_safetensors(const std::string& name, std::span<const std::uint8_t> bytes);

/// Writes a file, whole or not at all. Tensors of wide numbers come first in it, otherwise the order stays.
/// Errors: ArgumentError for two tensors of one name, bytes that do not fit the shape, a type that is not the format's, or text
/// that is not UTF-8; FileError when the file cannot be written (what stood there before stays).
BETAVAE_API void write_safetensors(const std::string& path, const SafeTensors& content);

namespace detail {

/// Everything before the data, and the tensors in the order of their data: the widest numbers first, so that all are aligned.
[[nodiscard]] BETAVAE_API std::string safetensors_head(const SafeTensors& content,
                                                       std::vector<const StoredTensor*>& order);

}  // namespace detail

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/io/safetensors.ipp>
#endif
