// SPDX-License-Identifier: MIT
// Text from a file, fit to stand in a message.
#pragma once

#include <betavae/core/form.hpp>

#include <string>
#include <string_view>

namespace betavae::detail {

/// 'text', its control characters as ?, and shortened past 80 bytes.
[[nodiscard]] BETAVAE_API std::string in_quotes(std::string_view text);

}  // namespace betavae::detail

#if BETAVAE_HEADER_ONLY
#include <betavae/io/detail/in_quotes.ipp>
#endif
