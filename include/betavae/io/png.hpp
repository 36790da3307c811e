// SPDX-License-Identifier: MIT
// Pictures as PNG: in memory, as a file, as a data URI, and many equal images laid out on one sheet.
//
// The encoder is stb_image_write (public domain), found as <stb/stb_image_write.h> or <stb_image_write.h>. It is
// compiled into a namespace of our own with internal linkage, and all its macros are put back as they were: a program
// that uses stb itself, in the same file or another, notices nothing.
#pragma once

#include <betavae/data/image_set.hpp>

#include <cstdint>
#include <string>
#include <vector>

#if !BETAVAE_HEADER_ONLY && !defined(BETAVAE_COMPILED_WITH_PNG)
#error \
    "betavae: io/png.hpp: betavae::compiled was built without stb: install libstb-dev and configure again, or link betavae::betavae and betavae::png."
#endif

namespace betavae {

/// One picture of height × width × channels bytes, laid out as an image of ImageSet: the channel runs fastest, then x,
/// then y from the top. Channels: 1 grey, 2 grey and opacity, 3 red green blue, 4 red green blue and opacity.
struct Picture {
  Index height = 0;
  Index width = 0;
  Index channels = 1;
  std::vector<std::uint8_t> bytes;
};

/// The picture as the content of a PNG file. Lossless.
/// Errors: ArgumentError when height, width or channels are out of range, when the bytes are not height · width ·
/// channels, or are more than 2³⁰.
BETAVAE_API std::vector<std::uint8_t> encode_png(const Picture& picture);

/// Writes the picture as a PNG file, whole or not at all. Errors: those of encode_png, and FileError when the file
/// cannot be written.
BETAVAE_API void write_png(const std::string& path, const Picture& picture);

/// The picture as a data URI, for the `src` of an HTML image. Errors: those of encode_png.
BETAVAE_API std::string png_data_uri(const Picture& picture);

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/io/png.ipp>
#endif
