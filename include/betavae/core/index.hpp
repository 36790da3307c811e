// SPDX-License-Identifier: MIT
// The one integer type of sizes, strides and positions. Signed, and the same type as Eigen::Index.
#pragma once

#include <cstddef>

namespace betavae {

using Index = std::ptrdiff_t;

}  // namespace betavae
