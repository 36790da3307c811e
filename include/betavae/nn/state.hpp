// SPDX-License-Identifier: MIT
// What a model is beside its parameters, as files keep it: numbers learned without gradients, and lines that describe it.
//
// State: a part with such numbers has a member `visit_state(f)` that calls f("mean", mean_) for each, a double by reference, or
// f("sigma", sigma_, 0.0) for one that must lie above a limit: a file with another number is refused.
// Schema: a part with choices that no parameter's shape shows (an activation, a fixed σ, the fields of a record) has a const
// member `schema()` that gives lines "key: value" as std::vector<std::string>; two models are of one kind when all lines agree.
// Both are optional. A model calls the functions below for its parts, with their names in front.
#pragma once

#include <betavae/nn/parameter.hpp>

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace betavae {

/// Calls `visitor(name, number)` for every number of the state; nothing where there is none.
template <class Part, class Visitor>
void visit_state(Part& part, Visitor&& visitor) {
  if constexpr (std::is_const_v<Part>) {
    visit_state(const_cast<std::remove_const_t<Part>&>(part),
                detail::ConstantVisitor<std::remove_reference_t<Visitor>>{visitor});
  } else if constexpr (requires { part.visit_state(detail::IgnoringVisitor{}); }) {
    part.visit_state(std::forward<Visitor>(visitor));
  }
}

/// The same with `prefix` and a dot in front of every name.
template <class Part, class Visitor>
void visit_state(const std::string& prefix, Part& part, Visitor&& visitor) {
  visit_state(part, detail::PrefixVisitor<std::remove_reference_t<Visitor>>{prefix, visitor});
}

/// The lines that describe a model, a layer, or anything; none where it gives none.
template <class Part>
[[nodiscard]] std::vector<std::string> schema_of(const Part& part) {
  if constexpr (requires { part.schema(); }) {
    return part.schema();
  } else {
    return {};
  }
}

namespace detail {

[[nodiscard]] BETAVAE_API std::string schema_line(std::string_view key, const Shown& value);

BETAVAE_API void append_lines(std::vector<std::string>& lines, const std::string& prefix,
                              const std::vector<std::string>& of_part);

}  // namespace detail

/// Appends the part's lines, with `prefix` and a dot in front of each.
template <class Part>
void append_schema(std::vector<std::string>& lines, const std::string& prefix, const Part& part) {
  detail::append_lines(lines, prefix, schema_of(part));
}

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/nn/state.ipp>
#endif
