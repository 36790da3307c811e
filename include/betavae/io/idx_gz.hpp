// SPDX-License-Identifier: MIT
// Reads images and labels from idx.gz files, through zlib: link the CMake target betavae::gzip. Plain idx files are
// taken too, so a program that is given either kind needs only these two functions.
//
// gzip: RFC 1952. Every member's CRC-32 and length are checked, members may follow one another, and anything else after
// them is an error: a file that is cut or damaged is never taken for a shorter one.
#pragma once

#include <betavae/data/image_set.hpp>

#include <cstdint>
#include <string>
#include <vector>

#if !BETAVAE_HEADER_ONLY && !defined(BETAVAE_COMPILED_WITH_GZIP)
#error \
    "betavae: io/idx_gz.hpp: betavae::compiled was built without zlib: install zlib1g-dev and configure again, or link betavae::betavae and betavae::gzip."
#endif

namespace betavae {

/// Images from an idx.gz file, or a plain idx file: N × height × width (magic number 0x00000803, one channel), or
/// N × height × width × channels (0x00000804), of unsigned bytes. Memory grows with the data that comes, whatever the
/// header claims.
/// Errors: those of read_idx_images, and FileError for compressed data that is cut, damaged or followed by other bytes.
/// In texts, "byte" counts the decompressed bytes, "compressed byte" those of the file.
BETAVAE_API ImageSet read_idx_gz_images(const std::string& path);

/// Labels from an idx.gz file, or a plain idx file: N unsigned bytes (magic number 0x00000801). Errors: as
/// read_idx_gz_images.
BETAVAE_API std::vector<std::uint8_t> read_idx_gz_labels(const std::string& path);

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/io/idx_gz.ipp>
#endif
