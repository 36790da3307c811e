// SPDX-License-Identifier: MIT
// Where a reader's bytes come from: a file as it is, one that is decompressed on the way, or memory.
#pragma once

#include <betavae/io/whole_file.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace betavae::detail {

/// Hands out bytes in order. `read` fills the span as far as there are bytes; fewer than asked for means that the end
/// is reached. It throws FileError when the bytes cannot be had. `path` is what error texts begin with.
class ByteSource {
 public:
  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource() = default;

  virtual std::size_t read(std::span<std::uint8_t> bytes) = 0;
  [[nodiscard]] virtual const std::string& path() const = 0;
};

/// A file, byte for byte.
class FileSource final : public ByteSource {
 public:
  /// Errors: FileError when the file cannot be opened.
  explicit FileSource(std::string path) : path_(std::move(path)), file_(std::fopen(path_.c_str(), "rb")) {
    if (!file_) {
      throw FileError(detail::format_text("{}: cannot be opened: {}", {path_, system_message()}));
    }
  }

  std::size_t read(std::span<std::uint8_t> bytes) override {
    const std::size_t count = std::fread(bytes.data(), 1, bytes.size(), file_.get());
    if (count < bytes.size() && std::ferror(file_.get()) != 0) {
      // A directory opens like a file, and says what it is only here.
      throw FileError(
          detail::format_text("{}: byte {}: cannot be read: {}", {path_, position_ + count, system_message()}));
    }
    position_ += count;
    return count;
  }

  [[nodiscard]] const std::string& path() const override { return path_; }

 private:
  std::string path_;
  FileHandle file_;
  std::size_t position_ = 0;
};

/// Bytes in memory, which must stay there. `path` is a name for error texts.
class MemorySource final : public ByteSource {
 public:
  MemorySource(std::string path, std::span<const std::uint8_t> bytes) : path_(std::move(path)), unread_(bytes) {}

  std::size_t read(std::span<std::uint8_t> bytes) override {
    const std::size_t count = std::min(bytes.size(), unread_.size());
    std::copy_n(unread_.begin(), count, bytes.begin());
    unread_ = unread_.subspan(count);
    return count;
  }

  [[nodiscard]] const std::string& path() const override { return path_; }

 private:
  std::string path_;
  std::span<const std::uint8_t> unread_;
};

/// All bytes up to the end. Memory grows as they arrive, at most to three times what there is.
inline std::string read_all(ByteSource& source) {
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

/// The next `wanted` bytes, or as many as there are. Memory grows with what comes, whatever a header claims.
inline std::vector<std::uint8_t> read_up_to(ByteSource& source, std::size_t wanted) {
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
