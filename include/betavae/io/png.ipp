// SPDX-License-Identifier: MIT
// How stb encodes pictures.
#pragma once

#include <betavae/io/png.hpp>
#include <betavae/io/report/base64.hpp>
#include <betavae/io/whole_file.hpp>

// Everything that stb includes must come before it is included within a namespace, under the names that it uses.
// NOLINTBEGIN(modernize-deprecated-headers)
#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
// NOLINTEND(modernize-deprecated-headers)

#include <memory>
#include <new>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wunknown-warning-option"
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wcast-qual"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wuseless-cast"
#pragma GCC diagnostic ignored "-Wdouble-promotion"
#pragma GCC diagnostic ignored "-Wzero-as-null-pointer-constant"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wunused-variable"
#pragma push_macro("INCLUDE_STB_IMAGE_WRITE_H")
#pragma push_macro("STB_IMAGE_WRITE_IMPLEMENTATION")
#pragma push_macro("STB_IMAGE_WRITE_STATIC")
#pragma push_macro("STBI_WRITE_NO_STDIO")
#pragma push_macro("STBIWDEF")
#pragma push_macro("STBIW_MALLOC")
#pragma push_macro("STBIW_REALLOC")
#pragma push_macro("STBIW_REALLOC_SIZED")
#pragma push_macro("STBIW_FREE")
#pragma push_macro("STBIW_MEMMOVE")
#pragma push_macro("STBIW_ASSERT")
#undef INCLUDE_STB_IMAGE_WRITE_H
#undef STB_IMAGE_WRITE_IMPLEMENTATION
#undef STB_IMAGE_WRITE_STATIC
#undef STBI_WRITE_NO_STDIO
#undef STBIWDEF
#undef STBIW_MALLOC
#undef STBIW_REALLOC
#undef STBIW_REALLOC_SIZED
#undef STBIW_FREE
#undef STBIW_MEMMOVE
#undef STBIW_ASSERT
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#define STBI_WRITE_NO_STDIO
namespace betavae::detail::stb {
using ::abs;  // which betavae::abs would hide
#if __has_include(<stb/stb_image_write.h>)
#include <stb/stb_image_write.h>
#else
#include <stb_image_write.h>
#endif
}  // namespace betavae::detail::stb
#undef STBIW_UCHAR
#pragma pop_macro("STBIW_ASSERT")
#pragma pop_macro("STBIW_MEMMOVE")
#pragma pop_macro("STBIW_FREE")
#pragma pop_macro("STBIW_REALLOC_SIZED")
#pragma pop_macro("STBIW_REALLOC")
#pragma pop_macro("STBIW_MALLOC")
#pragma pop_macro("STBIWDEF")
#pragma pop_macro("STBI_WRITE_NO_STDIO")
#pragma pop_macro("STB_IMAGE_WRITE_STATIC")
#pragma pop_macro("STB_IMAGE_WRITE_IMPLEMENTATION")
#pragma pop_macro("INCLUDE_STB_IMAGE_WRITE_H")
#pragma GCC diagnostic pop

namespace betavae {

BETAVAE_DEFINITION std::vector<std::uint8_t> encode_png(const Picture& picture) {
  constexpr Index most = Index{1} << 30;  // stb counts in int
  require(picture.channels >= 1 && picture.channels <= 4, "encode_png", "picture.channels", "1, 2, 3 or 4",
          picture.channels);
  require(picture.height >= 1 && picture.height <= most, "encode_png", "picture.height", "from 1 to 2^30",
          picture.height);
  // With a byte a row for the filter, and in this order, no product overflows.
  require(picture.width >= 1 && picture.width <= most && picture.width * picture.channels + 1 <= most / picture.height,
          "encode_png", "picture.width", "at least 1, and at most 2^30 bytes in all", picture.width);
  require_same_size("encode_png", "bytes", static_cast<Index>(picture.bytes.size()), "height · width · channels",
                    picture.height * picture.width * picture.channels);
  int length = 0;
  const std::unique_ptr<unsigned char, void (*)(void*)> memory{
      detail::stb::stbi_write_png_to_mem(picture.bytes.data(), static_cast<int>(picture.width * picture.channels),
                                         static_cast<int>(picture.width), static_cast<int>(picture.height),
                                         static_cast<int>(picture.channels), &length),
      &free};
  if (!memory) {
    throw std::bad_alloc();
  }
  return {memory.get(), memory.get() + length};
}

BETAVAE_DEFINITION void write_png(const std::string& path, const Picture& picture) {
  write_whole_file(path, encode_png(picture));
}

BETAVAE_DEFINITION std::string png_data_uri(const Picture& picture) {
  return "data:image/png;base64," + detail::base64(encode_png(picture));
}

}  // namespace betavae
