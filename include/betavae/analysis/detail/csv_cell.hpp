// SPDX-License-Identifier: MIT
// Cells of tables of comma-separated values, as all results of this room write them.
#pragma once

#include <betavae/core/errors.hpp>

#include <initializer_list>
#include <string>

namespace betavae::detail {

/// A number with all its digits; nothing for NaN and infinity, which stand for what is not known.
[[nodiscard]] BETAVAE_API std::string csv_cell(double number);

/// A line of such cells.
[[nodiscard]] BETAVAE_API std::string csv_line(std::initializer_list<double> numbers);

}  // namespace betavae::detail

#if BETAVAE_HEADER_ONLY
#include <betavae/analysis/detail/csv_cell.ipp>
#endif
