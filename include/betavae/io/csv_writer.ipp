// SPDX-License-Identifier: MIT
// How cells are written, and when they need quotes.
#pragma once

#include <betavae/io/csv_writer.hpp>
#include <betavae/io/detail/csv_cells.hpp>
#include <betavae/io/whole_file.hpp>

#include <algorithm>
#include <cmath>

namespace betavae {
namespace detail {

BETAVAE_DEFINITION bool csv_needs_quotes(std::string_view cell) {
  const auto is_special = [](char c) { return c == ',' || c == '"' || (c >= 0 && c < ' '); };
  // The last three bytes may begin a mark of the byte order, which at the start of a file is no text.
  return reads_as_missing(cell) || std::any_of(cell.begin(), cell.end(), is_special) || cell[0] == '\xEF' ||
         cell[0] == '\xFE' || cell[0] == '\xFF';
}

template <class Number>
void append_csv_number(std::string& text, std::string_view where, Number number) {
  require(std::isfinite(number), where, "number", "a finite number, or a missing cell", static_cast<double>(number));
  text += fmt::format("{}", number);
}

}  // namespace detail

BETAVAE_DEFINITION CsvLine& CsvLine::text(std::string_view cell) {
  separate();
  if (cell.find('\0') != std::string_view::npos) {
    detail::fail<ArgumentError>(where_, "text of a cell", "no byte that is 0", detail::csv_excerpt(cell));
  }
  if (!detail::csv_needs_quotes(cell)) {
    text_ += cell;
    return *this;
  }
  text_ += '"';
  for (const char c : cell) {
    text_.append(c == '"' ? 2 : 1, c);
  }
  text_ += '"';
  return *this;
}

BETAVAE_DEFINITION CsvLine& CsvLine::floating(float number) {
  separate();
  detail::append_csv_number(text_, where_, number);
  return *this;
}

BETAVAE_DEFINITION CsvLine& CsvLine::floating(double number) {
  separate();
  detail::append_csv_number(text_, where_, number);
  return *this;
}

BETAVAE_DEFINITION CsvLine& CsvLine::floating(long double number) {
  separate();
  detail::append_csv_number(text_, where_, number);
  return *this;
}

BETAVAE_DEFINITION CsvLine& CsvLine::whole(long long number) {
  separate();
  text_ += std::to_string(number);
  return *this;
}

BETAVAE_DEFINITION CsvLine& CsvLine::whole(unsigned long long number) {
  separate();
  text_ += std::to_string(number);
  return *this;
}

BETAVAE_DEFINITION CsvLine& CsvLine::missing() {
  separate();
  text_ += columns_ == 1 ? "NA" : "";
  return *this;
}

BETAVAE_DEFINITION void CsvLine::end() {
  if (cells_ != columns_) {
    detail::fail<ArgumentError>(where_, "cells of a line", detail::format_text("{}, one a column", {columns_}), cells_);
  }
  text_ += '\n';
  cells_ = 0;
}

BETAVAE_DEFINITION void CsvLine::separate() {
  if (cells_ > 0) {
    text_ += ',';
  }
  ++cells_;
}

namespace detail {

BETAVAE_DEFINITION std::string csv_text(std::span<const std::string> columns, Index rows, CsvFill fill) {
  constexpr std::string_view where = "csv_text";
  require(!columns.empty(), where, "columns", "at least 1 name", 0);
  require(rows >= 0, where, "rows", "at least 0", rows);
  std::vector<std::string_view> names(columns.begin(), columns.end());
  std::sort(names.begin(), names.end());
  require(!names[0].empty(), where, "columns", "names that are not empty", "\"\"");
  const auto twin = std::adjacent_find(names.begin(), names.end());
  if (twin != names.end()) {
    fail<ArgumentError>(where, "columns", "names that differ", csv_excerpt(*twin) + " twice");
  }

  std::string text;
  CsvLine line{text, where, static_cast<Index>(columns.size())};
  for (const std::string& name : columns) {
    line.text(name);
  }
  line.end();
  for (Index row = 0; row < rows; ++row) {
    fill.call(fill.function, line, row);
    line.end();
  }
  return text;
}

BETAVAE_DEFINITION void write_csv(const std::string& path, std::span<const std::string> columns, Index rows,
                                  CsvFill fill) {
  write_whole_file(path, csv_text(columns, rows, fill));
}

}  // namespace detail
}  // namespace betavae
