// SPDX-License-Identifier: MIT
// Reads and writes images and labels as idx files, the format of MNIST and Fashion-MNIST. For idx.gz see idx_gz.hpp.
//
//     ImageSet images = read_idx_images("train-images-idx3-ubyte");
//     std::vector<std::uint8_t> labels = read_idx_labels("train-labels-idx1-ubyte");
#pragma once

#include <betavae/io/detail/idx_parser.hpp>

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace betavae {

/// Images from a plain idx file: N × height × width (magic number 0x00000803, one channel), or
/// N × height × width × channels (0x00000804), of unsigned bytes.
/// Errors: FileError, whose text begins with the path and names the byte, when the file is missing, is a directory, is
/// gzip, is cut, has bytes left over, is another kind of idx, has no image, or claims more than it holds.
inline ImageSet read_idx_images(const std::string& path) {
  detail::FileSource source{path};
  return detail::read_idx_image_set(source);
}

/// Labels from a plain idx file: N unsigned bytes (magic number 0x00000801). Errors: as read_idx_images.
inline std::vector<std::uint8_t> read_idx_labels(const std::string& path) {
  detail::FileSource source{path};
  return detail::read_idx_label_list(source);
}

namespace detail {

struct NamedSize {
  std::string_view name;
  Index size;
};

/// Magic number and sizes. Errors: ArgumentError when a size is not within 1 … 2³² − 1, or the sizes and bytes differ.
inline std::vector<std::uint8_t> idx_header(std::string_view where, std::initializer_list<NamedSize> sizes,
                                            std::size_t byte_count) {
  std::vector<std::uint8_t> header = {0, 0, 0x08, static_cast<std::uint8_t>(sizes.size())};
  std::size_t rest = byte_count;
  bool equal = true;
  for (const auto& [name, size] : sizes) {
    require(size >= 1 && static_cast<std::uint64_t>(size) <= std::numeric_limits<std::uint32_t>::max(), where, name,
            "at least 1 and below 2^32", size);
    // Dividing the bytes by each size cannot overflow, as multiplying the sizes could.
    equal = equal && rest % static_cast<std::size_t>(size) == 0;
    rest /= static_cast<std::size_t>(size);
    for (const unsigned shift : {24U, 16U, 8U, 0U}) {
      header.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(size) >> shift & 0xffU));
    }
  }
  require(equal && rest == 1, where, "bytes", "as many as the product of all sizes", byte_count);
  return header;
}

}  // namespace detail

/// Writes the images as a plain idx file, whole or not at all: three dimensions for one channel, four for more.
/// Errors: ArgumentError for an empty set, or one whose bytes do not match its sizes; FileError when the file cannot be
/// written (what stood there before stays).
inline void write_idx_images(const std::string& path, const ImageSet& images) {
  const std::string_view where = "write_idx_images";
  const detail::NamedSize count = {"images.count", images.count};
  const detail::NamedSize height = {"images.height", images.height};
  const detail::NamedSize width = {"images.width", images.width};
  const detail::NamedSize channels = {"images.channels", images.channels};
  const std::size_t bytes = images.bytes.size();
  const std::vector<std::uint8_t> header = images.channels == 1
                                               ? detail::idx_header(where, {count, height, width}, bytes)
                                               : detail::idx_header(where, {count, height, width, channels}, bytes);
  write_whole_file(path,
                   {detail::as_text({header.data(), header.size()}), detail::as_text({images.bytes.data(), bytes})});
}

/// Writes the labels as a plain idx file, whole or not at all. Errors: as write_idx_images.
inline void write_idx_labels(const std::string& path, std::span<const std::uint8_t> labels) {
  const std::vector<std::uint8_t> header =
      detail::idx_header("write_idx_labels", {{"number of labels", static_cast<Index>(labels.size())}}, labels.size());
  write_whole_file(path,
                   {detail::as_text({header.data(), header.size()}), detail::as_text({labels.data(), labels.size()})});
}

}  // namespace betavae
