// SPDX-License-Identifier: MIT
// The Gaussian likelihood with a σ of its own for each value, from the decoder, and a known error of measurement e:
//
//     p(x|μ, σ) = N(μ, v),   v = σ² + e²
//
// (Nix and Weigend, 1994; errors add in quadrature since the true value and the error of its measurement are independent). Parameters
// from the decoder, planar: μ, then ln σ. Score:
//
//     in μ:  (x − μ)/v,      in ln σ:  (σ²/v) ((x − μ)²/v − 1)
//
// Expected Fisher information, which is diagonal: 1/v, and 2 (σ²/v)². The offset of a sample is added to μ. |ln σ| counts as at most
// 300; nats are infinite only where (x − μ)²/v overflows. With e > 0 the density is bounded; without, no floor keeps σ from
// shrinking on a value that is met exactly, and 1/σ² weights the errors of μ, so that poor fits learn slowly (Seitzer, Tavakoli,
// Antic and Martius, 2022): see `GaussianLearnedSigma` for one σ for all.
// Include this header where you need it: betavae.hpp leaves it out.
#pragma once

#include <betavae/core/special_functions.hpp>
#include <betavae/nn/state.hpp>
#include <betavae/vae/likelihood/detail/pointwise.hpp>

namespace betavae {

class GaussianHeteroscedastic : public detail::Pointwise<GaussianHeteroscedastic, 2> {
 public:
  static constexpr std::string_view name = "GaussianHeteroscedastic";
  static constexpr std::string_view point_estimate_name = "mean";
  static constexpr std::string_view domain = "a finite value";
  static constexpr std::array<double, 2> bounds = {detail::unbounded, detail::log_bound};
  static constexpr bool takes_offset = true;
  static constexpr detail::CommonParameters common_parameters{1, 1, 1};

  /// `measurement_error` is the standard deviation of x around the true value, in the units of x.
  /// Errors: ArgumentError unless it is at least 0 and at most 10¹⁰⁰.
  explicit GaussianHeteroscedastic(double measurement_error = 0) : error_(measurement_error) {
    require(error_ >= 0 && error_ <= detail::wide_bound, name, "measurement_error", "a number from 0 to 1e100", error_);
  }

  [[nodiscard]] double measurement_error() const { return error_; }
  [[nodiscard]] std::vector<std::string> schema() const { return {detail::schema_line("measurement_error", error_)}; }

  /// −ln p(x|p) in nats and, unless null, its derivatives in μ and ln σ.
  template <class Number>
  [[nodiscard]] Number nats(const Number* p, Number x, Number* partial) const {
    return nats_with_error(p, x, Number(error_), partial);
  }

  /// The same for a value whose own error is known, 0 ≤ error ≤ 10¹⁰⁰.
  template <class Number>
  [[nodiscard]] static Number nats_with_error(const Number* p, Number x, Number error, Number* partial) {
    using std::exp;
    using std::log;
    using std::sqrt;
    const Number own = exp(Number(2) * p[1]);
    const Number variance = own + error * error;
    const Number deviation = sqrt(variance);
    const Number z = (x - p[0]) / deviation;
    if (partial != nullptr) {
      const Number share = own / variance;
      partial[0] = -z / deviation;
      partial[1] = share > Number(0) ? Number(share * (Number(1) - z * z)) : Number(0);  // 0 · ∞ is none
    }
    const Number log_deviation = error == Number(0) ? p[1] : Number(Number(0.5) * log(variance));
    return Number(0.5) * z * z + log_deviation + Number(0.5) * detail::log_two_pi<Number>;
  }

  template <class Number>
  void information(const Number* p, Number* diagonal) const {
    using std::exp;
    const Number own = exp(Number(2) * p[1]);
    const Number variance = own + Number(error_) * Number(error_);
    diagonal[0] = Number(1) / variance;
    diagonal[1] = Number(2) * (own / variance) * (own / variance);
  }

  template <class Number>
  [[nodiscard]] Number estimate(const Number* p) const {
    return p[0];
  }

  /// A measured value: the true one and its error.
  [[nodiscard]] double draw(const double* p, detail::Draws& draws) const {
    return p[0] + std::hypot(std::exp(p[1]), error_) * draws.normal();
  }

  [[nodiscard]] bool contains(double x) const { return std::isfinite(x); }

  /// The least distortion of a value, in nats: ½ ln 2πe², or −∞ without an error of measurement.
  [[nodiscard]] double floor(double /*x*/) const {
    return error_ > 0 ? std::log(error_) + 0.5 * detail::log_two_pi<double> : -detail::unbounded;
  }

 private:
  double error_;
};

}  // namespace betavae
