// SPDX-License-Identifier: MIT
// How the cells of a table are looked up and read.
#pragma once

#include <betavae/core/errors.hpp>
#include <betavae/io/csv_table.hpp>
#include <betavae/io/detail/byte_source.hpp>
#include <betavae/io/detail/csv_parser.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <system_error>

namespace betavae {

BETAVAE_DEFINITION std::string_view CsvTable::column_name(Index column) const {
  require_index("CsvTable::column_name", "column", column, columns());
  return cells_.cell(0, static_cast<std::size_t>(column));
}

BETAVAE_DEFINITION std::vector<std::string_view> CsvTable::column_names() const {
  std::vector<std::string_view> names;
  names.reserve(cells_.columns());
  for (std::size_t c = 0; c < cells_.columns(); ++c) {
    names.push_back(cells_.cell(0, c));
  }
  return names;
}

BETAVAE_DEFINITION Index CsvTable::column(std::string_view name) const {
  const std::size_t found = cells_.find(name);
  if (found == cells_.columns()) [[unlikely]] {
    fail_without(name);
  }
  return static_cast<Index>(found);
}

BETAVAE_DEFINITION std::string_view CsvTable::cell(Index row, Index column) const {
  require_cell("CsvTable::cell", row, column);
  return cells_.cell(line_of(row), static_cast<std::size_t>(column));
}

BETAVAE_DEFINITION bool CsvTable::is_missing(Index row, Index column) const {
  require_cell("CsvTable::is_missing", row, column);
  const auto c = static_cast<std::size_t>(column);
  return !cells_.was_quoted(line_of(row), c) && detail::reads_as_missing(cells_.cell(line_of(row), c));
}

BETAVAE_DEFINITION double CsvTable::number(Index row, Index column) const {
  const std::string_view text = without_plus(detail::without_spaces_around(cell(row, column)));
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument) [[unlikely]] {
    fail(row, column, "a number");
  }
  if (error == std::errc::result_out_of_range) [[unlikely]] {
    fail(row, column, "a number whose magnitude is 0 or from 4.9e-324 to 1.8e308");
  }
  if (!std::isfinite(value)) [[unlikely]] {
    fail(row, column, "a finite number");
  }
  return value;
}

BETAVAE_DEFINITION Index CsvTable::line(Index row) const {
  require_index("CsvTable::line", "row", row, rows());
  return static_cast<Index>(cells_.line_in_file(line_of(row)));
}

BETAVAE_DEFINITION std::string CsvTable::place(Index row, Index column) const {
  require_cell("CsvTable::place", row, column);
  return cells_.place(line_of(row), static_cast<std::size_t>(column));
}

[[noreturn, gnu::cold]] BETAVAE_DEFINITION void CsvTable::fail(Index row, Index column,
                                                               std::string_view expected) const {
  std::string came = "a missing cell";
  if (!is_missing(row, column)) {
    came = detail::csv_excerpt(cell(row, column));
    if (detail::reads_as_missing(cell(row, column))) {
      came += " in quotes (a missing cell has none)";
    }
  }
  throw DataError(detail::format_text("{}: expected {}, got {}", {place(row, column), expected, came}));
}

BETAVAE_DEFINITION std::string_view CsvTable::without_plus(std::string_view text) {
  const bool has_plus = text.size() >= 2 && text[0] == '+' && (text[1] == '.' || (text[1] >= '0' && text[1] <= '9'));
  return has_plus ? text.substr(1) : text;
}

BETAVAE_DEFINITION void CsvTable::require_cell(std::string_view where, Index row, Index column) const {
  require_index(where, "row", row, rows());
  require_index(where, "column", column, columns());
}

[[noreturn, gnu::cold]] BETAVAE_DEFINITION void CsvTable::fail_without(std::string_view name) const {
  constexpr std::size_t most = 30;
  std::string names;
  for (std::size_t c = 0; c < std::min(most, cells_.columns()); ++c) {
    names += (c == 0 ? "" : ", ") + detail::csv_excerpt(cells_.cell(0, c));
  }
  if (cells_.columns() > most) {
    names += detail::format_text(" and {} more", {cells_.columns() - most});
  }
  if (cells_.columns() == 1 && cells_.cell(0, 0).find_first_of(";\t") != std::string_view::npos) {
    names += " (expected commas between the cells)";
  }
  throw FileError(detail::format_text("{}: line 1: expected a column {}, got {}",
                                      {cells_.name(), detail::csv_excerpt(name), names}));
}

BETAVAE_DEFINITION CsvTable parse_csv_table(std::string name, std::string text) {
  return CsvTable{detail::CsvParser{std::move(name), std::move(text)}.parse()};
}

BETAVAE_DEFINITION CsvTable read_csv_table(const std::string& path) {
  detail::FileSource source{path};
  return parse_csv_table(path, detail::read_all(source));
}

}  // namespace betavae
