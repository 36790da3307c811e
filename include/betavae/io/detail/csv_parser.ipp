// SPDX-License-Identifier: MIT
// How comma-separated values are parsed: see csv_parser.hpp.
#pragma once

#include <betavae/core/errors.hpp>
#include <betavae/io/detail/csv_parser.hpp>

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace betavae::detail {

BETAVAE_DEFINITION CsvParser::CsvParser(std::string name, std::string text, std::size_t longest) : longest_(longest) {
  cells_.name_ = std::move(name);
  cells_.text_ = std::move(text);
}

BETAVAE_DEFINITION CsvCells CsvParser::parse() {
  skip_start();
  reserve();
  read_line();
  sort_names();
  while (read_ < text_.size()) {
    read_line();
  }
  text_.resize(written_);
  return std::move(cells_);
}

BETAVAE_DEFINITION void CsvParser::skip_start() {
  const std::string_view text = text_;
  if (text.starts_with("\xEF\xBB\xBF")) {
    read_ = 3;
  }
  std::string_view came;
  if (text.size() == read_) {
    came = "an empty file";
  } else if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    came = "UTF-16";
  } else if (text.starts_with("\x1F\x8B")) {
    came = "a gzip file";
  } else if (text.starts_with("PK\x03\x04")) {
    came = "a zip archive, as spreadsheets are";
  } else {
    return;
  }
  throw FileError(format_text("{}: expected text in UTF-8 with a header line that names the columns, got {}",
                              {cells_.name_, came}));
}

BETAVAE_DEFINITION void CsvParser::reserve() {
  const auto breaks = static_cast<std::size_t>(std::count(text_.begin(), text_.end(), '\n'));
  const auto commas = static_cast<std::size_t>(std::count(text_.begin(), text_.end(), ','));
  cells_.begins_.reserve(breaks + 1);
  cells_.ends_.reserve(breaks + commas + 1);
}

BETAVAE_DEFINITION void CsvParser::read_line() {
  const std::size_t line = cells_.begins_.size();
  const std::size_t first_line_in_file = line_in_file_;
  const bool is_empty = text_[read_] == '\n' || text_[read_] == '\r';
  cells_.begins_.push_back(written_);
  breaks_in_cells_ = 0;
  column_ = 0;
  while (read_cell()) {
    ++column_;
  }
  if (breaks_in_cells_ > 0) {
    const std::size_t before = cells_.breaks_.empty() ? 0 : cells_.breaks_.back().so_far;
    cells_.breaks_.push_back({line, before + breaks_in_cells_});
  }
  if (line > 0 && column_ + 1 != cells_.columns()) {
    throw FileError(
        format_text("{}: line {}: expected {} {} as in the header, got {}",
                    {cells_.name_, first_line_in_file, cells_.columns(), cells_.columns() == 1 ? "cell" : "cells",
                     is_empty ? Shown("an empty line") : Shown(column_ + 1)}));
  }
}

BETAVAE_DEFINITION bool CsvParser::read_cell() {
  const bool is_quoted = read_ < text_.size() && text_[read_] == '"';
  if (is_quoted) {
    read_quoted();
  } else {
    read_unquoted();
  }
  const std::size_t length = written_ - cells_.begins_.back();
  if (length > longest_) {
    fail(format_text("at most {} bytes in a line", {longest_}), "more");
  }
  // Of a line that is too long, the cells are counted but not kept.
  if (cells_.begins_.size() == 1 || column_ < cells_.columns()) {
    cells_.ends_.push_back(static_cast<std::uint32_t>(length) | (is_quoted ? CsvCells::quoted_bit : 0U));
  }
  return end_cell();
}

BETAVAE_DEFINITION void CsvParser::read_unquoted() {
  const std::size_t begin = read_;
  while (read_ < text_.size() && !ends_unquoted(text_[read_])) {
    ++read_;
  }
  if (read_ < text_.size() && text_[read_] == '"') {
    fail("quotes around the whole cell, with those inside doubled, or no quote", excerpt_from(begin));
  }
  move(begin, read_);
}

BETAVAE_DEFINITION void CsvParser::read_quoted() {
  const std::size_t opened_in_line = line_in_file_;
  for (++read_;; ++read_) {
    const std::size_t begin = read_;
    read_ = text_.find('"', begin);
    if (read_ == std::string::npos) {
      line_in_file_ = opened_in_line;
      fail("a closing quote", "the end of the file");
    }
    const std::string_view piece(text_.data() + begin, read_ - begin);
    const std::size_t zero = piece.find('\0');
    const auto breaks = static_cast<std::size_t>(std::count(piece.begin(), piece.end(), '\n'));
    if (zero != std::string_view::npos) {
      const std::string_view before = piece.substr(0, zero);
      line_in_file_ += static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
      fail_zero();
    }
    line_in_file_ += breaks;
    breaks_in_cells_ += breaks;
    const bool is_doubled = read_ + 1 < text_.size() && text_[read_ + 1] == '"';
    move(begin, is_doubled ? read_ + 1 : read_);
    read_ += 1;
    if (!is_doubled) {
      return;
    }
  }
}

BETAVAE_DEFINITION bool CsvParser::end_cell() {
  if (read_ == text_.size()) {
    return false;
  }
  const char c = text_[read_];
  if (c == ',') {
    ++read_;
    return true;
  }
  if (c == '\r' && read_ + 1 < text_.size() && text_[read_ + 1] == '\n') {
    ++read_;
  } else if (c == '\r') {
    fail("LF or CRLF at the end of a line", "a carriage return that no line feed follows");
  } else if (c == '\0') {
    fail_zero();
  } else if (c != '\n') {
    fail("a comma or the end of the line after the closing quote", excerpt_from(read_));
  }
  ++read_;
  ++line_in_file_;
  return false;
}

BETAVAE_DEFINITION void CsvParser::move(std::size_t begin, std::size_t end) {
  std::copy(text_.data() + begin, text_.data() + end, text_.data() + written_);
  written_ += end - begin;
}

BETAVAE_DEFINITION void CsvParser::sort_names() {
  const std::size_t columns = cells_.ends_.size();
  if (columns == 1 && cells_.cell(0, 0).empty()) {
    throw FileError(
        format_text("{}: line 1: expected a header line that names the columns, got an empty line", {cells_.name_}));
  }
  // The cells of line 0 can be read before the number of columns is known.
  for (std::size_t c = 0; c < columns; ++c) {
    if (cells_.cell(0, c).empty()) {
      throw FileError(format_text("{}: expected a name of the column, got an empty cell", {cells_.place(0, c)}));
    }
  }
  std::vector<std::uint32_t> order(columns);
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    const int compared = cells_.cell(0, a).compare(cells_.cell(0, b));
    return compared != 0 ? compared < 0 : a < b;
  });
  const auto twin = std::adjacent_find(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return cells_.cell(0, a) == cells_.cell(0, b);
  });
  if (twin != order.end()) {
    throw FileError(format_text("{}: expected another name than that of column {}, got {}",
                                {cells_.place(0, *(twin + 1)), *twin + 1, csv_excerpt(cells_.cell(0, *twin))}));
  }
  cells_.by_name_ = std::move(order);
}

BETAVAE_DEFINITION std::string CsvParser::excerpt_from(std::size_t begin) const {
  return csv_excerpt(std::string_view(text_).substr(begin, text_.find_first_of(",\r\n", begin) - begin));
}

[[noreturn, gnu::cold]] BETAVAE_DEFINITION void CsvParser::fail_zero() const {
  fail("text", "a byte that is 0 (is this a file of another kind, or UTF-16?)");
}

[[noreturn, gnu::cold]] BETAVAE_DEFINITION void CsvParser::fail(std::string_view expected,
                                                                std::string_view came) const {
  const std::string place = cells_.place_in_file(line_in_file_, column_);
  throw FileError(format_text("{}: expected {}, got {}", {place, expected, came}));
}

}  // namespace betavae::detail
