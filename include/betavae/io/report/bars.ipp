// SPDX-License-Identifier: MIT
// How bar charts are drawn.
#pragma once

#include <betavae/io/report/bars.hpp>
#include <betavae/io/report/drawing.ipp>

#include <algorithm>
#include <cmath>

namespace betavae {

namespace detail {

/// A bar from zero, its free end rounded.
BETAVAE_DEFINITION std::string bar_path(double x, double width, double zero, double end) {
  const double radius = std::min({3.0, width / 2, std::abs(zero - end)});
  const double turn = end < zero ? radius : -radius;
  return format_text("M{} {}V{}q0 {} {} {}h{}q{} 0 {} {}V{}z", {{x, 1},
                                                                {zero, 1},
                                                                {end + turn, 1},
                                                                {-turn, 1},
                                                                {radius, 1},
                                                                {-turn, 1},
                                                                {width - 2 * radius, 1},
                                                                {radius, 1},
                                                                {radius, 1},
                                                                {turn, 1},
                                                                {zero, 1}});
}

/// Every how many bars a label has room.
BETAVAE_DEFINITION std::size_t label_stride(const BarChart& chart, double pitch, double font_size) {
  Index longest = 1;
  for (const Bar& bar : chart.bars) {
    longest = std::max(longest, character_count(bar.label));
  }
  const double room = 0.58 * font_size * static_cast<double>(longest) + 2;
  return static_cast<std::size_t>(std::max(1.0, std::ceil(room / pitch)));
}

/// A bar with its tooltip; the whole column above and below it can be hit.
BETAVAE_DEFINITION void draw_bar(std::string& html, const Frame& frame, const Scale& scale, const ChartAxis& axis,
                                 const Bar& bar, double centre, double pitch) {
  const bool shown = can_show(bar.value, false);
  html += format_text(R"(<g class="point"><title>{}: {}</title>)",
                      {escape_html(bar.label), shown ? axis_value(axis, bar.value) : "no finite value"});
  if (shown) {
    const double width = std::clamp(0.72 * pitch, 0.5, 36.0);
    html += format_text(R"(<path class="bar" d="{}"/>)",
                        {bar_path(centre - width / 2, width, frame.y(scale.at(0)), frame.y(scale.at(bar.value)))});
  }
  html += format_text(R"(<path class="reach" d="M{} {}h{}V{}h{}z"/></g>)",
                      {{centre - pitch / 2, 1}, {frame.top, 1}, {pitch, 1}, {frame.bottom, 1}, {-pitch, 1}});
}

BETAVAE_DEFINITION std::string draw_bars(const BarChart& chart, const ChartAxis& axis, const Scale& scale) {
  const double font_size = 11;
  const Frame frame{340, 190, tick_room(scale, font_size), 340, 10, 166, font_size};
  const std::string description = format_text("{}: {} of {} bars", {chart.title, axis.label, chart.bars.size()});
  std::string html = format_text(R"(<svg viewBox="0 0 {} {}" role="img" aria-label="{}" class="series-1">)",
                                 {frame.width, frame.height, escape_html(description)});
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
BETAVAE_DEFINITION Scale shared_scale(const BarCharts& charts) {
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

BETAVAE_DEFINITION std::string to_html(const BarCharts& charts) {
  const detail::Scale scale = detail::shared_scale(charts);
  std::string html = detail::format_text(R"(<figure class="multiples"><p class="name">{}</p><div class="tiles">)",
                                         {detail::axis_title(charts.axis)});
  for (const BarChart& chart : charts.charts) {
    html += detail::format_text(R"(<div class="tile"><p class="tile-title">{}</p>{}</div>)",
                                {escape_html(chart.title), detail::draw_bars(chart, charts.axis, scale)});
  }
  html += "</div>";
  if (!charts.caption.empty()) {
    html += detail::format_text("<figcaption>{}</figcaption>", {escape_html(charts.caption)});
  }
  return html + "</figure>\n";
}

BETAVAE_DEFINITION std::string to_html(const BarChart& chart) { return to_html(BarCharts{.charts = {chart}}); }

}  // namespace betavae
