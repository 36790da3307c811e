// SPDX-License-Identifier: MIT
// How zlib decompresses a file, member by member.
#pragma once

#include <betavae/core/errors.hpp>
#include <betavae/io/detail/gzip_source.hpp>
#include <zlib.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace betavae::detail {

/// The file's members, one after the other, and where among them the reader is.
class GzipSource::Members {
 public:
  explicit Members(ByteSource& file) : file_(file), input_(std::size_t{1} << 16U) {
    refill();
    compressed_ = starts_member();
    // 16 asks zlib for the gzip wrapping alone, 15 for the largest window.
    if (compressed_ && inflateInit2(&stream_, 15 + 16) != Z_OK) {
      fail("zlib cannot start");
    }
  }
  Members(const Members&) = delete;
  Members& operator=(const Members&) = delete;
  ~Members() {
    if (compressed_) {
      inflateEnd(&stream_);
    }
  }

  std::size_t read(std::span<std::uint8_t> bytes) { return compressed_ ? decompress(bytes) : copy(bytes); }

 private:
  std::size_t copy(std::span<std::uint8_t> bytes) {
    const std::size_t kept = std::min(bytes.size(), unread_.size());
    std::copy_n(unread_.begin(), kept, bytes.begin());
    unread_ = unread_.subspan(kept);
    return kept + file_.read(bytes.subspan(kept));
  }

  std::size_t decompress(std::span<std::uint8_t> bytes) {
    std::size_t filled = 0;
    while (filled < bytes.size()) {
      if (unread_.empty()) {
        refill();
      }
      if (between_members_ && !next_member()) {
        break;
      }
      if (unread_.empty()) {
        fail("expected more compressed data, got the end of the file (it is cut)");
      }
      filled += inflate_into(bytes.subspan(filled));
    }
    return filled;
  }

  /// Whether another member follows the one that just ended. Anything but a member or the end of the file is an error.
  bool next_member() {
    if (unread_.empty()) {
      return false;
    }
    if (unread_.size() == 1) {
      // The two bytes that tell a member may straddle two fillings of the buffer.
      input_[0] = unread_[0];
      unread_ = std::span{input_}.first(1 + file_.read(std::span{input_}.subspan(1)));
    }
    if (!starts_member()) {
      fail("expected the end of the file after the compressed data, got more bytes");
    }
    inflateReset(&stream_);
    between_members_ = false;
    return true;
  }

  /// One call of zlib: returns how many bytes came out.
  std::size_t inflate_into(std::span<std::uint8_t> bytes) {
    constexpr std::size_t most = std::size_t{1} << 30U;  // zlib counts in unsigned int
    const std::size_t room = std::min(bytes.size(), most);
    stream_.next_in = const_cast<Bytef*>(unread_.data());  // zlib reads only, but an old signature does not say so
    stream_.avail_in = static_cast<uInt>(unread_.size());
    stream_.next_out = bytes.data();
    stream_.avail_out = static_cast<uInt>(room);
    const int status = inflate(&stream_, Z_NO_FLUSH);
    consumed_ += unread_.size() - stream_.avail_in;
    unread_ = unread_.last(stream_.avail_in);
    if (status == Z_STREAM_END) {
      between_members_ = true;
    } else if (status != Z_OK) {
      fail(format_text("expected gzip data, got damaged data ({})",
                       {stream_.msg != nullptr ? stream_.msg : zError(status)}));
    }
    return room - stream_.avail_out;
  }

  void refill() { unread_ = std::span{input_}.first(file_.read(input_)); }

  [[nodiscard]] bool starts_member() const { return unread_.size() >= 2 && unread_[0] == 0x1f && unread_[1] == 0x8b; }

  [[noreturn]] void fail(std::string_view what) const {
    throw FileError(format_text("{}: compressed byte {}: {}", {file_.path(), consumed_, what}));
  }

  ByteSource& file_;
  std::vector<std::uint8_t> input_;
  std::span<const std::uint8_t> unread_;
  z_stream stream_ = {};
  std::size_t consumed_ = 0;
  bool compressed_ = false;
  bool between_members_ = false;
};

BETAVAE_DEFINITION GzipSource::GzipSource(ByteSource& file) : file_(file), members_(std::make_unique<Members>(file)) {}

BETAVAE_DEFINITION GzipSource::~GzipSource() = default;

BETAVAE_DEFINITION std::size_t GzipSource::read(std::span<std::uint8_t> bytes) { return members_->read(bytes); }

BETAVAE_DEFINITION const std::string& GzipSource::path() const { return file_.path(); }

}  // namespace betavae::detail
