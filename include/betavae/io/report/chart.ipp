// SPDX-License-Identifier: MIT
// How charts are drawn.
#pragma once

#include <betavae/io/report/chart.hpp>
#include <betavae/io/report/drawing.ipp>

#include <algorithm>
#include <utility>

namespace betavae {

namespace detail {

/// A chart on its way to the page: the scales, and what labels must keep clear of.
struct ChartDrawing {
  const LineChart& chart;
  Frame frame;
  Scale x;
  Scale y;
  Obstacles obstacles;

  [[nodiscard]] bool shows(const ChartPoint& point) const {
    return can_show(point.x, x.log_scale) && can_show(point.y, y.log_scale);
  }
  [[nodiscard]] Place at(const ChartPoint& point) const { return {frame.x(x.at(point.x)), frame.y(y.at(point.y))}; }
};

BETAVAE_DEFINITION ChartDrawing start_chart(const LineChart& chart, double width, double height, int most_x_ticks) {
  std::vector<double> xs;
  std::vector<double> ys;
  for (const ChartSeries& series : chart.series) {
    for (const ChartPoint& point : series.points) {
      // A point without one coordinate must not stretch the other's axis.
      if (can_show(point.x, chart.x.log_scale) && can_show(point.y, chart.y.log_scale)) {
        xs.push_back(point.x);
        ys.push_back(point.y);
      }
    }
  }
  const double font_size = 13;
  Scale x = make_scale(xs, chart.x.log_scale, most_x_ticks);
  Scale y = make_scale(ys, chart.y.log_scale, 6);
  const Frame frame{width, height, tick_room(y, font_size), width - 22, 34, height - 52, font_size};
  return {chart, frame, std::move(x), std::move(y), Obstacles{.frame = {frame.left, 18, width, frame.bottom}}};
}

/// The line of a series, interrupted where a point cannot be shown.
BETAVAE_DEFINITION void draw_line(std::string& html, ChartDrawing& drawing, const ChartSeries& series) {
  const ChartPoint* last = nullptr;
  std::string path;
  for (const ChartPoint& point : series.points) {
    if (!drawing.shows(point)) {
      last = nullptr;
      continue;
    }
    const Place place = drawing.at(point);
    path += format_text("{}{} {}", {last == nullptr ? "M" : "L", {place.x, 1}, {place.y, 1}});
    if (last != nullptr) {
      drawing.obstacles.lines.push_back({drawing.at(*last), place});
    }
    last = &point;
  }
  if (!path.empty()) {
    html += R"(<path class="line" d=")" + path + R"("/>)";
  }
}

/// Which point of which series.
struct PointNumber {
  std::size_t series;
  std::size_t point;
};

/// A point with its values, for the script and as a tooltip. The unseen circle around it makes it easy to hit.
BETAVAE_DEFINITION void draw_point(std::string& html, const ChartDrawing& drawing, PointNumber number,
                                   const ChartPoint& point) {
  const Place place = drawing.at(point);
  const ChartSeries& series = drawing.chart.series[number.series];
  const std::string name = escape_html(point.label.empty() ? series.name : point.label);
  const std::string x = axis_value(drawing.chart.x, point.x);
  const std::string y = axis_value(drawing.chart.y, point.y);
  html += format_text(R"(<g class="point" data-at="{} {}" data-name="{}" data-x="{}" data-y="{}">)",
                      {number.series, number.point, name, x, y});
  html += format_text("<title>{}{}{}, {}</title>{}",
                      {name, name.empty() ? "" : ": ", x, y, series.markers ? marker(number.series, place) : ""});
  html += format_text(R"(<circle class="reach" cx="{}" cy="{}" r="12"/></g>)", {{place.x, 1}, {place.y, 1}});
}

/// Calls `draw(number, point)` for every point that can be shown.
template <class Draw>
void for_each_shown(const ChartDrawing& drawing, Draw draw) {
  for (std::size_t series = 0; series < drawing.chart.series.size(); ++series) {
    const std::vector<ChartPoint>& points = drawing.chart.series[series].points;
    for (std::size_t point = 0; point < points.size(); ++point) {
      if (drawing.shows(points[point])) {
        draw(PointNumber{series, point}, points[point]);
      }
    }
  }
}

/// One drawing of the chart, of the given size: axes, lines, points above all lines, labels where there is room.
BETAVAE_DEFINITION std::string draw_chart(const LineChart& chart, double width, double height, int most_x_ticks) {
  ChartDrawing drawing = start_chart(chart, width, height, most_x_ticks);
  const Frame& frame = drawing.frame;
  std::string html = format_text(R"(<svg viewBox="0 0 {} {}" role="img" aria-label="{}">)",
                                 {width, height, escape_html(chart.caption.empty() ? "Chart" : chart.caption)});
  draw_vertical_ticks(html, frame, drawing.y);
  draw_horizontal_ticks(html, frame, drawing.x);
  draw_horizontal_axis(html, frame, frame.bottom);
  draw_text(html, {0, frame.font_size}, "name", axis_title(chart.y));
  draw_text(html, {frame.right, frame.bottom + 14 + 2.2 * frame.font_size}, "name end", axis_title(chart.x));

  for (std::size_t series = 0; series < chart.series.size(); ++series) {
    if (chart.series[series].line) {
      html += format_text(R"(<g class="series-{}">)", {series % 6 + 1});
      draw_line(html, drawing, chart.series[series]);
      html += "</g>";
    }
  }
  for_each_shown(drawing, [&](PointNumber number, const ChartPoint& point) {
    html += format_text(R"(<g class="series-{}">)", {number.series % 6 + 1});
    draw_point(html, drawing, number, point);
    html += "</g>";
    const Place place = drawing.at(point);
    drawing.obstacles.boxes.push_back({place.x - 5, place.y - 5, place.x + 5, place.y + 5});
  });
  if (drawing.obstacles.boxes.empty()) {
    draw_nothing_to_show(html, frame);
  }
  for_each_shown(drawing, [&](PointNumber, const ChartPoint& point) {
    if (!point.label.empty()) {
      const Place place = place_label(drawing.obstacles, drawing.at(point), point.label, frame.font_size);
      draw_text(html, place, "middle label", escape_html(point.label));
    }
  });
  return html + "</svg>";
}

BETAVAE_DEFINITION Index hidden_points(const LineChart& chart) {
  Index count = 0;
  for (const ChartSeries& series : chart.series) {
    count += std::count_if(series.points.begin(), series.points.end(), [&](const ChartPoint& point) {
      return !can_show(point.x, chart.x.log_scale) || !can_show(point.y, chart.y.log_scale);
    });
  }
  return count;
}

BETAVAE_DEFINITION std::string chart_legend(const LineChart& chart) {
  std::string html = R"(<ul class="legend">)";
  for (std::size_t series = 0; series < chart.series.size(); ++series) {
    html += format_text(R"(<li><svg viewBox="0 0 14 14" aria-hidden="true" class="series-{}">{}</svg>{}</li>)",
                        {series % 6 + 1, marker(series, {7, 7}), escape_html(chart.series[series].name)});
  }
  return html + "</ul>";
}

}  // namespace detail

BETAVAE_DEFINITION std::string to_html(const LineChart& chart) {
  std::string html = R"(<figure class="chart">)" + (chart.series.size() > 1 ? detail::chart_legend(chart) : "");
  html += detail::format_text(R"(<div class="wide">{}</div><div class="narrow">{}</div>)",
                              {detail::draw_chart(chart, 720, 400, 8), detail::draw_chart(chart, 350, 320, 4)});
  std::string caption = escape_html(chart.caption);
  if (const Index hidden = detail::hidden_points(chart); hidden > 0) {
    caption += detail::format_text(R"(<span class="note">Not shown: {} {} without a place on the axes.</span>)",
                                   {hidden, hidden == 1 ? "point" : "points"});
  }
  return html + (caption.empty() ? "" : "<figcaption>" + caption + "</figcaption>") + "</figure>\n";
}

}  // namespace betavae
