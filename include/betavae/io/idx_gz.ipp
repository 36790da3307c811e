// SPDX-License-Identifier: MIT
// How idx.gz files are read.
#pragma once

#include <betavae/io/detail/gzip_source.hpp>
#include <betavae/io/detail/idx_parser.hpp>
#include <betavae/io/idx_gz.hpp>

namespace betavae {

BETAVAE_DEFINITION ImageSet read_idx_gz_images(const std::string& path) {
  detail::FileSource file{path};
  detail::GzipSource source{file};
  return detail::read_idx_image_set(source);
}

BETAVAE_DEFINITION std::vector<std::uint8_t> read_idx_gz_labels(const std::string& path) {
  detail::FileSource file{path};
  detail::GzipSource source{file};
  return detail::read_idx_label_list(source);
}

}  // namespace betavae
