// SPDX-License-Identifier: MIT
// How room for labels is found.
#pragma once

#include <betavae/io/report/labels.hpp>
#include <betavae/io/report/text.hpp>

#include <algorithm>
#include <limits>

namespace betavae::detail {

/// Whether the line from a to b enters the box: cut the line by each side in turn (Liang and Barsky, 1984).
BETAVAE_DEFINITION bool crosses(const Box& box, Place a, Place b) {
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

BETAVAE_DEFINITION double Obstacles::penalty(const Box& box) const {
  double sum = frame.contains(box) ? 0 : 8;
  for (const Box& other : boxes) {
    sum += box.overlaps(other) ? 4 : 0;
  }
  for (const auto& [a, b] : lines) {
    sum += crosses(box, a, b) ? 1 : 0;
  }
  return sum;
}

BETAVAE_DEFINITION Place place_label(Obstacles& obstacles, Place point, const std::string& text, double font_size) {
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
