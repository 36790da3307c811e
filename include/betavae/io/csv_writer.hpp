// SPDX-License-Identifier: MIT
// Writes tables of comma-separated values (RFC 4180), such that csv_table.hpp reads back what was written.
//
//     write_csv("birds.csv", {"species", "body_mass"}, birds.size(), [&](CsvLine& line, Index row) {
//       line.text(birds[row].species).number(birds[row].body_mass);
//     });
//
// Lines end with LF. A cell is quoted where it must be: when it holds a comma, a quote or a control character, or would otherwise
// be read as a missing cell.
#pragma once

#include <betavae/io/detail/csv_cells.hpp>
#include <betavae/io/whole_file.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace betavae {

/// The line that is being written: as many cells as there are columns, from left to right.
class CsvLine {
 public:
  /// Cells are appended to `text`; error texts begin with `where`.
  CsvLine(std::string& text, std::string_view where, Index columns) : text_(text), where_(where), columns_(columns) {}
  CsvLine(const CsvLine&) = delete;
  CsvLine& operator=(const CsvLine&) = delete;

  /// A cell that is there, whatever its text: "" and "NA" go in quotes. Errors: ArgumentError when the text has a byte that is 0.
  CsvLine& text(std::string_view cell) {
    separate();
    if (cell.find('\0') != std::string_view::npos) {
      detail::fail<ArgumentError>(where_, "text of a cell", "no byte that is 0", detail::csv_excerpt(cell));
    }
    if (!needs_quotes(cell)) {
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

  /// The shortest digits that give the same number again. Errors: ArgumentError for infinity and NaN, which no reader takes.
  template <class Number>
  requires std::is_arithmetic_v<Number> CsvLine& number(Number number) {
    separate();
    if constexpr (std::floating_point<Number>) {
      require(std::isfinite(number), where_, "number", "a finite number, or a missing cell",
              static_cast<double>(number));
      text_ += fmt::format("{}", number);
    } else {
      text_ += std::to_string(number);
    }
    return *this;
  }

  /// An empty cell; NA in a table of one column, where an empty line would say it too quietly.
  CsvLine& missing() {
    separate();
    text_ += columns_ == 1 ? "NA" : "";
    return *this;
  }

  /// Ends the line. Errors: ArgumentError unless it has as many cells as there are columns.
  void end() {
    if (cells_ != columns_) {
      detail::fail<ArgumentError>(where_, "cells of a line", detail::format_text("{}, one a column", {columns_}),
                                  cells_);
    }
    text_ += '\n';
    cells_ = 0;
  }

 private:
  void separate() {
    if (cells_ > 0) {
      text_ += ',';
    }
    ++cells_;
  }

  static bool needs_quotes(std::string_view cell) {
    const auto is_special = [](char c) { return c == ',' || c == '"' || (c >= 0 && c < ' '); };
    // The last three bytes may begin a mark of the byte order, which at the start of a file is no text.
    return detail::reads_as_missing(cell) || std::any_of(cell.begin(), cell.end(), is_special) || cell[0] == '\xEF' ||
           cell[0] == '\xFE' || cell[0] == '\xFF';
  }

  std::string& text_;
  std::string_view where_;
  Index columns_;
  Index cells_ = 0;
};

/// The table as a text: a header of the columns' names, then what `fill(line, row)` puts into the line of each row.
/// Errors: ArgumentError for no column, an empty or doubled name, rows < 0, and a line with another number of cells.
template <std::invocable<CsvLine&, Index> Fill>
[[nodiscard]] std::string csv_text(const std::vector<std::string>& columns, Index rows, Fill&& fill) {
  constexpr std::string_view where = "csv_text";
  require(!columns.empty(), where, "columns", "at least 1 name", 0);
  require(rows >= 0, where, "rows", "at least 0", rows);
  std::vector<std::string_view> names(columns.begin(), columns.end());
  std::sort(names.begin(), names.end());
  require(!names[0].empty(), where, "columns", "names that are not empty", "\"\"");
  const auto twin = std::adjacent_find(names.begin(), names.end());
  if (twin != names.end()) {
    detail::fail<ArgumentError>(where, "columns", "names that differ", detail::csv_excerpt(*twin) + " twice");
  }

  std::string text;
  CsvLine line{text, where, static_cast<Index>(columns.size())};
  for (const std::string& name : columns) {
    line.text(name);
  }
  line.end();
  for (Index row = 0; row < rows; ++row) {
    fill(line, row);
    line.end();
  }
  return text;
}

/// The same into a file, whole or not at all. Errors: those of csv_text, and FileError when the file cannot be written (what
/// stood there before stays).
template <std::invocable<CsvLine&, Index> Fill>
void write_csv(const std::string& path, const std::vector<std::string>& columns, Index rows, Fill&& fill) {
  write_whole_file(path, csv_text(columns, rows, fill));
}

}  // namespace betavae
