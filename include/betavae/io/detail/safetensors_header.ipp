// SPDX-License-Identifier: MIT
// How nlohmann/json reads the header of a safetensors file.
//
// It reads the text event by event and keeps what is open on a heap of its own; more than two levels are refused when they open. So
// no text can nest deep, and a key that comes twice is seen, which a finished document would hide.
#pragma once

#include <betavae/core/errors.hpp>
#include <betavae/io/detail/in_quotes.hpp>
#include <betavae/io/detail/safetensors_header.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

namespace betavae::detail {

BETAVAE_DEFINITION std::size_t safetensors_item_size(std::string_view type) {
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

BETAVAE_DEFINITION bool safetensors_bytes(std::span<const std::uint64_t> shape, std::size_t item_size,
                                          std::uint64_t& bytes) {
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

/// Takes the events of nlohmann's parser. Each returns whether to go on; `problem` says why not.
class SafetensorsHandler {
 public:
  explicit SafetensorsHandler(SafetensorsHeader& header) : header_(header) {}

  bool start_object(std::size_t /*elements*/) {
    if (place_ == Place::start) {
      place_ = Place::file;
      return true;
    }
    if (place_ == Place::file) {
      place_ = key_ == "__metadata__" ? Place::metadata : Place::tensor;
      if (place_ == Place::tensor) {
        header_.entries.push_back({key_, {}, {}, {}});
        fields_.clear();
      }
      return true;
    }
    return refuse("an object");
  }

  bool key(std::string& name) {
    key_ = std::move(name);
    auto& keys = place_ == Place::file ? names_ : fields_;
    if (place_ == Place::metadata ? header_.metadata.count(key_) != 0 : !keys.insert(key_).second) {
      return fail(format_text("the key {} comes twice", {in_quotes(key_)}));
    }
    if (place_ == Place::tensor && key_ != "dtype" && key_ != "shape" && key_ != "data_offsets") {
      return fail(format_text("expected dtype, shape and data_offsets, got {}", {in_quotes(key_)}));
    }
    return true;
  }

  bool string(std::string& text) {
    if (place_ == Place::metadata) {
      header_.metadata[key_] = std::move(text);
      return true;
    }
    if (place_ != Place::tensor || key_ != "dtype") {
      return refuse(in_quotes(text));
    }
    if (safetensors_item_size(text) == 0) {
      return fail("dtype: expected F32, F64, or another of the format's whole-byte types, got " + in_quotes(text));
    }
    header_.entries.back().type = std::move(text);
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
    SafetensorsEntry& entry = header_.entries.back();
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
    header_.problem = std::string(text.substr(bracket == std::string_view::npos ? 0 : bracket + 2, 300));
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
      header_.problem = "__metadata__: ";
    } else if (place_ == Place::tensor || place_ == Place::numbers) {
      header_.problem = "tensor " + in_quotes(header_.entries.back().name) + ": ";
    }
    header_.problem += what;
    return false;
  }

  /// What can be said of a tensor by itself.
  bool check_entry() {
    const SafetensorsEntry& entry = header_.entries.back();
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

  SafetensorsHeader& header_;
  Place place_ = Place::start;
  std::string key_;
  std::set<std::string> names_;   // of the file
  std::set<std::string> fields_;  // of the tensor that is open
};

BETAVAE_DEFINITION bool parse_safetensors_json(std::span<const std::uint8_t> text, SafetensorsHeader& header) {
  SafetensorsHandler handler(header);
  const std::uint8_t* const end = text.data() + text.size();
#if NLOHMANN_JSON_VERSION_MAJOR == 3 && NLOHMANN_JSON_VERSION_MINOR >= 9 && NLOHMANN_JSON_VERSION_MINOR <= 12
  // The same parser as below. The public function would compile the readers of four binary formats too, which takes seconds.
  using Input = decltype(nlohmann::detail::input_adapter(text.data(), end));
  return nlohmann::detail::parser<nlohmann::json, Input>(nlohmann::detail::input_adapter(text.data(), end))
      .sax_parse(&handler);
#else
  return nlohmann::json::sax_parse(text.data(), end, &handler);
#endif
}

/// The bytes of the character that begins a text (RFC 3629), or 0 where it is not UTF-8.
BETAVAE_DEFINITION std::size_t size_of_utf8_character(std::string_view text) {
  const auto byte = [&](std::size_t k) { return k < text.size() ? static_cast<unsigned char>(text[k]) : 0U; };
  const auto continues = [&](std::size_t k) { return (byte(k) & 0xc0U) == 0x80U; };
  const unsigned first = byte(0);
  const unsigned second = byte(1);
  if (first < 0x80) {
    return 1;
  }
  if (first >= 0xc2 && first <= 0xdf) {
    return continues(1) ? 2 : 0;
  }
  if (first >= 0xe0 && first <= 0xef) {
    const bool is_overlong = first == 0xe0 && second < 0xa0;
    const bool is_surrogate = first == 0xed && second > 0x9f;
    return continues(1) && continues(2) && !is_overlong && !is_surrogate ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const bool is_overlong = first == 0xf0 && second < 0x90;
    const bool is_beyond = first == 0xf4 && second > 0x8f;
    return continues(1) && continues(2) && continues(3) && !is_overlong && !is_beyond ? 4 : 0;
  }
  return 0;
}

BETAVAE_DEFINITION std::string json_text(const std::string& text) {
  constexpr std::string_view escaped = "\b\t\n\f\r\"\\";
  constexpr std::string_view letters = "btnfr\"\\";
  constexpr std::string_view digits = "0123456789abcdef";
  std::string json = "\"";
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t size = size_of_utf8_character(rest);
    if (size == 0) {
      throw ArgumentError(format_text("safetensors: names and texts: expected UTF-8, got {}", {in_quotes(text)}));
    }
    const std::size_t letter = escaped.find(rest[0]);
    const auto code = static_cast<unsigned char>(rest[0]);
    if (letter != std::string_view::npos) {
      (json += '\\') += letters[letter];
    } else if (code < 0x20) {
      ((json += "\\u00") += digits[code / 16]) += digits[code % 16];
    } else {
      json += rest.substr(0, size);
    }
    rest.remove_prefix(size);
  }
  return json += '"';
}

}  // namespace betavae::detail
