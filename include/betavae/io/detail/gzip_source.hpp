// SPDX-License-Identifier: MIT
// The bytes of a gzip file (RFC 1952), decompressed by zlib.
#pragma once

#include <betavae/io/detail/byte_source.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace betavae::detail {

/// The bytes of a gzip file, decompressed; of any other file, as they are.
class BETAVAE_API GzipSource final : public ByteSource {
 public:
  /// The file is read as bytes are asked for, and must live as long. Errors: FileError when it cannot be read.
  explicit GzipSource(ByteSource& file);
  ~GzipSource() override;

  std::size_t read(std::span<std::uint8_t> bytes) override;
  [[nodiscard]] const std::string& path() const override;

 private:
  class Members;

  ByteSource& file_;
  std::unique_ptr<Members> members_;
};

}  // namespace betavae::detail

#if BETAVAE_HEADER_ONLY
#include <betavae/io/detail/gzip_source.ipp>
#endif
