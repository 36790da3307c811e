// SPDX-License-Identifier: MIT
// Bar charts as SVG, alone or as small multiples that share one scale.
#pragma once

#include <betavae/io/report/axis.hpp>

#include <string>
#include <vector>

namespace betavae {

struct Bar {
  std::string label = {};
  double value = 0;  ///< Not finite: the place of the bar stays empty, and its tooltip says so.
};

struct BarChart {
  std::string title = {};
  std::vector<Bar> bars = {};
};

/// Bar charts side by side, all on the same linear scale, which includes zero.
struct BarCharts {
  std::string caption = {};
  ChartAxis axis = {};
  std::vector<BarChart> charts = {};
};

/// The charts as one figure.
BETAVAE_API std::string to_html(const BarCharts& charts);

/// One chart alone.
BETAVAE_API std::string to_html(const BarChart& chart);

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/io/report/bars.ipp>
#endif
