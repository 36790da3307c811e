// SPDX-License-Identifier: MIT
// The discretized logistic likelihood of values on a grid of levels, such as bytes: the probability that a logistic number rounds to
// the level, the first and the last taking the tails (Kingma, Salimans, Jozefowicz, Chen, Sutskever and Welling, 2016; Salimans,
// Karpathy, Chen and Kingma, 2017):
//
//     P(x|m, s) = σ((x + h − m)/s) − σ((x − h − m)/s),    x = k/(L − 1),  k = 0 … L − 1,  h = ½/(L − 1)
//
// Values are bytes as images have them here, k/255 in [0, 1], and nats are those of a probability: L levels cost at most what a code
// of L words costs. Parameters from the decoder, planar: m and then ln s, in the units of x. With u and v the two arguments above, the
// score of an inner level is
//
//     in m:  (σ(v) − σ(−u))/s,      in ln s:  v σ(v) − u σ(−u) − w/(eʷ − 1),   w = 1/((L − 1) s)
//
// Expected Fisher information: of its diagonal, by the sum over all levels. The offset of a sample is added to m. |ln s| counts as at
// most 300 and |m| as at most 10¹⁰⁰; nats are finite for all. Include this header where you need it: betavae.hpp leaves it out.
#pragma once

#include <betavae/nn/state.hpp>
#include <betavae/vae/likelihood/detail/logistic_interval.hpp>
#include <betavae/vae/likelihood/detail/pointwise.hpp>

#include <algorithm>

namespace betavae {

class DiscretizedLogistic : public detail::Pointwise<DiscretizedLogistic, 2> {
 public:
  static constexpr std::string_view name = "DiscretizedLogistic";
  static constexpr std::string_view point_estimate_name = "median";  ///< and mode
  static constexpr std::string_view domain = "a level of the grid in [0, 1], a multiple of 1/(levels - 1)";
  static constexpr std::array<double, 2> bounds = {detail::wide_bound, detail::log_bound};
  static constexpr bool takes_offset = true;
  static constexpr detail::CommonParameters common_parameters{1, 1, 0};

  /// Errors: ArgumentError unless 2 ≤ levels ≤ 65536.
  explicit DiscretizedLogistic(int levels = 256) : levels_(levels) {
    require(levels >= 2 && levels <= 65536, name, "levels", "a number from 2 to 65536", levels);
  }

  [[nodiscard]] int levels() const { return levels_; }
  [[nodiscard]] std::vector<std::string> schema() const { return {detail::schema_line("levels", levels_)}; }

  /// −ln P(x|p) in nats and, unless null, its derivatives in m and ln s. An x between two levels counts as the nearer one.
  template <class Number>
  [[nodiscard]] Number nats(const Number* p, Number x, Number* partial) const {
    using std::exp;
    using std::round;
    const Number steps(levels_ - 1);
    const Number level = round(Number(x * steps));
    const Number sharpness = exp(-p[1]);
    const Number upper = ((level + Number(0.5)) / steps - p[0]) * sharpness;
    const Number lower = ((level - Number(0.5)) / steps - p[0]) * sharpness;
    const Number width = sharpness / steps;
    const auto interval = detail::logistic_interval(!(level >= steps), upper, !(level <= Number(0)), lower, width);
    if (partial != nullptr) {
      partial[0] = -(interval.by_upper + interval.by_lower) * sharpness;
      partial[1] = -(upper * interval.by_upper + lower * interval.by_lower) - width * interval.by_width;
    }
    return interval.nats;
  }

  template <class Number>
  void information(const Number* p, Number* diagonal) const {
    using std::exp;
    diagonal[0] = diagonal[1] = Number(0);
    for (int level = 0; level < levels_; ++level) {
      Number partial[2];
      const Number probability = exp(-nats(p, Number(level) / Number(levels_ - 1), partial));
      if (probability > Number(0)) {  // else its score may be infinite
        diagonal[0] += probability * partial[0] * partial[0];
        diagonal[1] += probability * partial[1] * partial[1];
      }
    }
  }

  template <class Number>
  [[nodiscard]] Number estimate(const Number* p) const {
    return nearest_level(p[0]);
  }

  [[nodiscard]] double draw(const double* p, detail::Draws& draws) const {
    const double u = draws.open_uniform();
    return nearest_level(p[0] + std::exp(p[1]) * (std::log(u) - std::log1p(-u)));
  }

  /// Within a hundredth of the distance between levels, since float rounds k/255.
  [[nodiscard]] bool contains(double x) const {
    const double level = x * (levels_ - 1);
    return x >= 0 && x <= 1 && std::abs(level - std::round(level)) <= 0.01;
  }

  /// The least distortion of a value, in nats: 0, where its level is certain.
  [[nodiscard]] double floor(double /*x*/) const { return 0; }

 private:
  template <class Number>
  [[nodiscard]] Number nearest_level(Number x) const {
    using std::round;
    const Number steps(levels_ - 1);
    return round(std::clamp(x, Number(0), Number(1)) * steps) / steps;
  }

  int levels_;
};

}  // namespace betavae
