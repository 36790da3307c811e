// SPDX-License-Identifier: MIT
// How bytes come from files and memory.
#pragma once

#include <betavae/core/errors.hpp>
#include <betavae/io/detail/byte_source.hpp>

#include <algorithm>
#include <utility>

namespace betavae::detail {

BETAVAE_DEFINITION FileSource::FileSource(std::string path)
    : path_(std::move(path)), file_(std::fopen(path_.c_str(), "rb")) {
  if (!file_) {
    throw FileError(format_text("{}: cannot be opened: {}", {path_, system_message()}));
  }
}

BETAVAE_DEFINITION FileSource::~FileSource() = default;

BETAVAE_DEFINITION std::size_t FileSource::read(std::span<std::uint8_t> bytes) {
  const std::size_t count = std::fread(bytes.data(), 1, bytes.size(), file_.get());
  if (count < bytes.size() && std::ferror(file_.get()) != 0) {
    // A directory opens like a file, and says what it is only here.
    throw FileError(format_text("{}: byte {}: cannot be read: {}", {path_, position_ + count, system_message()}));
  }
  position_ += count;
  return count;
}

BETAVAE_DEFINITION const std::string& FileSource::path() const { return path_; }

BETAVAE_DEFINITION MemorySource::MemorySource(std::string path, std::span<const std::uint8_t> bytes)
    : path_(std::move(path)), unread_(bytes) {}

BETAVAE_DEFINITION MemorySource::~MemorySource() = default;

BETAVAE_DEFINITION std::size_t MemorySource::read(std::span<std::uint8_t> bytes) {
  const std::size_t count = std::min(bytes.size(), unread_.size());
  std::copy_n(unread_.begin(), count, bytes.begin());
  unread_ = unread_.subspan(count);
  return count;
}

BETAVAE_DEFINITION const std::string& MemorySource::path() const { return path_; }

BETAVAE_DEFINITION std::string read_all(ByteSource& source) {
  constexpr std::size_t first_piece = std::size_t{1} << 16U;
  std::string bytes;
  for (;;) {
    const std::size_t filled = bytes.size();
    const std::size_t piece = std::max(first_piece, filled);
    bytes.resize(filled + piece);
    const std::size_t count = source.read({reinterpret_cast<std::uint8_t*>(bytes.data()) + filled, piece});
    bytes.resize(filled + count);
    if (count < piece) {
      bytes.shrink_to_fit();
      return bytes;
    }
  }
}

BETAVAE_DEFINITION std::vector<std::uint8_t> read_up_to(ByteSource& source, std::size_t wanted) {
  constexpr std::size_t first_piece = std::size_t{1} << 16U;
  std::vector<std::uint8_t> bytes;
  while (bytes.size() < wanted) {
    const std::size_t filled = bytes.size();
    const std::size_t piece = std::min(wanted - filled, std::max(first_piece, filled));
    bytes.resize(filled + piece);
    const std::size_t count = source.read({bytes.data() + filled, piece});
    if (count < piece) {
      bytes.resize(filled + count);
      break;
    }
  }
  return bytes;
}

}  // namespace betavae::detail
