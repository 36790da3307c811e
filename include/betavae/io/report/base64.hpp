// SPDX-License-Identifier: MIT
// Bytes as text: base64 with padding (RFC 4648, section 4).
#pragma once

#include <betavae/core/form.hpp>

#include <cstdint>
#include <span>
#include <string>

namespace betavae::detail {

BETAVAE_API std::string base64(std::span<const std::uint8_t> bytes);

}  // namespace betavae::detail

#if BETAVAE_HEADER_ONLY
#include <betavae/io/report/base64.ipp>
#endif
