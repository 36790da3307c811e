// SPDX-License-Identifier: MIT
// Where the ticks of an axis stand.
#pragma once

#include <betavae/core/errors.hpp>
#include <betavae/io/report/axis.hpp>
#include <betavae/io/report/text.hpp>

#include <algorithm>

namespace betavae::detail {

/// Whether an axis can show the value. Beyond 1e300 even differences overflow.
BETAVAE_DEFINITION bool can_show(double value, bool log_scale) {
  return std::isfinite(value) && std::abs(value) <= 1e300 && (!log_scale || value >= 1e-300);
}

/// 1, 2 or 5 times a power of ten, at least `least`.
BETAVAE_DEFINITION double round_step(double least) {
  const double power = std::pow(10.0, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= least * (1 - 1e-9)) {
      return factor * power;
    }
  }
  return 10 * power;
}

BETAVAE_DEFINITION Scale linear_scale(double low, double high, int most_ticks) {
  const double magnitude = std::max(std::abs(low), std::abs(high));
  if (high - low <= 1e-9 * magnitude || high - low < 1e-290) {
    // One value, or values that differ by rounding: a range around them, so that they lie in the middle.
    const double half = magnitude < 1e-290 ? 1 : 0.1 * magnitude;
    low -= half;
    high += half;
  }
  const double step = round_step((high - low) / most_ticks);
  const double first = std::floor(low / step + 1e-9);
  const double last = std::ceil(high / step - 1e-9);
  Scale scale{.low = first * step, .high = last * step};
  const int decimals = static_cast<int>(std::max(0.0, -std::floor(std::log10(step) + 1e-9)));
  const double largest = std::max(std::abs(scale.low), std::abs(scale.high));
  const int significant = std::clamp(1 + static_cast<int>(std::ceil(std::log10(largest / step))), 1, 15);
  // Large numbers are written out where a power of ten would need as many digits.
  const bool plain = decimals <= 4 && (largest < 1e6 || (significant > 4 && largest < 1e10));
  for (double k = first; k <= last; ++k) {
    const double value = k * step;
    scale.ticks.push_back({value, plain ? format_fixed(value, decimals) : format_number(value, significant)});
  }
  return scale;
}

/// The k-th of … 0.5, 1, 2, 5, 10, …; the 0-th is 1.
BETAVAE_DEFINITION double log_step(int k) {
  const int decade = k >= 0 ? k / 3 : -((2 - k) / 3);
  const int place = k - 3 * decade;
  return (place == 0 ? 1.0 : place == 1 ? 2.0 : 5.0) * std::pow(10.0, decade);
}

BETAVAE_DEFINITION Scale log_scale(double low, double high, int most_ticks) {
  // The estimate is at most one step of the series away; the loops correct it.
  int first = 3 * static_cast<int>(std::floor(std::log10(low)));
  while (log_step(first + 1) <= low * (1 + 1e-9)) {
    ++first;
  }
  int last = 3 * static_cast<int>(std::ceil(std::log10(high)));
  while (log_step(last - 1) >= high * (1 - 1e-9)) {
    --last;
  }
  if (first >= last) {
    first = last - 1;
    ++last;
  }
  int stride = 1;
  if (last - first > most_ticks) {
    // Whole decades only, and every so many of them.
    first = first >= 0 ? first / 3 * 3 : -((2 - first) / 3) * 3;
    last = last >= 0 ? (last + 2) / 3 * 3 : -(-last / 3) * 3;
    stride = 3 * std::max(1, ((last - first) / 3 + most_ticks - 1) / most_ticks);
  }
  Scale scale{.low = log_step(first), .high = log_step(last), .log_scale = true};
  for (int k = first; k <= last; k += stride) {
    scale.ticks.push_back({log_step(k), format_number(log_step(k), 1)});
  }
  return scale;
}

BETAVAE_DEFINITION Scale make_scale(std::span<const double> values, bool logarithmic, int most_ticks) {
  bool any = false;
  double low = 0;
  double high = 1;
  for (const double value : values) {
    if (can_show(value, logarithmic)) {
      low = any ? std::min(low, value) : value;
      high = any ? std::max(high, value) : value;
      any = true;
    }
  }
  if (logarithmic) {
    return any ? log_scale(low, high, most_ticks) : log_scale(1, 10, most_ticks);
  }
  return linear_scale(low, high, most_ticks);
}

/// "rate (nats)".
BETAVAE_DEFINITION std::string axis_title(const ChartAxis& axis) {
  return escape_html(axis.unit.empty() ? axis.label : format_text("{} ({})", {axis.label, axis.unit}));
}

/// "rate 6.9 nats".
BETAVAE_DEFINITION std::string axis_value(const ChartAxis& axis, double value) {
  return escape_html(
      format_text("{} {}{}{}", {axis.label, format_number(value), axis.unit.empty() ? "" : " ", axis.unit}));
}

}  // namespace betavae::detail
