// SPDX-License-Identifier: MIT
// What charts are drawn with: a frame with axes, pieces of text, and the marks of points, as SVG.
#pragma once

#include <betavae/io/report/axis.hpp>
#include <betavae/io/report/labels.hpp>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

namespace betavae::detail {

inline auto output(std::string& html) { return std::back_inserter(html); }

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
inline double tick_room(const Scale& scale, double font_size) {
  Index longest = 0;
  for (const Tick& tick : scale.ticks) {
    longest = std::max(longest, character_count(tick.text));
  }
  return 14 + 0.58 * font_size * static_cast<double>(longest);
}

/// Text that is already escaped; x is its start, middle or end, as its class says.
inline void draw_text(std::string& html, Place at, std::string_view text_class, std::string_view escaped) {
  fmt::format_to(output(html), R"(<text x="{:.1f}" y="{:.1f}" class="{}">{}</text>)", at.x, at.y, text_class, escaped);
}

inline void draw_nothing_to_show(std::string& html, const Frame& frame) {
  draw_text(html, {frame.x(0.5), frame.y(0.55)}, "middle", "nothing to show");
}

/// A faint line and a number at each tick of the vertical axis.
inline void draw_vertical_ticks(std::string& html, const Frame& frame, const Scale& scale) {
  for (const Tick& tick : scale.ticks) {
    const double place = frame.y(scale.at(tick.value));
    fmt::format_to(output(html), R"(<path class="grid" d="M{:.1f} {:.1f}H{:.1f}"/>)", frame.left, place, frame.right);
    draw_text(html, {frame.left - 8, place + 0.35 * frame.font_size}, "end", tick.text);
  }
}

inline void draw_horizontal_axis(std::string& html, const Frame& frame, double y) {
  fmt::format_to(output(html), R"(<path class="axis" d="M{:.1f} {:.1f}H{:.1f}"/>)", frame.left, y, frame.right);
}

/// A short line and a number at each tick of the horizontal axis.
inline void draw_horizontal_ticks(std::string& html, const Frame& frame, const Scale& scale) {
  for (const Tick& tick : scale.ticks) {
    const double place = frame.x(scale.at(tick.value));
    fmt::format_to(output(html), R"(<path class="axis" d="M{:.1f} {:.1f}v5"/>)", place, frame.bottom);
    draw_text(html, {place, frame.bottom + 7 + frame.font_size}, "middle", tick.text);
  }
}

/// Round, square, diamond, triangle: colour is never the only difference between series.
inline std::string marker(std::size_t series, Place at) {
  switch (series % 4) {
    case 0:
      return fmt::format(R"(<circle class="mark" cx="{:.1f}" cy="{:.1f}" r="4.5"/>)", at.x, at.y);
    case 1:
      return fmt::format(R"(<path class="mark" d="M{:.1f} {:.1f}h8v8h-8z"/>)", at.x - 4, at.y - 4);
    case 2:
      return fmt::format(R"(<path class="mark" d="M{:.1f} {:.1f}l5.5 5.5l-5.5 5.5l-5.5 -5.5z"/>)", at.x, at.y - 5.5);
    default:
      return fmt::format(R"(<path class="mark" d="M{:.1f} {:.1f}l5.5 9.5h-11z"/>)", at.x, at.y - 6);
  }
}

}  // namespace betavae::detail
