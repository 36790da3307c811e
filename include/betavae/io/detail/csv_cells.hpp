// SPDX-License-Identifier: MIT
// The cells of a table, kept compactly: the text of all of them one after the other, without quotes and separators, and where
// each ends. That takes four bytes a cell and eight a line beside the text.
#pragma once

#include <betavae/core/errors.hpp>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace betavae::detail {

/// The text as messages show it: in quotes, control characters spelled out, cut where it is longer than a message should be.
inline std::string csv_excerpt(std::string_view text) {
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

inline std::string_view without_spaces_around(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view{}
                                         : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Whether a cell of this text is a missing one, unless it was quoted.
inline bool reads_as_missing(std::string_view text) {
  const std::string_view inner = without_spaces_around(text);
  return inner.empty() || inner == "NA";
}

/// Lines of equally many cells. Line 0 is the header. Made by CsvParser.
class CsvCells {
 public:
  /// What error texts begin with.
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::size_t columns() const { return by_name_.size(); }
  [[nodiscard]] std::size_t lines() const { return begins_.size(); }

  [[nodiscard]] std::string_view cell(std::size_t line, std::size_t column) const {
    const std::size_t begin = begin_of(line, column);
    return {text_.data() + begin, begins_[line] + end_of(line, column) - begin};
  }

  [[nodiscard]] bool was_quoted(std::size_t line, std::size_t column) const {
    return (ends_[line * columns() + column] & quoted_bit) != 0;
  }

  /// The column of that name, or columns() when there is none.
  [[nodiscard]] std::size_t find(std::string_view name) const {
    const auto place = std::lower_bound(by_name_.begin(), by_name_.end(), name,
                                        [&](std::uint32_t c, std::string_view other) { return cell(0, c) < other; });
    return place != by_name_.end() && cell(0, *place) == name ? *place : columns();
  }

  /// The line of the file, from 1, where a line of the table begins.
  [[nodiscard]] std::size_t line_in_file(std::size_t line) const {
    const auto next = std::lower_bound(breaks_.begin(), breaks_.end(), line,
                                       [](const Breaks& breaks, std::size_t other) { return breaks.line < other; });
    return 1 + line + (next == breaks_.begin() ? 0 : std::prev(next)->so_far);
  }

  /// "birds.csv: line 17, column 4 (body_mass)", with the line of the file where the cell begins.
  [[nodiscard]] std::string place(std::size_t line, std::size_t column) const {
    const std::string_view before(text_.data() + begins_[line], begin_of(line, column) - begins_[line]);
    const auto breaks = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
    return place_in_file(line_in_file(line) + breaks, column);
  }

 private:
  friend class CsvParser;

  static constexpr std::uint32_t quoted_bit = std::uint32_t{1} << 31U;

  /// A line of the table whose cells hold line breaks, and how many there are up to its end.
  struct Breaks {
    std::size_t line;
    std::size_t so_far;
  };

  [[nodiscard]] std::size_t end_of(std::size_t line, std::size_t column) const {
    return ends_[line * columns() + column] & ~quoted_bit;
  }

  [[nodiscard]] std::size_t begin_of(std::size_t line, std::size_t column) const {
    return begins_[line] + (column == 0 ? 0 : end_of(line, column - 1));
  }

  [[nodiscard]] std::string place_in_file(std::size_t line, std::size_t column) const {
    std::string text = format_text("{}: line {}, column {}", {name_, line, column + 1});
    if (column < columns()) {
      const std::string_view title = cell(0, column);
      const std::string excerpt = csv_excerpt(title);
      const bool plain = excerpt.size() == title.size() + 2;  // nothing but the quotes was added
      text += format_text(" ({})", {plain ? title : std::string_view{excerpt}});
    }
    return text;
  }

  std::string name_;
  std::string text_;
  std::vector<std::size_t> begins_;     // of each line, in text_
  std::vector<std::uint32_t> ends_;     // of each cell, from its line's begin; the top bit says that it was quoted
  std::vector<Breaks> breaks_;          // in the order of the lines
  std::vector<std::uint32_t> by_name_;  // columns in the order of their names; empty until the header is read
};

}  // namespace betavae::detail
