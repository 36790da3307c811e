// SPDX-License-Identifier: MIT
// A table, and a list of terms with their explanations.
#pragma once

#include <betavae/core/errors.hpp>
#include <betavae/io/report/text.hpp>

#include <string>
#include <vector>

namespace betavae {

struct TableColumn {
  std::string name = {};
  bool numeric = true;  ///< Flush right, with figures of equal width.
};

/// Every row has a cell for each column. The first cell of a row is its heading.
struct ReportTable {
  std::string caption = {};
  std::vector<TableColumn> columns = {};
  std::vector<std::vector<std::string>> rows = {};
};

/// The table as a figure that scrolls sideways where the screen is narrow.
/// Errors: ArgumentError when a row has more or fewer cells than there are columns.
inline std::string to_html(const ReportTable& table) {
  std::string html = R"(<figure class="table"><div class="scroll"><table><thead><tr>)";
  const auto open = [&](std::size_t column, std::string_view tag, std::string_view attributes) {
    html += fmt::format("<{}{}{}>", tag, attributes, table.columns[column].numeric ? R"( class="number")" : "");
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

struct Term {
  std::string name = {};
  std::string text = {};
};

/// Names with a sentence or a value each: an explanation of words, or facts about a run. Compact sets them side by side
/// in small type.
struct TermList {
  std::vector<Term> terms = {};
  bool compact = false;
};

inline std::string to_html(const TermList& list) {
  std::string html = list.compact ? R"(<dl class="compact">)" : "<dl>";
  for (const Term& term : list.terms) {
    html += "<div><dt>" + escape_html(term.name) + "</dt><dd>" + escape_html(term.text) + "</dd></div>";
  }
  return html + "</dl>\n";
}

}  // namespace betavae
