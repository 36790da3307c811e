// SPDX-License-Identifier: MIT
// The order of samples.
#pragma once

#include <betavae/core/form.hpp>
#include <betavae/core/random.hpp>

#include <vector>

namespace betavae {

/// 0 … size − 1 in an order that depends on seed, stream and step alone (Fisher and Yates, as in Durstenfeld, 1964).
BETAVAE_API void shuffle(std::vector<Index>& order, Index size, const Random& random, std::uint64_t step);

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/data/shuffle.ipp>
#endif
