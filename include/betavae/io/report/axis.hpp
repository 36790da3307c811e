// SPDX-License-Identifier: MIT
// An axis of a chart: from numbers to places, with ticks at round numbers.
//
// Ticks stand at multiples of 1, 2 or 5 times a power of ten, and the axis ends at ticks (after Heckbert, "Nice Numbers
// for Graph Labels", Graphics Gems, 1990). A logarithmic axis has its ticks at 1, 2 and 5 times powers of ten, or at
// powers of ten alone when it is long.
#pragma once

#include <betavae/core/form.hpp>

#include <cmath>
#include <span>
#include <string>
#include <vector>

namespace betavae {

/// What an axis shows.
struct ChartAxis {
  std::string label;       ///< The quantity: "rate".
  std::string unit = {};   ///< Its unit, in brackets behind the label and behind numbers: "nats". May be empty.
  bool log_scale = false;  ///< Logarithmic; values that are not above zero are then left out, and counted in a note.
};

namespace detail {

struct Tick {
  double value;
  std::string text;
};

/// A range of values that ends at ticks. `at` gives 0 for the low end and 1 for the high end.
struct Scale {
  double low = 0;
  double high = 1;
  bool log_scale = false;
  std::vector<Tick> ticks = {};

  [[nodiscard]] double at(double value) const {
    if (log_scale) {
      // Differences of logarithms: the quotient of the ends may overflow.
      return (std::log10(value) - std::log10(low)) / (std::log10(high) - std::log10(low));
    }
    return (value - low) / (high - low);
  }
};

/// A scale that holds all values that can be shown; from 0 (or 1) to 1 (or 10) where there are none.
BETAVAE_API Scale make_scale(std::span<const double> values, bool logarithmic, int most_ticks);

}  // namespace detail
}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/io/report/axis.ipp>
#endif
