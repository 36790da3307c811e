// SPDX-License-Identifier: MIT
// What charts are drawn with: a frame with axes, pieces of text, and the marks of points, as SVG.
#pragma once

#include <betavae/core/errors.hpp>
#include <betavae/io/report/axis.ipp>
#include <betavae/io/report/labels.hpp>
#include <betavae/io/report/text.hpp>

#include <algorithm>

namespace betavae::detail {

/// Where the axes of a drawing stand, in its own units. y grows downwards.
struct Frame {
  double width;
  double height;
  double left;
  double right;
  double top;
  double bottom;
  double font_size;

  [[nodiscard]] double x(double share) const { return left + share * (right - left); }
  [[nodiscard]] double y(double share) const { return bottom - share * (bottom - top); }
};

/// Room for the numbers of a vertical axis.
BETAVAE_DEFINITION double tick_room(const Scale& scale, double font_size) {
  Index longest = 0;
  for (const Tick& tick : scale.ticks) {
    longest = std::max(longest, character_count(tick.text));
  }
  return 14 + 0.58 * font_size * static_cast<double>(longest);
}

/// Text that is already escaped; x is its start, middle or end, as its class says.
BETAVAE_DEFINITION void draw_text(std::string& html, Place at, std::string_view text_class, std::string_view escaped) {
  html += format_text(R"(<text x="{}" y="{}" class="{}">{}</text>)", {{at.x, 1}, {at.y, 1}, text_class, escaped});
}

BETAVAE_DEFINITION void draw_nothing_to_show(std::string& html, const Frame& frame) {
  draw_text(html, {frame.x(0.5), frame.y(0.55)}, "middle", "nothing to show");
}

/// A faint line and a number at each tick of the vertical axis.
BETAVAE_DEFINITION void draw_vertical_ticks(std::string& html, const Frame& frame, const Scale& scale) {
  for (const Tick& tick : scale.ticks) {
    const double place = frame.y(scale.at(tick.value));
    html += format_text(R"(<path class="grid" d="M{} {}H{}"/>)", {{frame.left, 1}, {place, 1}, {frame.right, 1}});
    draw_text(html, {frame.left - 8, place + 0.35 * frame.font_size}, "end", tick.text);
  }
}

BETAVAE_DEFINITION void draw_horizontal_axis(std::string& html, const Frame& frame, double y) {
  html += format_text(R"(<path class="axis" d="M{} {}H{}"/>)", {{frame.left, 1}, {y, 1}, {frame.right, 1}});
}

/// A short line and a number at each tick of the horizontal axis.
BETAVAE_DEFINITION void draw_horizontal_ticks(std::string& html, const Frame& frame, const Scale& scale) {
  for (const Tick& tick : scale.ticks) {
    const double place = frame.x(scale.at(tick.value));
    html += format_text(R"(<path class="axis" d="M{} {}v5"/>)", {{place, 1}, {frame.bottom, 1}});
    draw_text(html, {place, frame.bottom + 7 + frame.font_size}, "middle", tick.text);
  }
}

/// Round, square, diamond, triangle: colour is never the only difference between series.
BETAVAE_DEFINITION std::string marker(std::size_t series, Place at) {
  switch (series % 4) {
    case 0:
      return format_text(R"(<circle class="mark" cx="{}" cy="{}" r="4.5"/>)", {{at.x, 1}, {at.y, 1}});
    case 1:
      return format_text(R"(<path class="mark" d="M{} {}h8v8h-8z"/>)", {{at.x - 4, 1}, {at.y - 4, 1}});
    case 2:
      return format_text(R"(<path class="mark" d="M{} {}l5.5 5.5l-5.5 5.5l-5.5 -5.5z"/>)",
                         {{at.x, 1}, {at.y - 5.5, 1}});
    default:
      return format_text(R"(<path class="mark" d="M{} {}l5.5 9.5h-11z"/>)", {{at.x, 1}, {at.y - 6, 1}});
  }
}

}  // namespace betavae::detail
