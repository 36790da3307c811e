// SPDX-License-Identifier: MIT
// Reading a curve, and writing it.
#pragma once

#include <betavae/analysis/detail/csv_cell.hpp>
#include <betavae/analysis/rate_distortion_curve.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace betavae {

BETAVAE_DEFINITION bool RateDistortionCurve::falls() const {
  return std::all_of(steps.begin(), steps.end(), [](auto& s) { return s.falls; });
}

BETAVAE_DEFINITION bool RateDistortionCurve::is_convex() const {
  return std::all_of(steps.begin(), steps.end(), [](auto& s) { return s.is_convex; });
}

BETAVAE_DEFINITION bool RateDistortionCurve::has_prices() const {
  return std::all_of(steps.begin(), steps.end(), [](auto& s) { return s.has_price; });
}

BETAVAE_DEFINITION double RateDistortionCurve::beta_for_rate(double rate) const {
  const std::vector<double> rates = monotone(&RateDistortionPoint::rate, -1);
  require_inside("beta_for_rate", "rate", rate, rates);
  std::size_t i = 0;
  while (rates[i] > rate) {
    ++i;
  }
  if (i == 0) {
    return points[0].beta;
  }
  const double part = (rates[i - 1] - rate) / (rates[i - 1] - rates[i]);
  return points[i - 1].beta * std::pow(points[i].beta / points[i - 1].beta, part);
}

BETAVAE_DEFINITION double RateDistortionCurve::beta_for_distortion(double distortion) const {
  const std::vector<double> nats = monotone(&RateDistortionPoint::distortion, 1);
  require_inside("beta_for_distortion", "distortion", distortion, nats);
  std::size_t i = nats.size() - 1;
  while (nats[i] > distortion) {
    --i;
  }
  if (i + 1 == nats.size()) {
    return points[i].beta;
  }
  const double part = (distortion - nats[i]) / (nats[i + 1] - nats[i]);
  return points[i].beta + part * (points[i + 1].beta - points[i].beta);
}

BETAVAE_DEFINITION std::string RateDistortionCurve::csv() const {
  std::string text =
      "beta,rate,rate_error,distortion,distortion_error,mutual_information,mutual_information_error,"
      "mutual_information_bias,active,latents,slope,slope_error,above_chord,above_chord_error\n";
  for (std::size_t i = 0; i < points.size(); ++i) {
    const RateDistortionPoint& p = points[i];
    const RateDistortionStep s = i < steps.size() ? steps[i] : no_step();
    text +=
        detail::csv_line({p.beta, p.rate, p.rate_error, p.distortion, p.distortion_error, p.mutual_information,
                          p.mutual_information_error, p.mutual_information_bias, static_cast<double>(p.active),
                          static_cast<double>(p.latents), s.slope, s.slope_error, s.above_chord, s.above_chord_error});
  }
  return text;
}

BETAVAE_DEFINITION RateDistortionStep RateDistortionCurve::no_step() {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  return {none, none, true, true, none, none, true};
}

BETAVAE_DEFINITION std::vector<double> RateDistortionCurve::monotone(double RateDistortionPoint::*member,
                                                                     double sign) const {
  struct Pool {
    double sum;
    std::size_t count;
    [[nodiscard]] double mean() const { return sum / static_cast<double>(count); }
  };
  std::vector<Pool> pools;
  for (const RateDistortionPoint& point : points) {
    pools.push_back({point.*member, 1});
    while (pools.size() > 1 && sign * pools[pools.size() - 2].mean() > sign * pools.back().mean()) {
      const Pool last = pools.back();
      pools.pop_back();
      pools.back() = {pools.back().sum + last.sum, pools.back().count + last.count};
    }
  }
  std::vector<double> values;
  for (const Pool& pool : pools) {
    values.insert(values.end(), pool.count, pool.mean());
  }
  return values;
}

BETAVAE_DEFINITION void RateDistortionCurve::require_inside(std::string_view where, std::string_view argument,
                                                            double nats, const std::vector<double>& of_curve) {
  require(!of_curve.empty(), where, "points", "at least one", 0);
  const auto [least, most] = std::minmax(of_curve.front(), of_curve.back());
  if (!(nats >= least && nats <= most)) {
    detail::fail<ArgumentError>(where, argument, detail::format_text("from {} to {} nats, the curve's", {least, most}),
                                nats);
  }
}

namespace detail {

BETAVAE_DEFINITION std::string text_of(const RateDistortionPoint& p) {
  std::string text = format_text("β {}: rate {} ± {} nats  distortion {} ± {} nats",
                                 {p.beta, {p.rate, 3}, {p.rate_error, 3}, {p.distortion, 2}, {p.distortion_error, 2}});
  if (!std::isnan(p.mutual_information)) {
    text += format_text("  I(x; z) {} ± {} nats", {{p.mutual_information, 2}, {p.mutual_information_error, 2}});
  }
  if (p.mutual_information_bias > p.mutual_information_error) {
    text += format_text(" (at least {} too small)", {{p.mutual_information_bias, 2}});
  }
  text += format_text("  active {}/{}", {p.active, p.latents});
  return text;
}

BETAVAE_DEFINITION std::string text_of(const RateDistortionStep& step) {
  return format_text("−ΔD/ΔR {} ± {}{}{}{}", {{step.slope, 3},
                                              {step.slope_error, 3},
                                              step.has_price ? "" : "  not between the two β",
                                              step.falls ? "" : "  not falling",
                                              step.is_convex ? "" : "  not convex"});
}

BETAVAE_DEFINITION std::string text_of(const RateDistortionCurve& curve) {
  std::string text;
  for (std::size_t i = 0; i < curve.points.size(); ++i) {
    text += text_of(curve.points[i]) + "\n";
    if (i < curve.steps.size()) {
      text += "  " + text_of(curve.steps[i]) + "\n";
    }
  }
  const auto yes_or_no = [](bool holds) { return holds ? "yes" : "no"; };
  text += format_text("falls: {}, convex: {}, slopes between their β: {}, within two standard errors",
                      {yes_or_no(curve.falls()), yes_or_no(curve.is_convex()), yes_or_no(curve.has_prices())});
  return text;
}

}  // namespace detail
}  // namespace betavae
