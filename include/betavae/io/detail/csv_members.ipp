// SPDX-License-Identifier: MIT
// How the cells of a table become the members of records, and how members become cells.
#pragma once

#include <betavae/data/record/cells.hpp>
#include <betavae/io/detail/csv_members.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace betavae::detail {

template <class Number>
double csv_number_as(double x) {
  return static_cast<double>(nearest<Number>(x));
}

/// The number that a cell of this type holds once x is stored in it.
BETAVAE_DEFINITION double held_in_csv_value(const CsvValue& value, double x) {
  switch (value.kind) {
    case CsvValue::Kind::boolean:
      return csv_number_as<bool>(x);
    case CsvValue::Kind::floating:
      return value.bytes == sizeof(float) ? csv_number_as<float>(x) : x;
    case CsvValue::Kind::signed_whole:
      return value.bytes == 1   ? csv_number_as<std::int8_t>(x)
             : value.bytes == 2 ? csv_number_as<std::int16_t>(x)
             : value.bytes == 4 ? csv_number_as<std::int32_t>(x)
                                : csv_number_as<std::int64_t>(x);
    case CsvValue::Kind::unsigned_whole:
      break;
  }
  return value.bytes == 1   ? csv_number_as<std::uint8_t>(x)
         : value.bytes == 2 ? csv_number_as<std::uint16_t>(x)
         : value.bytes == 4 ? csv_number_as<std::uint32_t>(x)
                            : csv_number_as<std::uint64_t>(x);
}

/// The number of a category, by its name or its digits. Errors: DataError with the place and the names.
BETAVAE_DEFINITION double read_csv_category(const CsvTable& table, Index row, Index column, const CsvMember& member) {
  const std::string_view text = without_spaces_around(table.cell(row, column));
  std::string names;
  for (int k = 0;; ++k) {
    const std::string_view name = member.name_of(member.field, k);
    if (name.empty()) {
      break;
    }
    if (name == text) {
      return k;
    }
    names += (k == 0 ? "" : ", ") + std::string(name);
  }
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) {
    table.fail(row, column, "one of " + names);
  }
  return table.number(row, column);
}

/// The number in a cell that is there. Errors: DataError with the place where the member cannot hold it, or the field may not.
BETAVAE_DEFINITION double read_csv_cell(const CsvTable& table, Index row, Index column, const CsvInput& input) {
  const CsvMember& member = input.member;
  double x = 0;
  if (member.value.takes_words) {
    const std::string_view text = without_spaces_around(table.cell(row, column));
    const bool is_yes = text == "true" || text == "yes";
    const bool is_no = text == "false" || text == "no";
    x = is_yes ? 1 : is_no ? 0 : table.number(row, column);
  } else {
    x = member.name_of != nullptr ? read_csv_category(table, row, column, member) : table.number(row, column);
  }
  const double held = held_in_csv_value(member.value, x);
  const bool is_floating = member.value.kind == CsvValue::Kind::floating;
  if (is_floating ? !std::isfinite(held) : held != x) {
    table.fail(row, column,
               is_floating ? "a number that its member can hold" : "a whole number that its member can hold");
  }
  std::string domain;
  if (input.is_allowed != nullptr && !input.is_allowed(member.field, held, domain)) {
    table.fail(row, column, domain);
  }
  return x;
}

/// The name of a cell's column.
BETAVAE_DEFINITION std::string csv_column_name(const CsvMember& member, Index cell) {
  return indexed(member.name, member.cells, cell);
}

BETAVAE_DEFINITION void fill_records(const CsvTable& table, std::span<const CsvInput> members, void* records,
                                     std::size_t size) {
  std::vector<Index> columns;
  for (const CsvInput& input : members) {
    for (Index cell = 0; cell < input.member.cells; ++cell) {
      columns.push_back(table.column(csv_column_name(input.member, cell)));
    }
  }
  auto* record = static_cast<std::byte*>(records);
  for (Index row = 0; row < table.rows(); ++row, record += size) {
    auto next = columns.begin();
    for (const CsvInput& input : members) {
      for (Index cell = 0; cell < input.member.cells; ++cell) {
        const Index column = *next++;
        if (!table.is_missing(row, column)) {
          input.store(record, cell, read_csv_cell(table, row, column, input));
        } else if (!input.member.may_miss) {
          table.fail(row, column, "a value, since its member is no std::optional");
        }
      }
    }
  }
}

BETAVAE_DEFINITION CsvOutputs::CsvOutputs(std::span<const CsvOutput> members) : members_(members) {
  for (const CsvOutput& output : members) {
    for (Index cell = 0; cell < output.member.cells; ++cell) {
      std::string name = csv_column_name(output.member, cell);
      is_first_.push_back(std::find(names_.begin(), names_.end(), name) == names_.end());
      if (is_first_.back()) {
        names_.push_back(std::move(name));
      }
    }
  }
}

BETAVAE_DEFINITION CsvOutputs::~CsvOutputs() = default;

BETAVAE_DEFINITION void CsvOutputs::write(CsvLine& line, const void* record) const {
  auto first = is_first_.begin();
  for (const CsvOutput& output : members_) {
    const CsvMember& member = output.member;
    for (Index cell = 0; cell < member.cells; ++cell) {
      if (!*first++) {
        continue;
      }
      double x = 0;
      if (!output.load(record, cell, x)) {
        line.missing();
        continue;
      }
      if (member.name_of != nullptr) {
        if (const std::string_view name = member.name_of(member.field, nearest<int>(x)); !name.empty()) {
          line.text(name);
          continue;
        }
      }
      if (member.value.kind == CsvValue::Kind::floating && member.value.bytes == sizeof(float)) {
        line.number(static_cast<float>(x));
      } else if (member.value.kind == CsvValue::Kind::floating && member.value.bytes > sizeof(double)) {
        line.number(static_cast<long double>(x));
      } else {
        line.number(x);
      }
    }
  }
}

}  // namespace betavae::detail
