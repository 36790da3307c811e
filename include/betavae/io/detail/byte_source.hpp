// SPDX-License-Identifier: MIT
// Where a reader's bytes come from: a file as it is, one that is decompressed on the way, or memory.
#pragma once

#include <betavae/core/form.hpp>
#include <betavae/io/detail/file_handle.hpp>

#include <cstdint>
#include <span>
#include <string>
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
class BETAVAE_API FileSource final : public ByteSource {
 public:
  /// Errors: FileError when the file cannot be opened.
  explicit FileSource(std::string path);
  ~FileSource() override;

  std::size_t read(std::span<std::uint8_t> bytes) override;
  [[nodiscard]] const std::string& path() const override;

 private:
  std::string path_;
  FileHandle file_;
  std::size_t position_ = 0;
};

/// Bytes in memory, which must stay there. `path` is a name for error texts.
class BETAVAE_API MemorySource final : public ByteSource {
 public:
  MemorySource(std::string path, std::span<const std::uint8_t> bytes);
  ~MemorySource() override;

  std::size_t read(std::span<std::uint8_t> bytes) override;
  [[nodiscard]] const std::string& path() const override;

 private:
  std::string path_;
  std::span<const std::uint8_t> unread_;
};

/// All bytes up to the end. Memory grows as they arrive, at most to three times what there is.
[[nodiscard]] BETAVAE_API std::string read_all(ByteSource& source);

/// The next `wanted` bytes, or as many as there are. Memory grows with what comes, whatever a header claims.
[[nodiscard]] BETAVAE_API std::vector<std::uint8_t> read_up_to(ByteSource& source, std::size_t wanted);

}  // namespace betavae::detail

#if BETAVAE_HEADER_ONLY
#include <betavae/io/detail/byte_source.ipp>
#endif
