// SPDX-License-Identifier: MIT
// A table, and a list of terms with their explanations.
#pragma once

#include <betavae/core/form.hpp>

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
BETAVAE_API std::string to_html(const ReportTable& table);

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

BETAVAE_API std::string to_html(const TermList& list);

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/io/report/table.ipp>
#endif
