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

/// "field pt: real, StudentT (degrees_of_freedom: 3), 1 cell, may be missing"
template <class Field>
[[nodiscard]] std::string describe_field(const Field& field) {
  std::string line = format_text("{} {}: ", {Field::role == Role::condition ? "condition" : "field", Field::name});
  line += describe_kind(field.kind);
  for (int k = 0; !field.name_of(k).empty(); ++k) {
    line += format_text("{}{}", {k == 0 ? " (" : ", ", field.name_of(k)});
  }
  line += Field::has_names ? ")" : "";
  if constexpr (Field::role == Role::modelled) {
    const auto likelihood = field.likelihood();
    line += format_text(", {}", {std::remove_cvref_t<decltype(likelihood)>::name});
    if constexpr (requires { likelihood.schema(); }) {
      for (const std::string& choice : likelihood.schema()) {
        line += format_text(" ({})", {choice});
      }
    }
    line += Field::dispersion_from_decoder ? ", dispersion from the decoder" : "";
    line += Field::has_exposure ? ", with an exposure" : "";
    line += Field::has_measurement_error ? ", with a measurement error" : "";
  }
  line += Field::is_seen_as ? ", seen by the encoder as a function of it" : "";
  line += format_text(", {} {}", {Field::cells, Field::cells == 1 ? "cell" : "cells"});
  return line + (Field::may_miss ? ", may be missing" : "");
}

}  // namespace detail

template <class Type>
[[nodiscard]] std::vector<std::string> record_schema() {
  std::vector<std::string> lines = {detail::format_text("record: {}", {detail::type_name<Type>()})};
  RecordLayout<Type>::for_each([&]<class Field>(const Field& field, auto /*index*/) {
    if constexpr (Field::role == detail::Role::weight) {
      lines.push_back(detail::format_text("weight: {}", {Field::name}));
    } else {
      lines.push_back(detail::describe_field(field));
    }
  });
  return lines;
}

}  // namespace betavae
