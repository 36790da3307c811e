// SPDX-License-Identifier: MIT
// The idx format, read from any source of bytes. Nothing in the file is believed before it is checked.
//
// Format (LeCun, Cortes and Burges, "The MNIST database of handwritten digits"), all integers big-endian:
//
//     byte 0, 1   zero
//     byte 2      type of the elements: 0x08 unsigned byte, 0x09 signed byte, 0x0b short, 0x0c int, 0x0d float,
//                 0x0e double
//     byte 3      number of dimensions n
//     byte 4 …    n sizes of four bytes each; the last dimension runs fastest
//     then        the elements, and nothing after them
//
// A header may claim terabytes. Memory therefore grows with the bytes that arrive, at most to twice what is there.
#pragma once

#include <betavae/data/image_set.hpp>
#include <betavae/io/detail/byte_source.hpp>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace betavae::detail {

inline std::uint32_t big_endian(const std::array<std::uint8_t, 4>& bytes) {
  return std::uint32_t{bytes[0]} << 24U | std::uint32_t{bytes[1]} << 16U | std::uint32_t{bytes[2]} << 8U |
         std::uint32_t{bytes[3]};
}

/// Errors: FileError, whose text begins with the path and names the byte, for a file that is cut or has bytes left over,
/// another magic number, an empty dimension, or a product of sizes that no index can count.
[[nodiscard]] BETAVAE_API ImageSet read_idx_image_set(ByteSource& source);
[[nodiscard]] BETAVAE_API std::vector<std::uint8_t> read_idx_label_list(ByteSource& source);

struct NamedSize {
  std::string_view name;
  Index size;
};

/// Magic number and sizes. Errors: ArgumentError when a size is not within 1 … 2³² − 1, or the sizes and bytes differ.
[[nodiscard]] BETAVAE_API std::vector<std::uint8_t> idx_header(std::string_view where,
                                                               std::initializer_list<NamedSize> sizes,
                                                               std::size_t byte_count);

}  // namespace betavae::detail

#if BETAVAE_HEADER_ONLY
#include <betavae/io/detail/idx_parser.ipp>
#endif
