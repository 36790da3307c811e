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

#include <betavae/core/errors.hpp>

#include <algorithm>
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

  [[nodiscard]] BETAVAE_API bool falls() const;
  [[nodiscard]] BETAVAE_API bool is_convex() const;
  [[nodiscard]] BETAVAE_API bool has_prices() const;

  /// The least β whose rate is no more than this. Errors: ArgumentError for a rate outside of the curve's.
  [[nodiscard]] BETAVAE_API double beta_for_rate(double rate) const;

  /// The greatest β whose distortion is no more than this. Errors: ArgumentError for a distortion outside of the curve's.
  [[nodiscard]] BETAVAE_API double beta_for_distortion(double distortion) const;

  /// One line a β under a header, with all digits; the step is that to the next β, and what is not there is an empty cell.
  [[nodiscard]] BETAVAE_API std::string csv() const;

  [[nodiscard]] BETAVAE_API static RateDistortionStep no_step();

 private:
  /// The numbers that rise (sign 1) or fall (−1) with β and are nearest to those measured: neighbours that do not are replaced by their
  /// mean.
  [[nodiscard]] BETAVAE_API std::vector<double> monotone(double RateDistortionPoint::*member, double sign) const;

  BETAVAE_API static void require_inside(std::string_view where, std::string_view argument, double nats,
                                         const std::vector<double>& of_curve);
};

namespace detail {

/// As fmt prints them: one line, and for a curve several.
[[nodiscard]] BETAVAE_API std::string text_of(const RateDistortionPoint& p);
[[nodiscard]] BETAVAE_API std::string text_of(const RateDistortionStep& step);
[[nodiscard]] BETAVAE_API std::string text_of(const RateDistortionCurve& curve);

}  // namespace detail
}  // namespace betavae

/// β 4: rate 6.900 ± 0.020 nats  distortion 249.80 ± 0.40 nats  I(x; z) 5.90 ± 0.02 nats  active 8/20
template <>
struct fmt::formatter<betavae::RateDistortionPoint> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const betavae::RateDistortionPoint& p, Context& context) const {
    const std::string text = betavae::detail::text_of(p);
    return std::copy(text.begin(), text.end(), context.out());
  }
};

/// −ΔD/ΔR 4.321 ± 0.022, and whatever of it is not as theory has it
template <>
struct fmt::formatter<betavae::RateDistortionStep> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const betavae::RateDistortionStep& step, Context& context) const {
    const std::string text = betavae::detail::text_of(step);
    return std::copy(text.begin(), text.end(), context.out());
  }
};

/// A line for each point, and one for the step from it to the next; then what the curve as a whole is.
template <>
struct fmt::formatter<betavae::RateDistortionCurve> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const betavae::RateDistortionCurve& curve, Context& context) const {
    const std::string text = betavae::detail::text_of(curve);
    return std::copy(text.begin(), text.end(), context.out());
  }
};

#if BETAVAE_HEADER_ONLY
#include <betavae/analysis/rate_distortion_curve.ipp>
#endif
