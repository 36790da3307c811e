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

#include <betavae/core/errors.hpp>
#include <betavae/io/detail/csv_cells.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace betavae {

/// Rows (from 0, the line below the header) of equally many cells. Memory: the text, four bytes a cell, eight a row.
/// Every function throws ArgumentError for a row or column that is not there.
class BETAVAE_API CsvTable {
 public:
  explicit CsvTable(detail::CsvCells cells) : cells_(std::move(cells)) {}

  [[nodiscard]] Index rows() const { return static_cast<Index>(cells_.lines()) - 1; }
  [[nodiscard]] Index columns() const { return static_cast<Index>(cells_.columns()); }

  /// What the file calls the column. The view lives as long as the table stays where it is.
  [[nodiscard]] std::string_view column_name(Index column) const;

  /// All names, from left to right.
  [[nodiscard]] std::vector<std::string_view> column_names() const;

  [[nodiscard]] bool has_column(std::string_view name) const { return cells_.find(name) < cells_.columns(); }

  /// The column of that name, letter for letter. Errors: FileError, which shows the names that there are.
  [[nodiscard]] Index column(std::string_view name) const;

  /// The text of a cell without its quotes. The view lives as long as the table stays where it is.
  [[nodiscard]] std::string_view cell(Index row, Index column) const;

  /// Whether the cell is empty or NA, apart from spaces around it. A cell in quotes is never missing: it holds that text.
  [[nodiscard]] bool is_missing(Index row, Index column) const;

  /// The number that is the whole cell, as std::from_chars reads it ("12", "-1.5e3"), with spaces, a plus sign or quotes around
  /// it allowed; the nearest double.
  /// Errors: DataError, with the place and the cell, for a missing cell, for anything but a number, for infinity and NaN, and
  /// for a number whose magnitude is beyond what a double holds, large or small.
  [[nodiscard]] double number(Index row, Index column) const;

  /// The line of the file, from 1, where the row begins.
  [[nodiscard]] Index line(Index row) const;

  /// Where the cell begins, for error texts: "birds.csv: line 17, column 4 (body_mass)".
  [[nodiscard]] std::string place(Index row, Index column) const;

  /// Throws DataError: the place, what was expected there, and the cell, cut to a readable length.
  [[noreturn, gnu::cold]] void fail(Index row, Index column, std::string_view expected) const;

  /// What error texts begin with: the path.
  [[nodiscard]] const std::string& name() const { return cells_.name(); }

 private:
  static std::size_t line_of(Index row) { return static_cast<std::size_t>(row) + 1; }

  /// A plus sign before a digit or a point, which from_chars does not take.
  static std::string_view without_plus(std::string_view text);

  void require_cell(std::string_view where, Index row, Index column) const;

  [[noreturn, gnu::cold]] void fail_without(std::string_view name) const;

  detail::CsvCells cells_;
};

/// The table in a text. `name` is what error texts begin with.
/// Errors: FileError, with line and column, for a text that is empty, has an empty or doubled name in its header, has a line with
/// another number of cells than the header, a quote that is not closed, text after a closing quote, a quote within an unquoted
/// cell, a carriage return without its line feed, the byte 0, or a line of 2 GiB.
[[nodiscard]] BETAVAE_API CsvTable parse_csv_table(std::string name, std::string text);

/// The table in a file. Memory while it is read: at most three times the file, and four bytes a cell and eight a line.
/// Errors: those of parse_csv_table, and FileError when the file is missing or a directory.
[[nodiscard]] BETAVAE_API CsvTable read_csv_table(const std::string& path);

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/io/csv_table.ipp>
#endif
