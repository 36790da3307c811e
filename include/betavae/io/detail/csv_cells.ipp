// SPDX-License-Identifier: MIT
// How the cells of a table are found, and shown in messages.
#pragma once

#include <betavae/core/errors.hpp>
#include <betavae/io/detail/csv_cells.hpp>

#include <algorithm>
#include <iterator>

namespace betavae::detail {

BETAVAE_DEFINITION std::string csv_excerpt(std::string_view text) {
  constexpr std::size_t most = 40;
  std::size_t length = std::min(text.size(), most);
  while (length < text.size() && length > most - 4 && (static_cast<unsigned char>(text[length]) & 0xc0U) == 0x80U) {
    --length;  // a cut within a character of UTF-8 moves before it
  }
  std::string result = "\"";
  for (const char c : text.substr(0, length)) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '\n') {
      result += "\\n";
    } else if (c == '\r') {
      result += "\\r";
    } else if (c == '\t') {
      result += "\\t";
    } else if (code < 0x20U || code == 0x7fU) {
      result += fmt::format("\\x{:02x}", static_cast<unsigned>(code));
    } else {
      result += c;
    }
  }
  return length == text.size() ? result + '"' : format_text("{}…\" ({} bytes)", {result, text.size()});
}

BETAVAE_DEFINITION std::string_view without_spaces_around(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view{}
                                         : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

BETAVAE_DEFINITION bool reads_as_missing(std::string_view text) {
  const std::string_view inner = without_spaces_around(text);
  return inner.empty() || inner == "NA";
}

BETAVAE_DEFINITION std::string_view CsvCells::cell(std::size_t line, std::size_t column) const {
  const std::size_t begin = begin_of(line, column);
  return {text_.data() + begin, begins_[line] + end_of(line, column) - begin};
}

BETAVAE_DEFINITION bool CsvCells::was_quoted(std::size_t line, std::size_t column) const {
  return (ends_[line * columns() + column] & quoted_bit) != 0;
}

BETAVAE_DEFINITION std::size_t CsvCells::find(std::string_view name) const {
  const auto place = std::lower_bound(by_name_.begin(), by_name_.end(), name,
                                      [&](std::uint32_t c, std::string_view other) { return cell(0, c) < other; });
  return place != by_name_.end() && cell(0, *place) == name ? *place : columns();
}

BETAVAE_DEFINITION std::size_t CsvCells::line_in_file(std::size_t line) const {
  const auto next = std::lower_bound(breaks_.begin(), breaks_.end(), line,
                                     [](const Breaks& breaks, std::size_t other) { return breaks.line < other; });
  return 1 + line + (next == breaks_.begin() ? 0 : std::prev(next)->so_far);
}

BETAVAE_DEFINITION std::string CsvCells::place(std::size_t line, std::size_t column) const {
  const std::string_view before(text_.data() + begins_[line], begin_of(line, column) - begins_[line]);
  const auto breaks = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  return place_in_file(line_in_file(line) + breaks, column);
}

BETAVAE_DEFINITION std::size_t CsvCells::end_of(std::size_t line, std::size_t column) const {
  return ends_[line * columns() + column] & ~quoted_bit;
}

BETAVAE_DEFINITION std::size_t CsvCells::begin_of(std::size_t line, std::size_t column) const {
  return begins_[line] + (column == 0 ? 0 : end_of(line, column - 1));
}

BETAVAE_DEFINITION std::string CsvCells::place_in_file(std::size_t line, std::size_t column) const {
  std::string text = format_text("{}: line {}, column {}", {name_, line, column + 1});
  if (column < columns()) {
    const std::string_view title = cell(0, column);
    const std::string excerpt = csv_excerpt(title);
    const bool plain = excerpt.size() == title.size() + 2;  // nothing but the quotes was added
    text += format_text(" ({})", {plain ? title : std::string_view{excerpt}});
  }
  return text;
}

}  // namespace betavae::detail
