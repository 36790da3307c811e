// SPDX-License-Identifier: MIT
// The bytes are read twice: as a file, and as the content of a gzip file of one or two members, where nothing but damage to gzip
// itself could stop them from being read as the plain reader reads them. (Few changes of a compressed byte get past its checksum.)
#include <betavae/io/detail/gzip_source.hpp>
#include <betavae/io/idx_gz.hpp>
#include <zlib.h>

#include "fuzz/idx_files.hpp"

namespace betavae::fuzz {
namespace {

std::optional<Bytes> read_packed(std::span<const std::uint8_t> bytes) {
  return read_and_rewrite([&](const auto& read) {
    detail::MemorySource file{"fuzz.idx", bytes};
    detail::GzipSource unpacked{file};
    return read(unpacked);
  });
}

std::optional<Bytes> read_plain(std::span<const std::uint8_t> bytes) {
  return read_and_rewrite([&](const auto& read) {
    detail::MemorySource file{"fuzz.idx", bytes};
    return read(file);
  });
}

/// One gzip member.
void append_packed(Bytes& packed, std::span<const std::uint8_t> content) {
  z_stream stream = {};
  check(deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 1, Z_DEFAULT_STRATEGY) == Z_OK, "zlib starts");
  const std::size_t filled = packed.size();
  packed.resize(filled + deflateBound(&stream, static_cast<uLong>(content.size())) + 64);
  stream.next_in = const_cast<Bytef*>(content.data());
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = packed.data() + filled;
  stream.avail_out = static_cast<uInt>(packed.size() - filled);
  check(deflate(&stream, Z_FINISH) == Z_STREAM_END, "zlib packs");
  packed.resize(packed.size() - stream.avail_out);
  deflateEnd(&stream);
}

}  // namespace

void run(std::span<const std::uint8_t> bytes) {
  const std::optional<Bytes> found = read_packed(bytes);
  check(!found || found->size() >= 9, "what was read has a header and an element");

  Bytes packed;
  const std::size_t half = bytes.size() / 2;
  append_packed(packed, bytes.first(half));
  append_packed(packed, bytes.subspan(half));
  check(read_packed(packed) == read_plain(bytes), "packed bytes are read as plain ones are");
}

}  // namespace betavae::fuzz
