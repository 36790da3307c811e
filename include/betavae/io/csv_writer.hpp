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

#include <betavae/core/errors.hpp>

#include <concepts>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace betavae {

/// The line that is being written: as many cells as there are columns, from left to right.
class BETAVAE_API CsvLine {
 public:
  /// Cells are appended to `text`; error texts begin with `where`.
  CsvLine(std::string& text, std::string_view where, Index columns) : text_(text), where_(where), columns_(columns) {}
  CsvLine(const CsvLine&) = delete;
  CsvLine& operator=(const CsvLine&) = delete;

  /// A cell that is there, whatever its text: "" and "NA" go in quotes. Errors: ArgumentError when the text has a byte that is 0.
  CsvLine& text(std::string_view cell);

  /// The shortest digits that give the same number again. Errors: ArgumentError for infinity and NaN, which no reader takes.
  template <class Number>
  requires std::is_arithmetic_v<Number> CsvLine& number(Number number) {
    if constexpr (std::floating_point<Number>) {
      return floating(number);
    } else if constexpr (std::is_signed_v<Number>) {
      return whole(static_cast<long long>(number));
    } else {
      return whole(static_cast<unsigned long long>(number));
    }
  }

  /// An empty cell; NA in a table of one column, where an empty line would say it too quietly.
  CsvLine& missing();

  /// Ends the line. Errors: ArgumentError unless it has as many cells as there are columns.
  void end();

 private:
  CsvLine& floating(float number);
  CsvLine& floating(double number);
  CsvLine& floating(long double number);
  CsvLine& whole(long long number);
  CsvLine& whole(unsigned long long number);

  void separate();

  std::string& text_;
  std::string_view where_;
  Index columns_;
  Index cells_ = 0;
};

namespace detail {

/// Whatever fills the line of a row.
struct CsvFill {
  void* function;
  void (*call)(void* function, CsvLine& line, Index row);
};

template <class Function>
[[nodiscard]] CsvFill csv_fill(Function& function) {
  return {const_cast<void*>(static_cast<const void*>(std::addressof(function))),
          [](void* any, CsvLine& line, Index row) { (*static_cast<Function*>(any))(line, row); }};
}

[[nodiscard]] BETAVAE_API std::string csv_text(std::span<const std::string> columns, Index rows, CsvFill fill);
BETAVAE_API void write_csv(const std::string& path, std::span<const std::string> columns, Index rows, CsvFill fill);

}  // namespace detail

/// The table as a text: a header of the columns' names, then what `fill(line, row)` puts into the line of each row.
/// Errors: ArgumentError for no column, an empty or doubled name, rows < 0, and a line with another number of cells.
template <std::invocable<CsvLine&, Index> Fill>
[[nodiscard]] std::string csv_text(const std::vector<std::string>& columns, Index rows, Fill&& fill) {
  return detail::csv_text(columns, rows, detail::csv_fill(fill));
}

/// The same into a file, whole or not at all. Errors: those of csv_text, and FileError when the file cannot be written (what
/// stood there before stays).
template <std::invocable<CsvLine&, Index> Fill>
void write_csv(const std::string& path, const std::vector<std::string>& columns, Index rows, Fill&& fill) {
  detail::write_csv(path, columns, rows, detail::csv_fill(fill));
}

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/io/csv_writer.ipp>
#endif
