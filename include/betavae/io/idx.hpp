// SPDX-License-Identifier: MIT
// Reads and writes images and labels as idx files, the format of MNIST and Fashion-MNIST. For idx.gz see idx_gz.hpp.
//
//     ImageSet images = read_idx_images("train-images-idx3-ubyte");
//     std::vector<std::uint8_t> labels = read_idx_labels("train-labels-idx1-ubyte");
#pragma once

#include <betavae/data/image_set.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace betavae {

/// Images from a plain idx file: N × height × width (magic number 0x00000803, one channel), or
/// N × height × width × channels (0x00000804), of unsigned bytes.
/// Errors: FileError, whose text begins with the path and names the byte, when the file is missing, is a directory, is
/// gzip, is cut, has bytes left over, is another kind of idx, has no image, or claims more than it holds.
BETAVAE_API ImageSet read_idx_images(const std::string& path);

/// Labels from a plain idx file: N unsigned bytes (magic number 0x00000801). Errors: as read_idx_images.
BETAVAE_API std::vector<std::uint8_t> read_idx_labels(const std::string& path);

/// Writes the images as a plain idx file, whole or not at all: three dimensions for one channel, four for more.
/// Errors: ArgumentError for an empty set, or one whose bytes do not match its sizes; FileError when the file cannot be
/// written (what stood there before stays).
BETAVAE_API void write_idx_images(const std::string& path, const ImageSet& images);

/// Writes the labels as a plain idx file, whole or not at all. Errors: as write_idx_images.
BETAVAE_API void write_idx_labels(const std::string& path, std::span<const std::uint8_t> labels);

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/io/idx.ipp>
#endif
