// SPDX-License-Identifier: MIT
// What a record is, in a line for each field: two models are of the same record when all lines agree. Files keep it.
//
//     record: Jet
//     field pt: real on a log scale, Gaussian, 1 cell
//     field flavour: category of 4 (light, charm, bottom, tau), Categorical, 1 cell, may be missing
#pragma once

#include <betavae/data/record/layout.hpp>

#include <string>
#include <vector>

namespace betavae {

namespace detail {

template <class Kind>
inline constexpr std::string_view kind_name = "number";
template <>
inline constexpr std::string_view kind_name<Real> = "real";
template <>
inline constexpr std::string_view kind_name<RealOnLogScale> = "real on a log scale";
template <>
inline constexpr std::string_view kind_name<Positive> = "positive";
template <>
inline constexpr std::string_view kind_name<Angle> = "angle";
template <>
inline constexpr std::string_view kind_name<Count> = "count";
template <>
inline constexpr std::string_view kind_name<Binary> = "binary";

[[nodiscard]] inline std::string describe_kind(const auto& kind) {
  return std::string(kind_name<std::remove_cvref_t<decltype(kind)>>);
}
[[nodiscard]] inline std::string describe_kind(const Interval& kind) {
  return format_text("interval from {} to {}", {kind.lower, kind.upper});
}
template <int Categories>
[[nodiscard]] std::string describe_kind(const Category<Categories>& /*kind*/) {
  return format_text("category of {}", {Categories});
}
template <int Categories>
[[nodiscard]] std::string describe_kind(const Ordered<Categories>& /*kind*/) {
  return format_text("ordered category of {}", {Categories});
}

/// What a field's line says.
struct DescribedField {
  std::string_view name;
  bool is_condition = false;
  std::string kind;
  std::string names;                 ///< of its categories, as `add_name` puts them together
  std::string_view likelihood;       ///< of what is modelled
  std::vector<std::string> choices;  ///< of the likelihood
  bool dispersion_from_decoder = false, has_exposure = false, has_measurement_error = false;
  bool is_seen_as = false, may_miss = false;
  Index cells = 1;
};

BETAVAE_API void add_name(std::string& names, std::string_view name);

/// "field pt: real, StudentT (degrees_of_freedom: 3), 1 cell, may be missing"
[[nodiscard]] BETAVAE_API std::string describe(const DescribedField& field);

template <class Field>
[[nodiscard]] DescribedField described(const Field& field) {
  DescribedField result;
  result.name = Field::name;
  result.is_condition = Field::role == Role::condition;
  result.kind = describe_kind(field.kind);
  result.is_seen_as = Field::is_seen_as;
  result.may_miss = Field::may_miss;
  result.cells = Field::cells;
  for (int k = 0; !field.name_of(k).empty(); ++k) {
    add_name(result.names, field.name_of(k));
  }
  if constexpr (Field::role == Role::modelled) {
    const auto likelihood = field.likelihood();
    result.likelihood = std::remove_cvref_t<decltype(likelihood)>::name;
    if constexpr (requires { likelihood.schema(); }) {
      const auto choices = likelihood.schema();
      result.choices.assign(choices.begin(), choices.end());
    }
    result.dispersion_from_decoder = Field::dispersion_from_decoder;
    result.has_exposure = Field::has_exposure;
    result.has_measurement_error = Field::has_measurement_error;
  }
  return result;
}

}  // namespace detail

template <class Type>
[[nodiscard]] std::vector<std::string> record_schema() {
  std::vector<std::string> lines = {detail::format_text("record: {}", {detail::type_name<Type>()})};
  RecordLayout<Type>::for_each([&]<class Field>(const Field& field, auto /*index*/) {
    if constexpr (Field::role == detail::Role::weight) {
      lines.push_back(detail::format_text("weight: {}", {Field::name}));
    } else {
      lines.push_back(detail::describe(detail::described(field)));
    }
  });
  return lines;
}

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/data/record/schema.ipp>
#endif
