// SPDX-License-Identifier: MIT
// The idx format, checked field by field: see idx_parser.hpp.
#pragma once

#include <betavae/io/detail/idx_parser.hpp>

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace betavae::detail {

/// What a caller takes: how many dimensions, in words too, and what another number of dimensions probably is.
struct IdxKind {
  Index fewest_dimensions;
  Index most_dimensions;
  std::string_view expected;
  std::string_view other;
};

inline constexpr IdxKind idx_images = {3, 4, "0x00000803 or 0x00000804 (images of unsigned bytes)",
                                       "labels are read by read_idx_labels"};
inline constexpr IdxKind idx_labels = {1, 1, "0x00000801 (labels of one unsigned byte)",
                                       "images are read by read_idx_images"};

struct IdxArray {
  std::vector<Index> sizes;
  std::vector<std::uint8_t> bytes;
};

BETAVAE_DEFINITION std::string_view idx_element_type(std::uint8_t code) {
  switch (code) {
    case 0x09:
      return "signed bytes";
    case 0x0b:
      return "16-bit integers";
    case 0x0c:
      return "32-bit integers";
    case 0x0d:
      return "32-bit floats";
    case 0x0e:
      return "64-bit floats";
    default:
      return "an unknown type of elements";
  }
}

/// Four bytes of the header as one number.
BETAVAE_DEFINITION std::uint32_t read_idx_word(ByteSource& source, Index position, std::string_view name) {
  std::array<std::uint8_t, 4> bytes = {};
  const std::size_t count = source.read({bytes.data(), bytes.size()});
  if (position == 0 && count >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b) {
    throw FileError(format_text(
        "{}: byte 0: expected a plain idx file, got a gzip file: include <betavae/io/idx_gz.hpp>, link betavae::gzip, "
        "and call read_idx_gz_images or read_idx_gz_labels",
        {source.path()}));
  }
  if (count < bytes.size()) {
    throw FileError(format_text("{}: byte {}: expected the four bytes of the {}, got {} (the file ends there)",
                                {source.path(), position, name, count}));
  }
  return big_endian(bytes);
}

/// The number of dimensions, after everything that the magic number can say wrongly.
BETAVAE_DEFINITION Index read_idx_dimensions(ByteSource& source, const IdxKind& kind) {
  const std::uint32_t magic = read_idx_word(source, 0, "magic number");
  const auto type = static_cast<std::uint8_t>(magic >> 8U & 0xffU);
  const auto dimensions = static_cast<Index>(magic & 0xffU);
  std::string reason;
  if (magic >> 16U != 0) {
    reason = "this is no idx file";
  } else if (type != 0x08) {
    reason = idx_element_type(type);
  } else if (dimensions < kind.fewest_dimensions || dimensions > kind.most_dimensions) {
    reason = format_text("{} dimensions; {}", {dimensions, kind.other});
  } else {
    return dimensions;
  }
  throw FileError(format_text("{}: byte 0: magic number: expected {}, got 0x{} ({})",
                              {source.path(), kind.expected, fmt::format("{:08x}", magic), reason}));
}

/// Reads exactly `length` bytes, growing as they arrive.
BETAVAE_DEFINITION std::vector<std::uint8_t> read_idx_elements(ByteSource& source, Index length, Index position) {
  const auto wanted = static_cast<std::size_t>(length);
  std::vector<std::uint8_t> bytes = read_up_to(source, wanted);
  if (bytes.size() < wanted) {
    throw FileError(
        format_text("{}: byte {}: expected {} bytes of elements after the header, got {} (the file ends there)",
                    {source.path(), static_cast<std::size_t>(position) + bytes.size(), wanted, bytes.size()}));
  }
  return bytes;
}

/// The whole array. Errors: FileError, whose text begins with the path and names the byte, for a file that is cut or
/// has bytes left over, another magic number, an empty dimension, or a product of sizes that no index can count.
BETAVAE_DEFINITION IdxArray read_idx_array(ByteSource& source, const IdxKind& kind) {
  constexpr std::array<std::string_view, 4> names = {"number of items", "height", "width", "number of channels"};
  IdxArray array;
  const Index dimensions = read_idx_dimensions(source, kind);
  Index length = 1;
  Index position = 4;
  for (Index dimension = 0; dimension < dimensions; ++dimension, position += 4) {
    const std::string_view name = names[static_cast<std::size_t>(dimension)];
    const auto size = static_cast<std::int64_t>(read_idx_word(source, position, name));
    if (size == 0) {
      throw FileError(format_text("{}: byte {}: {}: expected at least 1, got 0", {source.path(), position, name}));
    }
    if (size > std::numeric_limits<Index>::max() / length) {
      throw FileError(format_text("{}: byte {}: {}: expected sizes whose product is at most {}, got {} times {}",
                                  {source.path(), position, name, std::numeric_limits<Index>::max(), length, size}));
    }
    length *= static_cast<Index>(size);
    array.sizes.push_back(static_cast<Index>(size));
  }
  array.bytes = read_idx_elements(source, length, position);
  std::uint8_t beyond = 0;
  if (source.read({&beyond, 1}) != 0) {
    throw FileError(format_text("{}: byte {}: expected the end of the file after {} elements, got more bytes",
                                {source.path(), position + length, length}));
  }
  return array;
}

BETAVAE_DEFINITION ImageSet read_idx_image_set(ByteSource& source) {
  IdxArray array = read_idx_array(source, idx_images);
  return ImageSet{.count = array.sizes[0],
                  .height = array.sizes[1],
                  .width = array.sizes[2],
                  .channels = array.sizes.size() == 4 ? array.sizes[3] : 1,
                  .bytes = std::move(array.bytes)};
}

BETAVAE_DEFINITION std::vector<std::uint8_t> read_idx_label_list(ByteSource& source) {
  return std::move(read_idx_array(source, idx_labels).bytes);
}

BETAVAE_DEFINITION std::vector<std::uint8_t> idx_header(std::string_view where, std::initializer_list<NamedSize> sizes,
                                                        std::size_t byte_count) {
  std::vector<std::uint8_t> header = {0, 0, 0x08, static_cast<std::uint8_t>(sizes.size())};
  std::size_t rest = byte_count;
  bool equal = true;
  for (const auto& [name, size] : sizes) {
    require(size >= 1 && static_cast<std::uint64_t>(size) <= std::numeric_limits<std::uint32_t>::max(), where, name,
            "at least 1 and below 2^32", size);
    // Dividing the bytes by each size cannot overflow, as multiplying the sizes could.
    equal = equal && rest % static_cast<std::size_t>(size) == 0;
    rest /= static_cast<std::size_t>(size);
    for (const unsigned shift : {24U, 16U, 8U, 0U}) {
      header.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(size) >> shift & 0xffU));
    }
  }
  require(equal && rest == 1, where, "bytes", "as many as the product of all sizes", byte_count);
  return header;
}

}  // namespace betavae::detail
