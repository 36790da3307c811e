// SPDX-License-Identifier: MIT
// Data for the script of a page: JSON (RFC 8259) that stands inside a <script type="application/json"> element.
//
// There HTML knows no escapes: the element ends at the first "</script", and "<!--" changes how it is read. So every "<" in a text is
// written \u003c, which JSON reads back as "<". JSON has no word for NaN and infinity: they become null.
#pragma once

#include <betavae/core/form.hpp>

#include <string>
#include <string_view>

namespace betavae {

/// The text as a JSON string with its quotes, safe inside a script element. UTF-8 passes through.
BETAVAE_API std::string json_text(std::string_view text);

/// The number with as many digits as bring it back exactly, whatever the locale; null where it is not finite.
BETAVAE_API std::string json_number(double value);

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/io/report/json.ipp>
#endif
