// SPDX-License-Identifier: MIT
// Comma-separated values, parsed in one pass (RFC 4180, Shafranovich 2005):
//
//     file      = line *(break line) [break]           break = CRLF or LF
//     line      = cell *("," cell)
//     cell      = quoted or unquoted
//     quoted    = '"' *(any byte but '"', or '""') '"'   commas and line breaks are text, two quotes are one
//     unquoted  = *(any byte but '"', ",", CR, LF)
//
// Beyond the RFC, LF ends a line as CRLF does, a UTF-8 byte-order mark is skipped, bytes above 127 pass as they are, and the
// byte 0 is refused. Every line has as many cells as the first, the header.
//
// Unquoting never lengthens a text, so the cells move together at the front of the very buffer that they are read from.
#pragma once

#include <betavae/io/detail/csv_cells.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace betavae::detail {

class BETAVAE_API CsvParser {
 public:
  /// How many bytes the cells of one line may have together: what CsvCells can count.
  static constexpr std::size_t longest_line = CsvCells::quoted_bit - 1;

  CsvParser(std::string name, std::string text, std::size_t longest = longest_line);

  CsvParser(const CsvParser&) = delete;
  CsvParser& operator=(const CsvParser&) = delete;

  /// To be called once. Errors: FileError, whose text begins with the name, then line and column.
  CsvCells parse();

 private:
  /// The byte-order mark; and files of other kinds that are easily taken for this one.
  void skip_start();

  /// Room for every cell and line at once, so that no vector grows by doubling.
  void reserve();

  void read_line();

  /// One cell and what ends it. Returns whether another cell follows in the line.
  bool read_cell();

  /// The text up to the next comma or line break.
  void read_unquoted();

  /// The text between two quotes.
  void read_quoted();

  /// The comma, line break or end of the file behind a cell. Returns whether it is a comma.
  bool end_cell();

  static bool ends_unquoted(char c) { return c == ',' || c == '\n' || c == '\r' || c == '"' || c == '\0'; }

  void move(std::size_t begin, std::size_t end);

  /// Looks at the header's names, and sorts the columns by them.
  void sort_names();

  /// What stands from there to the end of the cell, as messages show it.
  [[nodiscard]] std::string excerpt_from(std::size_t begin) const;

  [[noreturn, gnu::cold]] void fail_zero() const;

  [[noreturn, gnu::cold]] void fail(std::string_view expected, std::string_view came) const;

  CsvCells cells_;
  std::string& text_ = cells_.text_;
  std::size_t longest_;
  std::size_t read_ = 0;             // in text_; what was read before may be overwritten
  std::size_t written_ = 0;          // in text_; never beyond read_
  std::size_t line_in_file_ = 1;     // at read_
  std::size_t column_ = 0;           // at read_
  std::size_t breaks_in_cells_ = 0;  // of the line that is being read
};

}  // namespace betavae::detail

#if BETAVAE_HEADER_ONLY
#include <betavae/io/detail/csv_parser.ipp>
#endif
