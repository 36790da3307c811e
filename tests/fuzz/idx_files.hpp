// SPDX-License-Identifier: MIT
// Idx files have one form, so that what was read gives the bytes of the file again. One exception: see idx_fuzz.cpp.
#pragma once

#include <betavae/io/detail/idx_parser.hpp>
#include <betavae/io/idx.hpp>

#include "fuzz/fuzz.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace betavae::fuzz {

using Bytes = std::vector<std::uint8_t>;

inline Bytes rewritten(const ImageSet& images) {
  Bytes bytes =
      images.channels == 1
          ? detail::idx_header("fuzz", {{"count", images.count}, {"height", images.height}, {"width", images.width}},
                               images.bytes.size())
          : detail::idx_header("fuzz",
                               {{"count", images.count},
                                {"height", images.height},
                                {"width", images.width},
                                {"channels", images.channels}},
                               images.bytes.size());
  bytes.insert(bytes.end(), images.bytes.begin(), images.bytes.end());
  return bytes;
}

inline Bytes rewritten(const std::vector<std::uint8_t>& labels) {
  Bytes bytes = detail::idx_header("fuzz", {{"labels", static_cast<Index>(labels.size())}}, labels.size());
  bytes.insert(bytes.end(), labels.begin(), labels.end());
  return bytes;
}

/// The content of the file that was read as images or labels, or nothing when neither reader takes it.
/// `open` makes a source of the file's bytes.
template <class Open>
std::optional<Bytes> read_and_rewrite(const Open& open) {
  const auto images = unless_refused("fuzz.idx", [&] { return open(detail::read_idx_image_set); });
  const auto labels = unless_refused("fuzz.idx", [&] { return open(detail::read_idx_label_list); });
  check(!images || !labels, "a file holds images or labels, not both");
  if (images) {
    return rewritten(*images);
  }
  return labels ? std::optional{rewritten(*labels)} : std::nullopt;
}

}  // namespace betavae::fuzz
