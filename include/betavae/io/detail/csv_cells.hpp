// SPDX-License-Identifier: MIT
// The cells of a table, kept compactly: the text of all of them one after the other, without quotes and separators, and where
// each ends. That takes four bytes a cell and eight a line beside the text.
#pragma once

#include <betavae/core/errors.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace betavae::detail {

/// The text as messages show it: in quotes, control characters spelled out, cut where it is longer than a message should be.
[[nodiscard]] BETAVAE_API std::string csv_excerpt(std::string_view text);

[[nodiscard]] BETAVAE_API std::string_view without_spaces_around(std::string_view text);

/// Whether a cell of this text is a missing one, unless it was quoted.
[[nodiscard]] BETAVAE_API bool reads_as_missing(std::string_view text);

/// Lines of equally many cells. Line 0 is the header. Made by CsvParser.
class BETAVAE_API CsvCells {
 public:
  /// What error texts begin with.
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::size_t columns() const { return by_name_.size(); }
  [[nodiscard]] std::size_t lines() const { return begins_.size(); }

  [[nodiscard]] std::string_view cell(std::size_t line, std::size_t column) const;

  [[nodiscard]] bool was_quoted(std::size_t line, std::size_t column) const;

  /// The column of that name, or columns() when there is none.
  [[nodiscard]] std::size_t find(std::string_view name) const;

  /// The line of the file, from 1, where a line of the table begins.
  [[nodiscard]] std::size_t line_in_file(std::size_t line) const;

  /// "birds.csv: line 17, column 4 (body_mass)", with the line of the file where the cell begins.
  [[nodiscard]] std::string place(std::size_t line, std::size_t column) const;

 private:
  friend class CsvParser;

  static constexpr std::uint32_t quoted_bit = std::uint32_t{1} << 31U;

  /// A line of the table whose cells hold line breaks, and how many there are up to its end.
  struct Breaks {
    std::size_t line;
    std::size_t so_far;
  };

  [[nodiscard]] std::size_t end_of(std::size_t line, std::size_t column) const;

  [[nodiscard]] std::size_t begin_of(std::size_t line, std::size_t column) const;

  [[nodiscard]] std::string place_in_file(std::size_t line, std::size_t column) const;

  std::string name_;
  std::string text_;
  std::vector<std::size_t> begins_;     // of each line, in text_
  std::vector<std::uint32_t> ends_;     // of each cell, from its line's begin; the top bit says that it was quoted
  std::vector<Breaks> breaks_;          // in the order of the lines
  std::vector<std::uint32_t> by_name_;  // columns in the order of their names; empty until the header is read
};

}  // namespace betavae::detail

#if BETAVAE_HEADER_ONLY
#include <betavae/io/detail/csv_cells.ipp>
#endif
