// SPDX-License-Identifier: MIT
// Finds room for the labels of points in a chart, so that they hide neither each other nor points nor lines.
//
// Greedy: each label tries eight places around its point in the order that readers prefer, and takes the first with the
// lowest penalty. That is no optimum, but it is quick, and the same on every machine.
#pragma once

#include <betavae/core/form.hpp>

#include <array>
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

/// Everything in the chart that a label should not hide.
struct BETAVAE_API Obstacles {
  Box frame;
  std::vector<Box> boxes = {};
  std::vector<std::array<Place, 2>> lines = {};

  [[nodiscard]] double penalty(const Box& box) const;
};

/// The middle of the label's baseline. Adds the label to the obstacles of those that come later.
BETAVAE_API Place place_label(Obstacles& obstacles, Place point, const std::string& text, double font_size);

}  // namespace betavae::detail

#if BETAVAE_HEADER_ONLY
#include <betavae/io/report/labels.ipp>
#endif
