// SPDX-License-Identifier: MIT
// Where a reader's bytes come from: a file as it is, or one that is decompressed on the way.
#pragma once

#include <betavae/io/whole_file.hpp>

#include <cstdint>
#include <cstdio>
#include <span>
#include <string>

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

}  // namespace betavae::detail
