// SPDX-License-Identifier: MIT
// Which scalars have vector kernels, and how many numbers a block of theirs is.
#pragma once

#include <betavae/core/form.hpp>
#include <betavae/core/index.hpp>

#include <type_traits>

namespace betavae::kernels::detail {

/// Sixteen floats are one vector of AVX-512, two of AVX2, four of SSE.
inline constexpr Index block_size = 16;

/// Whether vector kernels exist for it; any other scalar runs through the reference loops.
template <class Scalar>
inline constexpr bool has_vectors = std::is_same_v<Scalar, float> || std::is_same_v<Scalar, double>;

}  // namespace betavae::kernels::detail
