// SPDX-License-Identifier: MIT
// The header of an npy file: a Python dictionary in text, of which exactly three keys are allowed.
//
//     {'descr': '<f8', 'fortran_order': False, 'shape': (100, 7), }
#pragma once

#include <betavae/core/index.hpp>
#include <betavae/io/detail/byte_source.hpp>

#include <bit>
#include <vector>

namespace betavae::detail {

/// What the elements are.
struct NpyType {
  char kind = 'f';      ///< b bool, i signed, u unsigned, f floating point
  Index item_size = 8;  ///< bytes of one element
  std::endian order = std::endian::little;
};

struct NpyHeader {
  NpyType type;
  bool is_fortran_order = false;
  std::vector<Index> shape;
  Index count = 1;     ///< elements
  Index position = 0;  ///< of the first element's first byte in the file
};

/// Everything before the elements. Errors: FileError.
[[nodiscard]] BETAVAE_API NpyHeader read_npy_header(ByteSource& source);

}  // namespace betavae::detail

#if BETAVAE_HEADER_ONLY
#include <betavae/io/detail/npy_header.ipp>
#endif
