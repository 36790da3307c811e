// SPDX-License-Identifier: MIT
// Records of one's own type as tables of comma-separated values (RFC 4180), a column for each field by its name.
//
//     std::vector<Bird> birds = read_csv<Bird>("birds.csv");
//     write_csv<Bird>("sampled.csv", birds);
//
// The columns are the members that the description names, exposures, errors and weights included: "body_mass", "lead.pt" for a member
// of a record inside, "genes[17]" for an element of an array. The order of columns does not matter, and columns of other names are
// passed over. A category is written by its name where it has one, and read by its name or its number; a bool is 0 or 1, or one of
// true, false, yes, no. An empty cell or NA is a missing value. See csv_table.hpp for the format.
#pragma once

#include <betavae/data/record/domain.hpp>
#include <betavae/io/csv_table.hpp>
#include <betavae/io/csv_writer.hpp>

#include <algorithm>
#include <ranges>
#include <string>
#include <vector>

namespace betavae {

namespace detail {

/// A member beside the values, which an option of a field names: read as it is.
struct Beside {};

/// f(path, field, likelihood) for each member of a record that has columns of its own: its fields, and those beside the values, for
/// which field and likelihood are `Beside`. One that several options name comes as often.
template <class Type, class Function>
void for_each_member(const Function& function) {
  using Layout = RecordLayout<Type>;
  Layout::for_each([&]<class FieldType>(const FieldType& field, auto index) {
    if constexpr (FieldType::role == Role::weight) {
      function(typename FieldType::Place{}, Beside{}, Beside{});
    } else {
      function(typename FieldType::Place{}, field, Layout::template likelihood<index>());
    }
    if constexpr (FieldType::has_exposure) {
      function(typename FieldType::Exposure::Path{}, Beside{}, Beside{});
    }
    if constexpr (FieldType::has_measurement_error) {
      function(typename FieldType::MeasurementError::Path{}, Beside{}, Beside{});
    }
  });
}

/// The names of the columns of a record, in the order of `for_each_member` and its cells.
template <class Type>
[[nodiscard]] std::vector<std::string> csv_columns() {
  std::vector<std::string> names;
  for_each_member<Type>([&]<class PathType>(PathType, const auto&, const auto&) {
    constexpr Index cells = Cells<typename PathType::Member>::count;
    for (Index cell = 0; cell < cells; ++cell) {
      names.push_back(indexed(PathType::name, cells, cell));
    }
  });
  return names;
}

/// The number of a category, by its name or its digits. Errors: DataError with the place and the names.
template <class FieldType>
[[nodiscard]] double read_category(const CsvTable& table, Index row, Index column, const FieldType& field) {
  const std::string_view text = without_spaces_around(table.cell(row, column));
  std::string names;
  for (int k = 0; !field.name_of(k).empty(); ++k) {
    if (field.name_of(k) == text) {
      return k;
    }
    names += (k == 0 ? "" : ", ") + std::string(field.name_of(k));
  }
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) {
    table.fail(row, column, "one of " + names);
  }
  return table.number(row, column);
}

/// The number in a cell that is there. Errors: DataError with the place where the member cannot hold it, or the field may not.
template <class Value, class FieldType, class Likelihood>
[[nodiscard]] double read_cell(const CsvTable& table, Index row, Index column, const FieldType& field,
                               const Likelihood& likelihood) {
  double x = 0;
  if constexpr (std::is_same_v<Value, bool>) {
    const std::string_view text = without_spaces_around(table.cell(row, column));
    const bool is_word = text == "true" || text == "yes" || text == "false" || text == "no";
    x = is_word ? (text == "true" || text == "yes" ? 1 : 0) : table.number(row, column);
  } else if constexpr (requires { FieldType::has_names; }) {
    x = FieldType::has_names ? read_category(table, row, column, field) : table.number(row, column);
  } else {
    x = table.number(row, column);
  }
  double held = 0;
  Value value{};
  Cells<Value>::store(value, 0, x);
  (void)Cells<Value>::load(value, 0, held);
  if (std::is_floating_point_v<Value> ? !std::isfinite(held) : held != x) {
    table.fail(row, column,
               std::is_floating_point_v<Value> ? "a number that its member can hold"
                                               : "a whole number that its member can hold");
  }
  if constexpr (!std::is_same_v<FieldType, Beside>) {
    if (!is_in_domain(field, likelihood, held)) {
      table.fail(row, column, domain_of(field, likelihood));
    }
  }
  return x;
}

}  // namespace detail

/// The records in a table, a row each. Members that the description does not name are as `Type{}` has them. Errors: FileError for a
/// column that is not there, with those that are; DataError, with line and column, for a cell that is missing though its member
/// is no std::optional, or for what its member or field may not hold.
template <class Type>
[[nodiscard]] std::vector<Type> records_from(const CsvTable& table) {
  std::vector<Index> columns;
  for (const std::string& name : detail::csv_columns<Type>()) {
    columns.push_back(table.column(name));
  }
  std::vector<Type> records(static_cast<std::size_t>(table.rows()));
  for (Index row = 0; row < table.rows(); ++row) {
    Type& record = records[static_cast<std::size_t>(row)];
    auto next = columns.begin();
    detail::for_each_member<Type>([&]<class PathType>(PathType, const auto& field, const auto& likelihood) {
      using Members = detail::Cells<typename PathType::Member>;
      for (Index cell = 0; cell < Members::count; ++cell) {
        const Index column = *next++;
        if (!table.is_missing(row, column)) {
          const double x = detail::read_cell<typename Members::Value>(table, row, column, field, likelihood);
          Members::store(PathType::make(record), cell, x);
        } else if (!PathType::may_miss) {
          table.fail(row, column, "a value, since its member is no std::optional");
        }
      }
    });
  }
  return records;
}

/// The same from a file. Errors: those of `records_from` and of `read_csv_table`.
template <class Type>
[[nodiscard]] std::vector<Type> read_csv(const std::string& path) {
  return records_from<Type>(read_csv_table(path));
}

/// Writes records such that `read_csv` brings them back, whole or not at all. Errors: ArgumentError for numbers that are not finite,
/// FileError when the file cannot be written.
template <class Type, std::ranges::random_access_range Records>
void write_csv(const std::string& path, const Records& records) {
  const std::vector<std::string> names = detail::csv_columns<Type>();
  std::vector<std::string> header;  // without those that come again
  std::vector<bool> is_first;
  for (const std::string& name : names) {
    is_first.push_back(std::find(header.begin(), header.end(), name) == header.end());
    if (is_first.back()) {
      header.push_back(name);
    }
  }
  write_csv(path, header, static_cast<Index>(std::ranges::size(records)), [&](CsvLine& line, Index row) {
    const Type& record = records[static_cast<std::size_t>(row)];
    auto first = is_first.begin();
    detail::for_each_member<Type>([&]<class PathType>(PathType, const auto& field, const auto&) {
      using Members = detail::Cells<typename PathType::Member>;
      using Value = typename Members::Value;
      const auto* const member = PathType::find(record);
      for (Index cell = 0; cell < Members::count; ++cell) {
        double x = 0;
        if (!*first++) {
          continue;
        }
        if (member == nullptr || !Members::load(*member, cell, x)) {
          line.missing();
          continue;
        }
        if constexpr (requires { field.name_of(0); }) {
          if (const std::string_view name = field.name_of(detail::nearest<int>(x)); !name.empty()) {
            line.text(name);
            continue;
          }
        }
        if constexpr (std::is_floating_point_v<Value>) {
          line.number(static_cast<Value>(x));
        } else {
          line.number(x);
        }
      }
    });
  });
}

}  // namespace betavae
