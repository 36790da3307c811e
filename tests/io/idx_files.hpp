// SPDX-License-Identifier: MIT
// Idx files as bytes, right and wrong, shared by the tests of the plain and the gzip reader.
#pragma once

#include <betavae/core/errors.hpp>

#include "io/temporary_folder.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <vector>

namespace betavae::test {

/// Magic number and sizes, followed by the elements 1, 2, 3, ….
inline Bytes idx_bytes(std::uint32_t magic, std::initializer_list<std::uint32_t> sizes, std::size_t elements) {
  Bytes bytes;
  const auto append = [&](std::uint32_t word) {
    for (const unsigned shift : {24U, 16U, 8U, 0U}) {
      bytes.push_back(static_cast<std::uint8_t>(word >> shift & 0xffU));
    }
  };
  append(magic);
  for (const std::uint32_t size : sizes) {
    append(size);
  }
  for (std::size_t k = 0; k < elements; ++k) {
    bytes.push_back(static_cast<std::uint8_t>(k + 1));
  }
  return bytes;
}

/// What the call's FileError says; fails the test when there is none.
template <class Call>
std::string file_error(Call call) {
  try {
    call();
  } catch (const FileError& error) {
    return error.what();
  }
  FAIL("expected a FileError, got none");
  return {};
}

/// A file that no reader of images may take, and what the error must say beside the path.
struct BadIdxFile {
  std::string name;
  Bytes bytes;
  std::vector<std::string> texts;
};

inline std::vector<BadIdxFile> bad_image_files() {
  Bytes cut = idx_bytes(0x803, {2, 2, 3}, 12);
  cut.resize(cut.size() - 5);
  Bytes trailing = idx_bytes(0x803, {2, 2, 3}, 13);
  return {
      {"empty", {}, {"byte 0", "magic number", "got 0"}},
      {"three bytes", {0, 0, 8}, {"byte 0", "magic number", "got 3"}},
      {"text", {'h', 'e', 'l', 'l', 'o'}, {"byte 0", "0x00000803", "0x68656c6c", "no idx file"}},
      {"labels", idx_bytes(0x801, {4}, 4), {"0x00000801", "read_idx_labels"}},
      {"five dimensions", idx_bytes(0x805, {1, 1, 1, 1, 1}, 1), {"0x00000805", "5 dimensions"}},
      {"no dimensions", idx_bytes(0x800, {}, 1), {"0x00000800", "0 dimensions"}},
      {"floats", idx_bytes(0xd03, {1, 1, 1}, 4), {"0x00000d03", "32-bit floats"}},
      {"signed bytes", idx_bytes(0x903, {1, 1, 1}, 1), {"signed bytes"}},
      {"unknown type", idx_bytes(0x703, {1, 1, 1}, 1), {"unknown type"}},
      {"cut header", idx_bytes(0x803, {2, 2}, 0), {"byte 12", "width", "got 0"}},
      {"cut elements", cut, {"byte 23", "expected 12 bytes", "got 7"}},
      {"no elements", idx_bytes(0x803, {2, 2, 3}, 0), {"byte 16", "expected 12 bytes", "got 0"}},
      {"trailing byte", trailing, {"byte 28", "end of the file"}},
      {"no images", idx_bytes(0x803, {0, 28, 28}, 0), {"byte 4", "number of items", "at least 1", "got 0"}},
      {"no height", idx_bytes(0x803, {2, 0, 28}, 0), {"byte 8", "height", "got 0"}},
      {"no channels", idx_bytes(0x804, {2, 2, 2, 0}, 0), {"byte 16", "channels", "got 0"}},
      {"two to the 96", idx_bytes(0x803, {0xffffffff, 0xffffffff, 0xffffffff}, 3), {"byte 8", "product"}},
      {"product that wraps to 0", idx_bytes(0x804, {0x80000000, 0x80000000, 4, 1}, 3), {"byte 12", "product"}},
      {"terabytes", idx_bytes(0x803, {0x10000000, 0x1000, 4}, 100), {"byte 116", "expected 4398046511104", "got 100"}},
  };
}

/// Every byte of the content replaced by several values in turn, then every shorter length: `read` must give what
/// `is_right` accepts, or throw FileError.
template <class Read, class IsRight>
void mutate_file(const TemporaryFolder& folder, const Bytes& content, std::size_t mutated_bytes, Read read,
                 IsRight is_right) {
  const auto check = [&](const Bytes& bytes) {
    const std::string path = folder.write("mutated", bytes);
    try {
      const auto result = read(path);
      CHECK(is_right(result));
    } catch (const FileError& error) {
      CHECK(std::string{error.what()}.starts_with(path));
    }
  };
  for (std::size_t at = 0; at < std::min(mutated_bytes, content.size()); ++at) {
    for (const unsigned change : {0x01U, 0x02U, 0x03U, 0x04U, 0x08U, 0x10U, 0x40U, 0x7fU, 0x80U, 0xffU}) {
      Bytes bytes = content;
      bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ change);
      INFO("byte " << at << " xor " << change);
      check(bytes);
    }
  }
  for (std::size_t length = 0; length < content.size(); ++length) {
    INFO("length " << length);
    check({content.begin(), content.begin() + static_cast<std::ptrdiff_t>(length)});
  }
}

}  // namespace betavae::test
