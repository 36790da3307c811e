// SPDX-License-Identifier: MIT
// A chart of lines and points as SVG: axes with round ticks, labels at points, a legend, and the values of a point where the pointer,
// a finger or the keyboard goes. Without script, tooltips show them.
//
// It is drawn twice, wide and narrow, and the page shows the one that fits: text then keeps its size on a phone instead
// of shrinking with the picture.
#pragma once

#include <betavae/io/report/axis.hpp>

#include <string>
#include <vector>

namespace betavae {

struct ChartPoint {
  double x = 0;
  double y = 0;
  std::string label = {};  ///< Shown beside the point; may be empty.
};

/// Points in the order in which a line joins them.
struct ChartSeries {
  std::string name = {};
  std::vector<ChartPoint> points = {};
  bool line = true;
  bool markers = true;
};

/// Values that are not finite, or not above zero on a logarithmic axis, interrupt the line and are counted in a note.
struct LineChart {
  static constexpr bool needs_script = true;
  std::string caption = {};
  ChartAxis x = {};
  ChartAxis y = {};
  std::vector<ChartSeries> series = {};
};

/// The chart as a figure with legend (for more than one series) and caption.
BETAVAE_API std::string to_html(const LineChart& chart);

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/io/report/chart.ipp>
#endif
