// SPDX-License-Identifier: MIT
// What a field may hold: checked where a record is read, kept where one is written.
#pragma once

#include <betavae/data/record/layout.hpp>

#include <string>

namespace betavae::detail {

/// Whether a field may hold x.
template <class FieldType, class Likelihood>
[[nodiscard]] bool is_in_domain(const FieldType& field, const Likelihood& likelihood, double x) {
  using Kind = typename FieldType::Kind;
  if constexpr (Kind::coordinates == Coordinates::interval) {
    return x > field.kind.lower && x < field.kind.upper;
  } else if constexpr (Kind::coordinates == Coordinates::logarithmic) {
    return is_positive(x);
  } else {
    return likelihood.contains(x);
  }
}

/// What it must be, as errors say it.
template <class FieldType, class Likelihood>
[[nodiscard]] std::string domain_of(const FieldType& field, const Likelihood& likelihood) {
  using Kind = typename FieldType::Kind;
  if constexpr (Kind::coordinates == Coordinates::interval) {
    return format_text("a number above {} and below {}", {field.kind.lower, field.kind.upper});
  } else if constexpr (Kind::coordinates == Coordinates::logarithmic) {
    return "a finite value above 0 (denormal numbers count as 0)";
  } else if constexpr (requires { Likelihood::categories; }) {
    return format_text("a whole number of at least 0 and below {}", {Likelihood::categories});
  } else {
    return std::string(likelihood.domain);
  }
}

/// The number in the field's domain that is nearest to x, as the member's own type has it: what a draw or an estimate becomes. Counts,
/// binaries and categories are whole numbers in every type. NaN stays NaN where the type has it.
template <class FieldType>
[[nodiscard]] double nearest_in_domain(const FieldType& field, double x) {
  using Value = typename FieldType::CellsOfMember::Value;
  constexpr Coordinates coordinates = FieldType::Kind::coordinates;
  constexpr bool is_positive_kind = coordinates == Coordinates::logarithmic || coordinates == Coordinates::scaled;
  if constexpr (std::is_floating_point_v<Value>) {
    using Limits = std::numeric_limits<Value>;
    if constexpr (FieldType::Kind::is_whole) {
      x = std::nearbyint(x);
    }
    if constexpr (coordinates == Coordinates::interval) {
      const auto lower = static_cast<Value>(field.kind.lower);
      const auto upper = static_cast<Value>(field.kind.upper);
      return std::clamp(x, static_cast<double>(std::nextafter(lower, upper)),
                        static_cast<double>(std::nextafter(upper, lower)));
    }
    return std::clamp(x, static_cast<double>(is_positive_kind ? Limits::min() : Limits::lowest()),
                      static_cast<double>(Limits::max()));
  } else {
    if constexpr (coordinates == Coordinates::interval) {
      return std::clamp(std::nearbyint(x), std::floor(field.kind.lower) + 1, std::ceil(field.kind.upper) - 1);
    }
    return is_positive_kind ? std::max(x, 1.0) : x;  // which the member's type rounds, see cells.hpp
  }
}

template <class Type>
[[noreturn, gnu::cold, gnu::noinline]] void fail_record(Index record, const std::string& place,
                                                        const std::string& expected, double came) {
  throw DataError(
      format_text("{}: record {}: {}: expected {}, got {}", {type_name<Type>(), record, place, expected, came}));
}

/// The number in a cell, checked; false where it is missing. Errors: DataError for a value outside of the field's domain.
template <class Type, class FieldType, class Likelihood>
[[nodiscard]] bool load_cell(const FieldType& field, const Likelihood& likelihood,
                             const typename FieldType::Place::Member* member, Index cell, Index record, double& x) {
  if (member == nullptr || !FieldType::CellsOfMember::load(*member, cell, x)) {
    return false;
  }
  if (!is_in_domain(field, likelihood, x)) [[unlikely]] {
    fail_record<Type>(record, RecordLayout<Type>::name_of(field, cell), domain_of(field, likelihood), x);
  }
  return true;
}

/// The columns that an encoder sees of a present value, not yet standardised.
/// Errors: DataError where a function of the user's own (seen_as) gives a number that is not finite.
template <class Type, class FieldType>
void load_columns(const FieldType& field, double x, Index cell, Index record, double* columns) {
  field.see(x, columns);
  if constexpr (FieldType::is_seen_as) {
    if (!std::isfinite(columns[0])) [[unlikely]] {
      fail_record<Type>(record, RecordLayout<Type>::name_of(field, cell),
                        format_text("a finite number from seen_as({})", {x}), columns[0]);
    }
  }
}

/// The number beside a cell that an option of its field names: one for all cells, or one each.
template <class Type, class Option>
[[nodiscard]] double load_beside(const Type& record, Index cell, Index number) {
  using Path = typename Option::Path;
  using Beside = Cells<typename Path::Member>;
  double x = 0;
  const Index own_cell = Beside::count == 1 ? 0 : cell;
  (void)Beside::load(*Path::find(record), own_cell, x);
  if (!(std::isfinite(x) && (x > 0 || (x == 0 && Option::may_be_zero)))) [[unlikely]] {
    fail_record<Type>(number, indexed(Path::name, Beside::count, own_cell), std::string(Option::domain), x);
  }
  return x;
}

/// ln exposure of a cell, 0 for a field without. Errors: DataError unless the exposure is finite and above 0.
template <class Type, class FieldType>
[[nodiscard]] double load_log_exposure(const Type& record, Index cell, Index number) {
  if constexpr (FieldType::has_exposure) {
    return std::log(load_beside<Type, typename FieldType::Exposure>(record, cell, number));
  } else {
    return 0;
  }
}

template <class Type>
[[nodiscard]] double weight_of(const Type& record, Index number) {
  double weight = 1;
  RecordLayout<Type>::for_each([&]<class FieldType>(const FieldType& /*field*/, auto /*index*/) {
    if constexpr (FieldType::role == Role::weight) {
      (void)FieldType::CellsOfMember::load(*FieldType::Place::find(record), 0, weight);
      if (!(weight > 0 && std::isfinite(weight))) [[unlikely]] {
        fail_record<Type>(number, std::string(FieldType::name), "a weight that is finite and above 0", weight);
      }
    }
  });
  return weight;
}

}  // namespace betavae::detail
