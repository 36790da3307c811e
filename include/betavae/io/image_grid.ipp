// SPDX-License-Identifier: MIT
// How images are laid out on a sheet.
#pragma once

#include <betavae/io/image_grid.hpp>

#include <algorithm>
#include <string_view>

namespace betavae {

BETAVAE_DEFINITION Picture image_grid(const ImageSet& images, const ImageGridOptions& options) {
  constexpr std::string_view where = "image_grid";
  constexpr Index most = Index{1} << 30;
  require(images.channels == 1 || images.channels == 3, where, "images.channels", "1 or 3", images.channels);
  require(images.count >= 1 && images.count <= most, where, "images.count", "from 1 to 2^30", images.count);
  require(images.height >= 1 && images.height <= most, where, "images.height", "from 1 to 2^30", images.height);
  require(images.width >= 1 && images.width <= most, where, "images.width", "from 1 to 2^30", images.width);
  require(options.columns >= 1, where, "options.columns", "at least 1", options.columns);
  require(options.gap >= 0 && options.gap <= most, where, "options.gap", "from 0 to 2^30", options.gap);

  const Index columns = std::min(options.columns, images.count);
  const Index rows = (images.count + columns - 1) / columns;
  const Index opacity = options.background ? 0 : 1;
  Picture sheet{.height = 0, .width = 0, .channels = images.channels + opacity, .bytes = {}};
  // Each factor is at most 2³¹ and each product is compared before the next, so nothing overflows.
  require(columns <= most / (images.width + options.gap), where, "options.columns", "a sheet of at most 2^30 bytes",
          columns);
  sheet.width = columns * (images.width + options.gap) - options.gap;
  require(rows <= most / (images.height + options.gap), where, "images.count", "a sheet of at most 2^30 bytes",
          images.count);
  sheet.height = rows * (images.height + options.gap) - options.gap;
  require(sheet.width * sheet.channels <= most / sheet.height, where, "images.count", "a sheet of at most 2^30 bytes",
          images.count);
  require_same_size(where, "images.bytes", static_cast<Index>(images.bytes.size()),
                    "images.count · height · width · channels", images.count * images.features());

  sheet.bytes.assign(static_cast<std::size_t>(sheet.height * sheet.width * sheet.channels),
                     options.background.value_or(0));
  const std::uint8_t* pixel = images.bytes.data();
  for (Index index = 0; index < images.count; ++index) {
    const Index top = index / columns * (images.height + options.gap);
    const Index left = index % columns * (images.width + options.gap);
    for (Index y = 0; y < images.height; ++y) {
      std::uint8_t* out = sheet.bytes.data() + ((top + y) * sheet.width + left) * sheet.channels;
      for (Index x = 0; x < images.width; ++x) {
        out = std::copy_n(pixel, images.channels, out);
        pixel += images.channels;
        if (opacity == 1) {
          *out++ = 255;
        }
      }
    }
  }
  return sheet;
}

}  // namespace betavae
