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
#include <betavae/io/detail/csv_members.hpp>

#include <ranges>
#include <string>
#include <type_traits>
#include <vector>

namespace betavae {

namespace detail {

/// A member beside the values, which an option of a field names: read as it is.
struct Beside {};

/// f(path, field, index) for each member of a record that has columns of its own: its fields, and those beside the values, for
/// which field is `Beside`. One that several options name comes as often.
template <class Type, class Function>
void for_each_member(const Function& function) {
  RecordLayout<Type>::for_each([&]<class FieldType>(const FieldType& field, auto index) {
    if constexpr (FieldType::role == Role::weight) {
      function(typename FieldType::Place{}, Beside{}, index);
    } else {
      function(typename FieldType::Place{}, field, index);
    }
    if constexpr (FieldType::has_exposure) {
      function(typename FieldType::Exposure::Path{}, Beside{}, index);
    }
    if constexpr (FieldType::has_measurement_error) {
      function(typename FieldType::MeasurementError::Path{}, Beside{}, index);
    }
  });
}

template <class FieldType>
[[nodiscard]] std::string_view csv_name_of(const void* field, int category) {
  return static_cast<const FieldType*>(field)->name_of(category);
}

/// Whether a field may hold x; what it may hold, where not.
template <class Type, std::size_t Number, class FieldType>
[[nodiscard]] bool is_allowed_in_csv(const void* field, double x, std::string& domain) {
  const auto& field_of_type = *static_cast<const FieldType*>(field);
  const auto& likelihood = RecordLayout<Type>::template likelihood<Number>();
  const bool is_allowed = is_in_domain(field_of_type, likelihood, x);
  if (!is_allowed) {
    domain = domain_of(field_of_type, likelihood);
  }
  return is_allowed;
}

template <class PathType, class FieldType>
[[nodiscard]] CsvMember csv_member(const FieldType& field) {
  using Members = Cells<typename PathType::Member>;
  CsvMember member{PathType::name,     Members::count, csv_value<typename Members::Value>(),
                   PathType::may_miss, nullptr,        nullptr};
  if constexpr (!std::is_same_v<FieldType, Beside>) {
    member.field = &field;  // a constant of the description
    if constexpr (FieldType::has_names) {
      member.name_of = &csv_name_of<FieldType>;
    }
  }
  return member;
}

template <class Type>
[[nodiscard]] std::vector<CsvInput> csv_inputs() {
  std::vector<CsvInput> members;
  for_each_member<Type>([&]<class PathType, class FieldType, std::size_t Number>(
                            PathType, const FieldType& field, std::integral_constant<std::size_t, Number>) {
    CsvInput input{csv_member<PathType>(field),
                   [](void* record, Index cell, double x) {
                     Cells<typename PathType::Member>::store(PathType::make(*static_cast<Type*>(record)), cell, x);
                   },
                   nullptr};
    if constexpr (!std::is_same_v<FieldType, Beside>) {
      input.is_allowed = &is_allowed_in_csv<Type, Number, FieldType>;
    }
    members.push_back(input);
  });
  return members;
}

template <class Type>
[[nodiscard]] std::vector<CsvOutput> csv_outputs() {
  std::vector<CsvOutput> members;
  for_each_member<Type>([&]<class PathType>(PathType, const auto& field, auto /*index*/) {
    members.push_back({csv_member<PathType>(field), [](const void* record, Index cell, double& x) {
                         const auto* const member = PathType::find(*static_cast<const Type*>(record));
                         return member != nullptr && Cells<typename PathType::Member>::load(*member, cell, x);
                       }});
  });
  return members;
}

}  // namespace detail

/// The records in a table, a row each. Members that the description does not name are as `Type{}` has them. Errors: FileError for a
/// column that is not there, with those that are; DataError, with line and column, for a cell that is missing though its member
/// is no std::optional, or for what its member or field may not hold.
template <class Type>
[[nodiscard]] std::vector<Type> records_from(const CsvTable& table) {
  std::vector<Type> records(static_cast<std::size_t>(table.rows()));
  detail::fill_records(table, detail::csv_inputs<Type>(), records.data(), sizeof(Type));
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
  const std::vector<detail::CsvOutput> members = detail::csv_outputs<Type>();
  const detail::CsvOutputs outputs(members);
  write_csv(path, outputs.names(), static_cast<Index>(std::ranges::size(records)), [&](CsvLine& line, Index row) {
    const Type& record = records[static_cast<std::size_t>(row)];
    outputs.write(line, &record);
  });
}

}  // namespace betavae
