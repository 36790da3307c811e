// SPDX-License-Identifier: MIT
// A table that is read, written and read again is the same table; so is every number in it.
#include <betavae/io/csv_table.hpp>
#include <betavae/io/csv_writer.hpp>

#include "fuzz/fuzz.hpp"

#include <algorithm>
#include <cmath>

namespace betavae::fuzz {
namespace {

std::optional<CsvTable> parse(std::string text) {
  return unless_refused("fuzz.csv", [&] { return parse_csv_table("fuzz.csv", std::move(text)); });
}

/// The number in a cell, or nothing when there is none; then the error says where.
std::optional<double> number(const CsvTable& table, Index row, Index column) {
  try {
    return table.number(row, column);
  } catch (const DataError& error) {
    check(std::string_view(error.what()).starts_with(table.place(row, column)),
          "the error's text begins with the place");
    return std::nullopt;
  }
}

std::string rewritten(const CsvTable& table) {
  const std::vector<std::string_view> names = table.column_names();
  return csv_text({names.begin(), names.end()}, table.rows(), [&](CsvLine& line, Index row) {
    for (Index column = 0; column < table.columns(); ++column) {
      table.is_missing(row, column) ? line.missing() : line.text(table.cell(row, column));
    }
  });
}

void check_places(const CsvTable& table, std::string_view text) {
  const auto breaks = static_cast<Index>(std::count(text.begin(), text.end(), '\n'));
  for (Index row = 0; row < table.rows(); ++row) {
    check(table.line(row) > (row == 0 ? 1 : table.line(row - 1)), "a row begins below the one before");
    check(table.line(row) <= breaks + 1, "a row begins within the file");
  }
}

void check_equal(const CsvTable& table, const CsvTable& again) {
  check(table.column_names() == again.column_names(), "the names are the same");
  check(table.rows() == again.rows(), "there are as many rows");
  for (Index column = 0; column < table.columns(); ++column) {
    check(table.column(table.column_name(column)) == column, "a column is found by its name");
    for (Index row = 0; row < table.rows(); ++row) {
      check(table.is_missing(row, column) == again.is_missing(row, column), "the same cells are missing");
      check(table.is_missing(row, column) || table.cell(row, column) == again.cell(row, column), "a cell has its text");
    }
  }
}

void check_numbers(const CsvTable& table) {
  std::vector<double> numbers;
  for (Index row = 0; row < table.rows(); ++row) {
    for (Index column = 0; column < table.columns(); ++column) {
      if (const std::optional<double> value = number(table, row, column)) {
        check(std::isfinite(*value) && !table.is_missing(row, column), "a number is finite and there");
        numbers.push_back(*value);
      }
    }
  }
  const std::optional<CsvTable> again =
      parse(csv_text({"number"}, static_cast<Index>(numbers.size()),
                     [&](CsvLine& line, Index row) { line.number(numbers[static_cast<std::size_t>(row)]); }));
  check(again.has_value(), "numbers that were written are read");
  for (std::size_t k = 0; k < numbers.size(); ++k) {
    check(again->number(static_cast<Index>(k), 0) == numbers[k], "a number that was written is read");
  }
}

}  // namespace

void run(std::span<const std::uint8_t> bytes) {
  const std::string text(bytes.begin(), bytes.end());
  const std::optional<CsvTable> table = parse(text);
  if (!table) {
    return;
  }
  const std::string written = rewritten(*table);
  const std::optional<CsvTable> again = parse(written);
  check(again.has_value(), "what was written is read");
  check(rewritten(*again) == written, "what was read again is written as before");
  check_places(*table, text);
  check_equal(*table, *again);
  check_numbers(*table);
}

}  // namespace betavae::fuzz
