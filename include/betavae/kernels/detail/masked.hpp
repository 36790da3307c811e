// SPDX-License-Identifier: MIT
// How a likelihood's kernel walks through a sample of which values are missing: the numbers are copied, some hundred at a time, with
// numbers that cost nothing in the place of missing ones, and the copy runs through the same code as a sample without a mask. So a
// mask of ones changes no bit.
#pragma once

#include <betavae/kernels/detail/blocks.hpp>

#include <algorithm>
#include <cstdint>

namespace betavae::kernels::detail {

/// Calls function(first, count, parameters, values) for piece after piece, each but the last a multiple of sixteen. The offset has
/// been added to the parameters; a missing value is 0, and its parameter `missing`.
template <class Scalar, class Function>
void for_masked_pieces(Index count, const Scalar* parameters, Scalar offset, const Scalar* values,
                       const std::uint8_t* mask, Scalar missing, const Function& function) {
  constexpr Index piece = 256;
  alignas(64) Scalar packed_parameters[static_cast<std::size_t>(piece)];
  alignas(64) Scalar packed_values[static_cast<std::size_t>(piece)];
  for (Index first = 0; first < count; first += piece) {
    const Index now = std::min(piece, count - first);
    for (Index i = 0; i < now; ++i) {
      const bool is_present = mask[first + i] != 0;
      packed_parameters[i] = is_present ? Scalar(parameters[first + i] + offset) : missing;
      packed_values[i] = is_present ? values[first + i] : Scalar(0);
    }
    function(first, now, packed_parameters, packed_values);
  }
}

}  // namespace betavae::kernels::detail
