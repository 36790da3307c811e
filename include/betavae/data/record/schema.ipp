// SPDX-License-Identifier: MIT
// The line of a field.
#pragma once

#include <betavae/data/record/schema.hpp>

namespace betavae::detail {

BETAVAE_DEFINITION void add_name(std::string& names, std::string_view name) {
  names += names.empty() ? "" : ", ";
  names += name;
}

BETAVAE_DEFINITION std::string describe(const DescribedField& field) {
  std::string line = format_text("{} {}: {}", {field.is_condition ? "condition" : "field", field.name, field.kind});
  if (!field.names.empty()) {
    line += format_text(" ({})", {field.names});
  }
  if (!field.likelihood.empty()) {
    line += format_text(", {}", {field.likelihood});
    for (const std::string& choice : field.choices) {
      line += format_text(" ({})", {choice});
    }
    line += field.dispersion_from_decoder ? ", dispersion from the decoder" : "";
    line += field.has_exposure ? ", with an exposure" : "";
    line += field.has_measurement_error ? ", with a measurement error" : "";
  }
  line += field.is_seen_as ? ", seen by the encoder as a function of it" : "";
  line += format_text(", {} {}", {field.cells, field.cells == 1 ? "cell" : "cells"});
  line += field.may_miss ? ", may be missing" : "";
  return line;
}

}  // namespace betavae::detail
