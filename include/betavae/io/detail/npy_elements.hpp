// SPDX-License-Identifier: MIT
// The elements of an npy file as numbers of one's own type, in the order of C.
#pragma once

#include <betavae/io/detail/npy_header.hpp>

#include <cstdint>
#include <vector>

namespace betavae::detail {

/// All elements, and then the end of the file: float, double or long double. Errors: FileError.
template <class Scalar>
[[nodiscard]] BETAVAE_API std::vector<Scalar> read_npy_elements(ByteSource& source, const NpyHeader& header,
                                                                std::uint64_t most_bytes);

}  // namespace betavae::detail

#if BETAVAE_HEADER_ONLY
#include <betavae/io/detail/npy_elements.ipp>
#endif
