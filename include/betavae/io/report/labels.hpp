// SPDX-License-Identifier: MIT
// Finds room for the labels of points in a chart, so that they hide neither each other nor points nor lines.
//
// Greedy: each label tries eight places around its point in the order that readers prefer, and takes the first with the
// lowest penalty. That is no optimum, but it is quick, and the same on every machine.
#pragma once

#include <betavae/io/report/text.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <vector>

namespace betavae::detail {

struct Place {
  double x;
  double y;
};

struct Box {
  double left;
  double top;
  double right;
  double bottom;

  [[nodiscard]] bool overlaps(const Box& other) const {
    return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
  }
  [[nodiscard]] bool contains(const Box& other) const {
    return left <= other.left && other.right <= right && top <= other.top && other.bottom <= bottom;
  }
};

/// Whether the line from a to b enters the box: cut the line by each side in turn (Liang and Barsky, 1984).
inline bool crosses(const Box& box, Place a, Place b) {
  double enter = 0;
  double leave = 1;
  const double run = b.x - a.x;
  const double rise = b.y - a.y;
  const std::array<std::array<double, 2>, 4> sides = {
      {{-run, a.x - box.left}, {run, box.right - a.x}, {-rise, a.y - box.top}, {rise, box.bottom - a.y}}};
  for (const auto& [speed, distance] : sides) {
    if (speed == 0) {
      if (distance < 0) {
        return false;
      }
    } else if (speed < 0) {
      enter = std::max(enter, distance / speed);
    } else {
      leave = std::min(leave, distance / speed);
    }
  }
  return enter < leave;
}

/// Everything in the chart that a label should not hide.
struct Obstacles {
  Box frame;
  std::vector<Box> boxes = {};
  std::vector<std::array<Place, 2>> lines = {};

  [[nodiscard]] double penalty(const Box& box) const {
    double sum = frame.contains(box) ? 0 : 8;
    for (const Box& other : boxes) {
      sum += box.overlaps(other) ? 4 : 0;
    }
    for (const auto& [a, b] : lines) {
      sum += crosses(box, a, b) ? 1 : 0;
    }
    return sum;
  }
};

/// The middle of the label's baseline. Adds the label to the obstacles of those that come later.
inline Place place_label(Obstacles& obstacles, Place point, const std::string& text, double font_size) {
  const double half_width = 0.29 * font_size * static_cast<double>(character_count(text));
  const double far_x = half_width + 9;
  const std::array<Place, 8> offsets = {{{far_x - 2, -9},
                                         {far_x, 0.35 * font_size},
                                         {0, -11},
                                         {-far_x + 2, -9},
                                         {far_x - 2, font_size + 5},
                                         {0, font_size + 8},
                                         {-far_x, 0.35 * font_size},
                                         {-far_x + 2, font_size + 5}}};
  Place best = point;
  Box best_box = {};
  double least = std::numeric_limits<double>::infinity();
  for (const Place& offset : offsets) {
    const Place place = {point.x + offset.x, point.y + offset.y};
    const Box box = {place.x - half_width, place.y - 0.8 * font_size, place.x + half_width, place.y + 0.2 * font_size};
    const double penalty = obstacles.penalty(box);
    if (penalty < least) {
      least = penalty;
      best = place;
      best_box = box;
    }
  }
  obstacles.boxes.push_back(best_box);
  return best;
}

}  // namespace betavae::detail
