// SPDX-License-Identifier: MIT
// A rate–distortion curve over β: its points, the slopes between them, and the β that a rate or a distortion takes.
//
// Between two β, R is read linearly in ln β and D linearly in β. The two agree with dD = −β dR, and are exact for the linear model
// between thresholds, where R = Σ ½ ln(ζᵢ²/βη²) and D = ½kβ + …: Shannon's reverse water-filling, with the slope (β₂ − β₁)/ln(β₂/β₁).
//
// At a threshold β* a latent dies: there the linear model's R in ln β and D in β have a kink, to either side of which the chord is off.
// One threshold between β₁ and β₂ puts the rate that is read, for the true one at the same β, too high by at most
//
//     ½ ln(β*/β₁) ln(β₂/β*)/ln(β₂/β₁) ≤ ⅛ ln(β₂/β₁),   and the distortion too low by ½ (β* − β₁)(β₂ − β*)/(β₂ − β₁) ≤ ⅛ (β₂ − β₁)
//
// and several thresholds their sum. So of a grid that doubles β, a rate is read to 0.09 nats a threshold. Read backwards, β is too great,
// and where the last latent dies, by all of β₂/β*: a rate near 0 has a β that only a finer grid tells.
#pragma once

#include <betavae/analysis/detail/csv_cell.hpp>
#include <betavae/core/errors.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace betavae {

/// One model, in nats.
struct RateDistortionPoint {
  double beta = 1;
  double rate = 0;
  double rate_error = 0;
  double distortion = 0;
  double distortion_error = 0;
  double mutual_information = 0;  ///< I(x; z), at most the rate and ln of its samples; NaN where it is not measured
  double mutual_information_error = 0;
  double mutual_information_bias = 0;  ///< by how much it is too small because its samples are few, see rate_split.hpp
  Index active = 0;                    ///< latents whose posterior mean varies by more than `active_variance`
  Index latents = 0;
};

/// From one β to the next.
struct RateDistortionStep {
  double slope = 0;  ///< −ΔD/ΔR; NaN where R does not move
  double slope_error = 0;
  bool falls = true;      ///< ΔR ≤ 0 and ΔD ≥ 0, within errors
  bool has_price = true;  ///< the slope lies between the two β, within errors
  double above_chord =
      0;  ///< nats by which the next point's D is above the line from this one to the one after; NaN without
  double above_chord_error = 0;
  bool is_convex = true;  ///< above_chord ≤ 0, within errors
};

/// Points in the order of their β, with β > 0. `steps` has one fewer.
struct RateDistortionCurve {
  std::vector<RateDistortionPoint> points;
  std::vector<RateDistortionStep> steps;

  [[nodiscard]] bool falls() const {
    return std::all_of(steps.begin(), steps.end(), [](auto& s) { return s.falls; });
  }
  [[nodiscard]] bool is_convex() const {
    return std::all_of(steps.begin(), steps.end(), [](auto& s) { return s.is_convex; });
  }
  [[nodiscard]] bool has_prices() const {
    return std::all_of(steps.begin(), steps.end(), [](auto& s) { return s.has_price; });
  }

  /// The least β whose rate is no more than this. Errors: ArgumentError for a rate outside of the curve's.
  [[nodiscard]] double beta_for_rate(double rate) const {
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

  /// The greatest β whose distortion is no more than this. Errors: ArgumentError for a distortion outside of the curve's.
  [[nodiscard]] double beta_for_distortion(double distortion) const {
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

  /// One line a β under a header, with all digits; the step is that to the next β, and what is not there is an empty cell.
  [[nodiscard]] std::string csv() const {
    std::string text =
        "beta,rate,rate_error,distortion,distortion_error,mutual_information,mutual_information_error,"
        "mutual_information_bias,active,latents,slope,slope_error,above_chord,above_chord_error\n";
    for (std::size_t i = 0; i < points.size(); ++i) {
      const RateDistortionPoint& p = points[i];
      const RateDistortionStep s = i < steps.size() ? steps[i] : no_step();
      text += detail::csv_line({p.beta, p.rate, p.rate_error, p.distortion, p.distortion_error, p.mutual_information,
                                p.mutual_information_error, p.mutual_information_bias, static_cast<double>(p.active),
                                static_cast<double>(p.latents), s.slope, s.slope_error, s.above_chord,
                                s.above_chord_error});
    }
    return text;
  }

  [[nodiscard]] static RateDistortionStep no_step() {
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    return {none, none, true, true, none, none, true};
  }

 private:
  /// The numbers that rise (sign 1) or fall (−1) with β and are nearest to those measured: neighbours that do not are replaced by their
  /// mean.
  [[nodiscard]] std::vector<double> monotone(double RateDistortionPoint::*member, double sign) const {
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

  static void require_inside(std::string_view where, std::string_view argument, double nats,
                             const std::vector<double>& of_curve) {
    require(!of_curve.empty(), where, "points", "at least one", 0);
    const auto [least, most] = std::minmax(of_curve.front(), of_curve.back());
    if (!(nats >= least && nats <= most)) {
      detail::fail<ArgumentError>(where, argument,
                                  detail::format_text("from {} to {} nats, the curve's", {least, most}), nats);
    }
  }
};

}  // namespace betavae

/// β 4: rate 6.900 ± 0.020 nats  distortion 249.80 ± 0.40 nats  I(x; z) 5.90 ± 0.02 nats  active 8/20
template <>
struct fmt::formatter<betavae::RateDistortionPoint> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const betavae::RateDistortionPoint& p, Context& context) const {
    using betavae::detail::format_text;
    std::string text =
        format_text("β {}: rate {} ± {} nats  distortion {} ± {} nats",
                    {p.beta, {p.rate, 3}, {p.rate_error, 3}, {p.distortion, 2}, {p.distortion_error, 2}});
    if (!std::isnan(p.mutual_information)) {
      text += format_text("  I(x; z) {} ± {} nats", {{p.mutual_information, 2}, {p.mutual_information_error, 2}});
    }
    if (p.mutual_information_bias > p.mutual_information_error) {
      text += format_text(" (at least {} too small)", {{p.mutual_information_bias, 2}});
    }
    text += format_text("  active {}/{}", {p.active, p.latents});
    return std::copy(text.begin(), text.end(), context.out());
  }
};

/// −ΔD/ΔR 4.321 ± 0.022, and whatever of it is not as theory has it
template <>
struct fmt::formatter<betavae::RateDistortionStep> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const betavae::RateDistortionStep& step, Context& context) const {
    const std::string text =
        betavae::detail::format_text("−ΔD/ΔR {} ± {}{}{}{}", {{step.slope, 3},
                                                              {step.slope_error, 3},
                                                              step.has_price ? "" : "  not between the two β",
                                                              step.falls ? "" : "  not falling",
                                                              step.is_convex ? "" : "  not convex"});
    return std::copy(text.begin(), text.end(), context.out());
  }
};

/// A line for each point, and one for the step from it to the next; then what the curve as a whole is.
template <>
struct fmt::formatter<betavae::RateDistortionCurve> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const betavae::RateDistortionCurve& curve, Context& context) const {
    std::string text;
    for (std::size_t i = 0; i < curve.points.size(); ++i) {
      text += fmt::format("{}\n", curve.points[i]);
      if (i < curve.steps.size()) {
        text += fmt::format("  {}\n", curve.steps[i]);
      }
    }
    const auto yes_or_no = [](bool holds) { return holds ? "yes" : "no"; };
    text += betavae::detail::format_text(
        "falls: {}, convex: {}, slopes between their β: {}, within two standard errors",
        {yes_or_no(curve.falls()), yes_or_no(curve.is_convex()), yes_or_no(curve.has_prices())});
    return std::copy(text.begin(), text.end(), context.out());
  }
};
