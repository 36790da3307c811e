// SPDX-License-Identifier: MIT
// Bar charts as SVG, alone or as small multiples that share one scale.
#pragma once

#include <betavae/io/report/drawing.hpp>

#include <algorithm>
#include <cmath>
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

namespace detail {

/// A bar from zero, its free end rounded.
inline std::string bar_path(double x, double width, double zero, double end) {
  const double radius = std::min({3.0, width / 2, std::abs(zero - end)});
  const double turn = end < zero ? radius : -radius;
  return fmt::format("M{:.1f} {:.1f}V{:.1f}q0 {:.1f} {:.1f} {:.1f}h{:.1f}q{:.1f} 0 {:.1f} {:.1f}V{:.1f}z", x, zero,
                     end + turn, -turn, radius, -turn, width - 2 * radius, radius, radius, turn, zero);
}

/// Every how many bars a label has room.
inline std::size_t label_stride(const BarChart& chart, double pitch, double font_size) {
  Index longest = 1;
  for (const Bar& bar : chart.bars) {
    longest = std::max(longest, character_count(bar.label));
  }
  const double room = 0.58 * font_size * static_cast<double>(longest) + 2;
  return static_cast<std::size_t>(std::max(1.0, std::ceil(room / pitch)));
}

/// A bar with its tooltip; the whole column above and below it can be hit.
inline void draw_bar(std::string& html, const Frame& frame, const Scale& scale, const ChartAxis& axis, const Bar& bar,
                     double centre, double pitch) {
  const bool shown = can_show(bar.value, false);
  fmt::format_to(output(html), R"(<g class="point"><title>{}: {}</title>)", escape_html(bar.label),
                 shown ? axis_value(axis, bar.value) : "no finite value");
  if (shown) {
    const double width = std::clamp(0.72 * pitch, 0.5, 36.0);
    fmt::format_to(output(html), R"(<path class="bar" d="{}"/>)",
                   bar_path(centre - width / 2, width, frame.y(scale.at(0)), frame.y(scale.at(bar.value))));
  }
  fmt::format_to(output(html), R"(<path class="reach" d="M{:.1f} {:.1f}h{:.1f}V{:.1f}h{:.1f}z"/></g>)",
                 centre - pitch / 2, frame.top, pitch, frame.bottom, -pitch);
}

inline std::string draw_bars(const BarChart& chart, const ChartAxis& axis, const Scale& scale) {
  const double font_size = 11;
  const Frame frame{340, 190, tick_room(scale, font_size), 340, 10, 166, font_size};
  const std::string description = fmt::format("{}: {} of {} bars", chart.title, axis.label, chart.bars.size());
  std::string html = fmt::format(R"(<svg viewBox="0 0 {} {}" role="img" aria-label="{}" class="series-1">)",
                                 frame.width, frame.height, escape_html(description));
  draw_vertical_ticks(html, frame, scale);
  const auto count = static_cast<double>(std::max<std::size_t>(1, chart.bars.size()));
  const double pitch = (frame.right - frame.left) / count;
  const std::size_t stride = label_stride(chart, pitch, font_size);
  for (std::size_t k = 0; k < chart.bars.size(); ++k) {
    const double centre = frame.left + (static_cast<double>(k) + 0.5) * pitch;
    draw_bar(html, frame, scale, axis, chart.bars[k], centre, pitch);
    if (k % stride == 0) {
      draw_text(html, {centre, frame.bottom + 5 + font_size}, "middle", escape_html(chart.bars[k].label));
    }
  }
  draw_horizontal_axis(html, frame, frame.y(scale.at(0)));
  if (chart.bars.empty()) {
    draw_nothing_to_show(html, frame);
  }
  return html + "</svg>";
}

/// One scale for all charts, from zero. Where there is nothing but zeros, the axis begins there instead of around it.
inline Scale shared_scale(const BarCharts& charts) {
  std::vector<double> values = {0};
  for (const BarChart& chart : charts.charts) {
    for (const Bar& bar : chart.bars) {
      values.push_back(bar.value);
    }
  }
  const bool all_zero =
      std::none_of(values.begin(), values.end(), [](double v) { return can_show(v, false) && v != 0; });
  if (all_zero) {
    values.push_back(1);
  }
  return make_scale(values, false, 4);
}

}  // namespace detail

/// The charts as one figure.
inline std::string to_html(const BarCharts& charts) {
  const detail::Scale scale = detail::shared_scale(charts);
  std::string html = fmt::format(R"(<figure class="multiples"><p class="name">{}</p><div class="tiles">)",
                                 detail::axis_title(charts.axis));
  for (const BarChart& chart : charts.charts) {
    fmt::format_to(detail::output(html), R"(<div class="tile"><p class="tile-title">{}</p>{}</div>)",
                   escape_html(chart.title), detail::draw_bars(chart, charts.axis, scale));
  }
  html += "</div>";
  if (!charts.caption.empty()) {
    fmt::format_to(detail::output(html), "<figcaption>{}</figcaption>", escape_html(charts.caption));
  }
  return html + "</figure>\n";
}

/// One chart alone.
inline std::string to_html(const BarChart& chart) { return to_html(BarCharts{.charts = {chart}}); }

}  // namespace betavae
