// SPDX-License-Identifier: MIT
// Reads tables of comma-separated values (RFC 4180) whose first line names the columns.
//
//     CsvTable birds = read_csv_table("birds.csv");
//     const Index mass = birds.column("body_mass");
//     for (Index row = 0; row < birds.rows(); ++row) {
//       if (!birds.is_missing(row, mass)) {
//         sum += birds.number(row, mass);
//       }
//     }
//
// A cell in quotes may hold commas and line breaks, and quotes that are doubled. Lines end with LF or CRLF, the last one with
// or without. An empty line is one empty cell: right in a table of one column, an error in any other. Text is UTF-8, with or
// without a byte-order mark.
#pragma once

#include <betavae/io/detail/byte_source.hpp>
#include <betavae/io/detail/csv_parser.hpp>

#include <charconv>
#include <cmath>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace betavae {

/// Rows (from 0, the line below the header) of equally many cells. Memory: the text, four bytes a cell, eight a row.
/// Every function throws ArgumentError for a row or column that is not there.
class CsvTable {
 public:
  explicit CsvTable(detail::CsvCells cells) : cells_(std::move(cells)) {}

  [[nodiscard]] Index rows() const { return static_cast<Index>(cells_.lines()) - 1; }
  [[nodiscard]] Index columns() const { return static_cast<Index>(cells_.columns()); }

  /// What the file calls the column. The view lives as long as the table stays where it is.
  [[nodiscard]] std::string_view column_name(Index column) const {
    require_index("CsvTable::column_name", "column", column, columns());
    return cells_.cell(0, static_cast<std::size_t>(column));
  }

  /// All names, from left to right.
  [[nodiscard]] std::vector<std::string_view> column_names() const {
    std::vector<std::string_view> names;
    names.reserve(cells_.columns());
    for (std::size_t c = 0; c < cells_.columns(); ++c) {
      names.push_back(cells_.cell(0, c));
    }
    return names;
  }

  [[nodiscard]] bool has_column(std::string_view name) const { return cells_.find(name) < cells_.columns(); }

  /// The column of that name, letter for letter. Errors: FileError, which shows the names that there are.
  [[nodiscard]] Index column(std::string_view name) const {
    const std::size_t found = cells_.find(name);
    if (found == cells_.columns()) [[unlikely]] {
      fail_without(name);
    }
    return static_cast<Index>(found);
  }

  /// The text of a cell without its quotes. The view lives as long as the table stays where it is.
  [[nodiscard]] std::string_view cell(Index row, Index column) const {
    require_cell("CsvTable::cell", row, column);
    return cells_.cell(line_of(row), static_cast<std::size_t>(column));
  }

  /// Whether the cell is empty or NA, apart from spaces around it. A cell in quotes is never missing: it holds that text.
  [[nodiscard]] bool is_missing(Index row, Index column) const {
    require_cell("CsvTable::is_missing", row, column);
    const auto c = static_cast<std::size_t>(column);
    return !cells_.was_quoted(line_of(row), c) && detail::reads_as_missing(cells_.cell(line_of(row), c));
  }

  /// The number that is the whole cell, as std::from_chars reads it ("12", "-1.5e3"), with spaces, a plus sign or quotes around
  /// it allowed; the nearest double.
  /// Errors: DataError, with the place and the cell, for a missing cell, for anything but a number, for infinity and NaN, and
  /// for a number whose magnitude is beyond what a double holds, large or small.
  [[nodiscard]] double number(Index row, Index column) const {
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

  /// The line of the file, from 1, where the row begins.
  [[nodiscard]] Index line(Index row) const {
    require_index("CsvTable::line", "row", row, rows());
    return static_cast<Index>(cells_.line_in_file(line_of(row)));
  }

  /// Where the cell begins, for error texts: "birds.csv: line 17, column 4 (body_mass)".
  [[nodiscard]] std::string place(Index row, Index column) const {
    require_cell("CsvTable::place", row, column);
    return cells_.place(line_of(row), static_cast<std::size_t>(column));
  }

  /// Throws DataError: the place, what was expected there, and the cell, cut to a readable length.
  [[noreturn, gnu::cold]] void fail(Index row, Index column, std::string_view expected) const {
    std::string came = "a missing cell";
    if (!is_missing(row, column)) {
      came = detail::csv_excerpt(cell(row, column));
      if (detail::reads_as_missing(cell(row, column))) {
        came += " in quotes (a missing cell has none)";
      }
    }
    throw DataError(detail::format_text("{}: expected {}, got {}", {place(row, column), expected, came}));
  }

  /// What error texts begin with: the path.
  [[nodiscard]] const std::string& name() const { return cells_.name(); }

 private:
  static std::size_t line_of(Index row) { return static_cast<std::size_t>(row) + 1; }

  /// A plus sign before a digit or a point, which from_chars does not take.
  static std::string_view without_plus(std::string_view text) {
    const bool has_plus = text.size() >= 2 && text[0] == '+' && (text[1] == '.' || (text[1] >= '0' && text[1] <= '9'));
    return has_plus ? text.substr(1) : text;
  }

  void require_cell(std::string_view where, Index row, Index column) const {
    require_index(where, "row", row, rows());
    require_index(where, "column", column, columns());
  }

  [[noreturn, gnu::cold]] void fail_without(std::string_view name) const {
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

  detail::CsvCells cells_;
};

/// The table in a text. `name` is what error texts begin with.
/// Errors: FileError, with line and column, for a text that is empty, has an empty or doubled name in its header, has a line with
/// another number of cells than the header, a quote that is not closed, text after a closing quote, a quote within an unquoted
/// cell, a carriage return without its line feed, the byte 0, or a line of 2 GiB.
[[nodiscard]] inline CsvTable parse_csv_table(std::string name, std::string text) {
  return CsvTable{detail::CsvParser{std::move(name), std::move(text)}.parse()};
}

/// The table in a file. Memory while it is read: at most three times the file, and four bytes a cell and eight a line.
/// Errors: those of parse_csv_table, and FileError when the file is missing or a directory.
[[nodiscard]] inline CsvTable read_csv_table(const std::string& path) {
  detail::FileSource source{path};
  return parse_csv_table(path, detail::read_all(source));
}

}  // namespace betavae
