// SPDX-License-Identifier: MIT
// Text for a page: escaping, and numbers as a reader likes them.
#pragma once

#include <betavae/core/form.hpp>
#include <betavae/core/index.hpp>

#include <string>
#include <string_view>

namespace betavae {

/// The text as content or quoted attribute of HTML: nothing in it is taken for markup.
BETAVAE_API std::string escape_html(std::string_view text);

/// The number with so many digits after the point: "−3.20". Not a number is "–", infinity "∞".
BETAVAE_API std::string format_fixed(double value, int decimals);

/// The number with at most so many significant digits and no zeros at its end: "0.1", "150", "2.5·10⁻⁷".
BETAVAE_API std::string format_number(double value, int significant = 4);

namespace detail {

/// Characters, not bytes: those bytes of UTF-8 that do not continue another.
BETAVAE_API Index character_count(std::string_view text);

}  // namespace detail
}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/io/report/text.ipp>
#endif
