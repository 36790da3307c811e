// SPDX-License-Identifier: MIT
// The header of a safetensors file: JSON in, a list of tensors out, and nothing believed that the format forbids.
//
//     {"__metadata__": {"key": "text"}, "weight": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}
//
// nlohmann/json reads the text event by event and keeps what is open on a heap of its own; more than two levels are refused
// when they open. So no text can nest deep, and a key that comes twice is seen, which a finished document would hide.
#pragma once

#include <betavae/core/errors.hpp>
#include <betavae/io/detail/in_quotes.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace betavae::detail {

/// Bytes of one number; 0 for a type that is not known.
inline std::size_t safetensors_item_size(std::string_view type) {
  struct Size {
    std::string_view type;
    std::size_t bytes;
  };
  constexpr Size sizes[] = {{"F32", 4}, {"F64", 8}, {"F16", 2},     {"BF16", 2},    {"I64", 8},
                            {"I32", 4}, {"I16", 2}, {"I8", 1},      {"U64", 8},     {"U32", 4},
                            {"U16", 2}, {"U8", 1},  {"F8_E4M3", 1}, {"F8_E5M2", 1}, {"BOOL", 1}};
  for (const Size& size : sizes) {
    if (size.type == type) {
      return size.bytes;
    }
  }
  return 0;
}

/// Bytes of a tensor. False where they cannot be counted.
inline bool safetensors_bytes(std::span<const std::uint64_t> shape, std::size_t item_size, std::uint64_t& bytes) {
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<Index>::max());
  bytes = item_size;
  bool empty = false;
  for (const std::uint64_t size : shape) {
    empty = empty || size == 0;
    if (size > 0 && bytes > most / size) {  // also beside a zero: parts of the shape are multiplied by others
      return false;
    }
    bytes *= std::max<std::uint64_t>(size, 1);
  }
  bytes = empty ? 0 : bytes;
  return true;
}

struct SafetensorsEntry {
  std::string name;
  std::string type;
  std::vector<std::uint64_t> shape;
  std::vector<std::uint64_t> offsets;  ///< of the first byte and the one past the last, from the end of the header
};

/// Takes the events of nlohmann's parser. Each returns whether to go on; `problem` says why not.
class SafetensorsHandler {
 public:
  std::map<std::string, std::string> metadata;
  std::vector<SafetensorsEntry> entries;
  std::string problem;

  bool start_object(std::size_t /*elements*/) {
    if (place_ == Place::start) {
      place_ = Place::file;
      return true;
    }
    if (place_ == Place::file) {
      place_ = key_ == "__metadata__" ? Place::metadata : Place::tensor;
      if (place_ == Place::tensor) {
        entries.push_back({key_, {}, {}, {}});
        fields_.clear();
      }
      return true;
    }
    return refuse("an object");
  }

  bool key(std::string& name) {
    key_ = std::move(name);
    auto& keys = place_ == Place::file ? names_ : fields_;
    if (place_ == Place::metadata ? metadata.count(key_) != 0 : !keys.insert(key_).second) {
      return fail(format_text("the key {} comes twice", {in_quotes(key_)}));
    }
    if (place_ == Place::tensor && key_ != "dtype" && key_ != "shape" && key_ != "data_offsets") {
      return fail(format_text("expected dtype, shape and data_offsets, got {}", {in_quotes(key_)}));
    }
    return true;
  }

  bool string(std::string& text) {
    if (place_ == Place::metadata) {
      metadata[key_] = std::move(text);
      return true;
    }
    if (place_ != Place::tensor || key_ != "dtype") {
      return refuse(in_quotes(text));
    }
    if (safetensors_item_size(text) == 0) {
      return fail("dtype: expected F32, F64, or another of the format's whole-byte types, got " + in_quotes(text));
    }
    entries.back().type = std::move(text);
    return true;
  }

  bool start_array(std::size_t /*elements*/) {
    if (place_ != Place::tensor || key_ == "dtype") {
      return refuse("an array");
    }
    place_ = Place::numbers;
    return true;
  }

  bool number_unsigned(std::uint64_t number) {
    if (place_ != Place::numbers) {
      return refuse(std::to_string(number));
    }
    SafetensorsEntry& entry = entries.back();
    (key_ == "shape" ? entry.shape : entry.offsets).push_back(number);
    return entry.offsets.size() <= 2 || fail("data_offsets: expected two numbers, got more");
  }

  bool end_array() {
    place_ = Place::tensor;
    return true;
  }

  bool end_object() {
    if (place_ == Place::tensor && !check_entry()) {
      return false;
    }
    place_ = place_ == Place::file ? Place::end : Place::file;
    return true;
  }

  bool null() { return refuse("null"); }
  bool boolean(bool value) { return refuse(value ? "true" : "false"); }
  bool number_integer(std::int64_t number) { return refuse(std::to_string(number)); }
  bool number_float(double /*number*/, const std::string& text) { return refuse(in_quotes(text)); }
  bool binary(nlohmann::json::binary_t& /*bytes*/) { return refuse("binary data"); }

  bool parse_error(std::size_t /*position*/, const std::string& /*token*/, const nlohmann::detail::exception& error) {
    // "[json.exception.parse_error.101] parse error at line 1, column 2: …": what is in brackets helps no reader.
    const std::string_view text = error.what();
    const std::size_t bracket = text.find("] ");
    problem = std::string(text.substr(bracket == std::string_view::npos ? 0 : bracket + 2, 300));
    return false;
  }

 private:
  enum class Place { start, file, metadata, tensor, numbers, end };

  /// A value of the wrong kind.
  bool refuse(const std::string& came) {
    switch (place_) {
      case Place::start:
      case Place::end:
        return fail("expected an object of tensors, got " + came);
      case Place::file:
        return fail(format_text("key {}: expected an object, got {}", {in_quotes(key_), came}));
      case Place::metadata:
        return fail(format_text("key {}: expected text, got {}", {in_quotes(key_), came}));
      case Place::tensor:
        return fail(key_ + (key_ == "dtype" ? ": expected text, got " : ": expected an array of whole numbers, got ") +
                    came);
      case Place::numbers:
        break;
    }
    return fail(key_ + ": expected whole numbers from 0 to 2^64 - 1, got " + came);
  }

  bool fail(std::string_view what) {
    if (place_ == Place::metadata) {
      problem = "__metadata__: ";
    } else if (place_ == Place::tensor || place_ == Place::numbers) {
      problem = "tensor " + in_quotes(entries.back().name) + ": ";
    }
    problem += what;
    return false;
  }

  /// What can be said of a tensor by itself.
  bool check_entry() {
    const SafetensorsEntry& entry = entries.back();
    for (const std::string_view field : {"dtype", "shape", "data_offsets"}) {
      if (fields_.count(std::string(field)) == 0) {
        return fail(format_text("expected dtype, shape and data_offsets, got no {}", {field}));
      }
    }
    if (entry.offsets.size() != 2) {
      return fail(format_text("data_offsets: expected two numbers, got {}", {entry.offsets.size()}));
    }
    const std::uint64_t begin = entry.offsets[0];
    const std::uint64_t end = entry.offsets[1];
    if (begin > end) {
      return fail(format_text("data_offsets: expected the beginning before the end, got {} and {}", {begin, end}));
    }
    std::uint64_t bytes = 0;
    if (!safetensors_bytes(entry.shape, safetensors_item_size(entry.type), bytes)) {
      return fail("shape: expected a product that can be counted, got one of 2^63 bytes or more");
    }
    if (end - begin != bytes) {
      return fail(
          format_text("data_offsets: expected {} bytes, which shape and dtype need, got {}", {bytes, end - begin}));
    }
    return true;
  }

  Place place_ = Place::start;
  std::string key_;
  std::set<std::string> names_;   // of the file
  std::set<std::string> fields_;  // of the tensor that is open
};

}  // namespace betavae::detail
