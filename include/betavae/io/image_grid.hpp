// SPDX-License-Identifier: MIT
// Lays out many equal images on one sheet: row by row, with a gap between neighbours and none around the edge.
#pragma once

#include <betavae/io/png.hpp>

#include <cstdint>
#include <optional>

namespace betavae {

struct ImageGridOptions {
  Index columns = 10;  ///< Images a row. Fewer images than that make a narrower sheet.
  Index gap = 1;       ///< Pixels between neighbours.
  /// Grey of the gaps and of places without an image. None: they are transparent, and the sheet gets a channel of
  /// opacity.
  std::optional<std::uint8_t> background = std::nullopt;
};

/// The sheet as one picture.
/// Errors: ArgumentError for an empty set, channels other than 1 or 3, bytes that do not match the sizes, columns < 1,
/// gap < 0, or a sheet of more than 2³⁰ bytes.
BETAVAE_API Picture image_grid(const ImageSet& images, const ImageGridOptions& options = {});

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/io/image_grid.ipp>
#endif
