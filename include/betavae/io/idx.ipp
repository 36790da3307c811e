// SPDX-License-Identifier: MIT
// How idx files are read and written.
#pragma once

#include <betavae/io/detail/idx_parser.hpp>
#include <betavae/io/idx.hpp>
#include <betavae/io/whole_file.hpp>

#include <string_view>

namespace betavae {

BETAVAE_DEFINITION ImageSet read_idx_images(const std::string& path) {
  detail::FileSource source{path};
  return detail::read_idx_image_set(source);
}

BETAVAE_DEFINITION std::vector<std::uint8_t> read_idx_labels(const std::string& path) {
  detail::FileSource source{path};
  return detail::read_idx_label_list(source);
}

BETAVAE_DEFINITION void write_idx_images(const std::string& path, const ImageSet& images) {
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

BETAVAE_DEFINITION void write_idx_labels(const std::string& path, std::span<const std::uint8_t> labels) {
  const std::vector<std::uint8_t> header =
      detail::idx_header("write_idx_labels", {{"number of labels", static_cast<Index>(labels.size())}}, labels.size());
  write_whole_file(path,
                   {detail::as_text({header.data(), header.size()}), detail::as_text({labels.data(), labels.size()})});
}

}  // namespace betavae
