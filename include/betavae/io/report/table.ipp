// SPDX-License-Identifier: MIT
// How tables and lists of terms are written.
#pragma once

#include <betavae/core/errors.hpp>
#include <betavae/io/report/table.hpp>
#include <betavae/io/report/text.hpp>

namespace betavae {

BETAVAE_DEFINITION std::string to_html(const ReportTable& table) {
  std::string html = R"(<figure class="table"><div class="scroll"><table><thead><tr>)";
  const auto open = [&](std::size_t column, std::string_view tag, std::string_view attributes) {
    html +=
        detail::format_text("<{}{}{}>", {tag, attributes, table.columns[column].numeric ? R"( class="number")" : ""});
  };
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    open(column, "th", R"( scope="col")");
    html += escape_html(table.columns[column].name) + "</th>";
  }
  html += "</tr></thead><tbody>";
  for (const std::vector<std::string>& row : table.rows) {
    require_same_size("to_html", "cells in a table's row", static_cast<Index>(row.size()), "columns",
                      static_cast<Index>(table.columns.size()));
    html += "<tr>";
    for (std::size_t column = 0; column < row.size(); ++column) {
      open(column, column == 0 ? "th" : "td", column == 0 ? R"( scope="row")" : "");
      html += escape_html(row[column]) + (column == 0 ? "</th>" : "</td>");
    }
    html += "</tr>";
  }
  html += "</tbody></table></div>";
  if (!table.caption.empty()) {
    html += "<figcaption>" + escape_html(table.caption) + "</figcaption>";
  }
  return html + "</figure>\n";
}

BETAVAE_DEFINITION std::string to_html(const TermList& list) {
  std::string html = list.compact ? R"(<dl class="compact">)" : "<dl>";
  for (const Term& term : list.terms) {
    html += "<div><dt>" + escape_html(term.name) + "</dt><dd>" + escape_html(term.text) + "</dd></div>";
  }
  return html + "</dl>\n";
}

}  // namespace betavae
