// SPDX-License-Identifier: MIT
// How safetensors files are read and written.
#pragma once

#include <betavae/io/detail/byte_source.hpp>
#include <betavae/io/detail/in_quotes.hpp>
#include <betavae/io/detail/number_bytes.hpp>
#include <betavae/io/detail/safetensors_header.hpp>
#include <betavae/io/safetensors.hpp>
#include <betavae/io/whole_file.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace betavae {

BETAVAE_DEFINITION const StoredTensor* SafeTensors::find(std::string_view name) const {
  for (const StoredTensor& tensor : tensors) {
    if (tensor.name == name) {
      return &tensor;
    }
  }
  return nullptr;
}

namespace detail {

inline constexpr std::uint64_t most_safetensors_header = 100'000'000;  // that of the format's own library

[[noreturn]] BETAVAE_DEFINITION void fail_safetensors(const ByteSource& source, std::string_view what) {
  throw FileError(format_text("{}: {}", {source.path(), what}));
}

BETAVAE_DEFINITION std::vector<std::uint8_t> read_safetensors_header(ByteSource& source) {
  std::array<std::uint8_t, 8> word = {};
  const std::size_t count = source.read({word.data(), word.size()});
  if (count < word.size()) {
    fail_safetensors(
        source,
        format_text("byte 0: expected the eight bytes of the header's length, got {} (the file ends there)", {count}));
  }
  const auto length = number_at<std::uint64_t>(word.data(), std::endian::little);
  if (length > most_safetensors_header) {
    fail_safetensors(
        source, format_text("byte 0: length of the header: expected at most {}, got {} (is this a safetensors file?)",
                            {most_safetensors_header, length}));
  }
  std::vector<std::uint8_t> header = read_up_to(source, static_cast<std::size_t>(length));
  if (header.size() < length) {
    fail_safetensors(source, format_text("byte {}: expected {} bytes of header, got {} (the file ends there)",
                                         {8 + header.size(), length, header.size()}));
  }
  if (header.empty() || header[0] != '{') {
    fail_safetensors(source, "byte 8: header: expected '{'");
  }
  // The parser would take a zero byte for the end of the text.
  const auto zero = std::find(header.begin(), header.end(), std::uint8_t{0});
  if (zero != header.end()) {
    fail_safetensors(source,
                     format_text("byte {}: header: expected JSON, got a zero byte", {8 + (zero - header.begin())}));
  }
  return header;
}

BETAVAE_DEFINITION SafetensorsHeader parse_safetensors_header(ByteSource& source) {
  const std::vector<std::uint8_t> text = read_safetensors_header(source);
  SafetensorsHeader header;
  if (!parse_safetensors_json(text, header)) {
    fail_safetensors(source, "header: " + header.problem);
  }
  // A tensor without numbers lies between two others: it must come before the one that begins where it does.
  std::sort(header.entries.begin(), header.entries.end(),
            [](const SafetensorsEntry& a, const SafetensorsEntry& b) { return a.offsets < b.offsets; });
  return header;
}

BETAVAE_DEFINITION SafeTensors read_safetensors(ByteSource& source) {
  SafetensorsHeader header = parse_safetensors_header(source);
  SafeTensors content;
  content.metadata = std::move(header.metadata);
  std::uint64_t place = 0;
  const SafetensorsEntry* before = nullptr;
  for (const SafetensorsEntry& entry : header.entries) {  // first all places, then the bytes
    if (entry.offsets[0] != place) {
      const std::string follows = before == nullptr ? "first" : format_text("after {}", {in_quotes(before->name)});
      fail_safetensors(source,
                       format_text("header: tensor {}: data_offsets: expected to begin at {}, {}, got {} ({})",
                                   {in_quotes(entry.name), place, follows, entry.offsets[0],
                                    entry.offsets[0] < place ? "they overlap" : "bytes between belong to none"}));
    }
    place = entry.offsets[1];
    before = &entry;
  }
  content.tensors.reserve(header.entries.size());
  for (SafetensorsEntry& entry : header.entries) {
    const std::uint64_t length = entry.offsets[1] - entry.offsets[0];
    StoredTensor tensor{std::move(entry.name), std::move(entry.type), {entry.shape.begin(), entry.shape.end()}, {}};
    tensor.bytes = read_up_to(source, static_cast<std::size_t>(length));
    if (tensor.bytes.size() < length) {
      fail_safetensors(source, format_text("tensor {}: expected {} bytes, got {} (the file ends there)",
                                           {in_quotes(tensor.name), length, tensor.bytes.size()}));
    }
    content.tensors.push_back(std::move(tensor));
  }
  std::uint8_t beyond = 0;
  if (source.read({&beyond, 1}) != 0) {
    fail_safetensors(source, format_text("expected the end of the file after {} bytes of tensors, got more", {place}));
  }
  return content;
}

BETAVAE_DEFINITION std::string json_number_list(std::span<const std::uint64_t> numbers) {
  std::string text;
  for (const std::uint64_t number : numbers) {
    text += (text.empty() ? "" : ",") + std::to_string(number);
  }
  return "[" + text + "]";
}

/// One tensor's part of the header; its data begin at `begin`. Errors: ArgumentError.
BETAVAE_DEFINITION std::string safetensors_entry_text(const StoredTensor& tensor, std::uint64_t begin) {
  const std::size_t item_size = safetensors_item_size(tensor.type);
  require(item_size > 0, "write_safetensors", "type of " + in_quotes(tensor.name), "one of the format, as F32",
          tensor.type);
  require(tensor.name != "__metadata__", "write_safetensors", "name", "any but that of the metadata", tensor.name);
  std::vector<std::uint64_t> shape;
  for (const Index size : tensor.shape) {
    require(size >= 0, "write_safetensors", "shape of " + in_quotes(tensor.name), "sizes of at least 0", size);
    shape.push_back(static_cast<std::uint64_t>(size));
  }
  std::uint64_t bytes = 0;
  const bool counted = safetensors_bytes(shape, item_size, bytes);
  require(counted && bytes == tensor.bytes.size(), "write_safetensors", "bytes of " + in_quotes(tensor.name),
          "as many as shape and type need", tensor.bytes.size());
  const std::uint64_t offsets[] = {begin, begin + bytes};
  return format_text(R"({}:{"dtype":"{}","shape":{},"data_offsets":{}})",
                     {json_text(tensor.name), tensor.type, json_number_list(shape), json_number_list(offsets)});
}

BETAVAE_DEFINITION std::string safetensors_head(const SafeTensors& content, std::vector<const StoredTensor*>& order) {
  std::set<std::string_view> names;
  for (const StoredTensor& tensor : content.tensors) {
    require(names.insert(tensor.name).second, "write_safetensors", "name", "one tensor of each name", tensor.name);
    order.push_back(&tensor);
  }
  std::stable_sort(order.begin(), order.end(), [](const StoredTensor* a, const StoredTensor* b) {
    return safetensors_item_size(a->type) > safetensors_item_size(b->type);
  });
  std::string header;
  for (const auto& [key, text] : content.metadata) {
    header += (header.empty() ? R"("__metadata__":{)" : ",") + json_text(key) + ":" + json_text(text);
  }
  header += header.empty() ? "" : "}";
  std::uint64_t place = 0;
  for (const StoredTensor* const tensor : order) {
    header += (header.empty() ? "" : ",") + safetensors_entry_text(*tensor, place);
    place += tensor->bytes.size();
  }
  header = "{" + header + "}";
  header.append((8 - header.size() % 8) % 8, ' ');
  require(header.size() <= most_safetensors_header, "write_safetensors", "header", "at most 100 MB of names and texts",
          header.size());
  std::array<std::uint8_t, 8> length = {};
  put_number<std::uint64_t>(header.size(), length.data(), std::endian::little);
  return std::string(as_text({length.data(), length.size()})) + header;
}

}  // namespace detail

BETAVAE_DEFINITION SafeTensors read_safetensors(const std::string& path) {
  detail::FileSource source{path};
  return detail::read_safetensors(source);
}

BETAVAE_DEFINITION SafeTensors parse_safetensors(const std::string& name, std::span<const std::uint8_t> bytes) {
  detail::MemorySource source{name, bytes};
  return detail::read_safetensors(source);
}

BETAVAE_DEFINITION void write_safetensors(const std::string& path, const SafeTensors& content) {
  std::vector<const StoredTensor*> order;
  const std::string head = detail::safetensors_head(content, order);
  std::vector<std::string_view> parts = {head};
  for (const StoredTensor* const tensor : order) {
    parts.push_back(detail::as_text({tensor->bytes.data(), tensor->bytes.size()}));
  }
  detail::write_parts(path, parts);
}

}  // namespace betavae
