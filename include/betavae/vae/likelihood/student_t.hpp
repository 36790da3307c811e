// SPDX-License-Identifier: MIT
// Student's t likelihood: a bell with heavy tails, for values with outliers, ν degrees of freedom being given (Student, 1908; in a
// VAE: Takahashi, Iwata, Yamanaka, Yamada and Yagi, 2018).
//
//     p(x|μ, σ) = Γ(½(ν+1))/(Γ(½ν) √(νπ) σ) · (1 + z²/ν)^−½(ν+1),    z = (x − μ)/σ
//
// Parameters from the decoder, planar: μ, then ln σ. Score:
//
//     in μ:  (ν + 1) z/((ν + z²) σ),      in ln σ:  (ν + 1) z²/(ν + z²) − 1
//
// Expected Fisher information, which is diagonal: (ν + 1)/((ν + 3) σ²), and 2ν/(ν + 3). The offset of a sample is added to μ.
// |ln σ| counts as at most 300; nats are infinite only where z overflows. No floor keeps σ from shrinking on a value that is met
// exactly. Include this header where you need it: betavae.hpp leaves it out.
#pragma once

#include <betavae/core/special_functions.hpp>
#include <betavae/nn/state.hpp>
#include <betavae/vae/likelihood/detail/pointwise.hpp>

#include <numbers>

namespace betavae {

class StudentT : public detail::Pointwise<StudentT, 2> {
 public:
  static constexpr std::string_view name = "StudentT";
  static constexpr std::string_view point_estimate_name = "median";  ///< and mode; the mean too for ν > 1
  static constexpr std::string_view domain = "a finite value";
  static constexpr std::array<double, 2> bounds = {detail::unbounded, detail::log_bound};
  static constexpr bool takes_offset = true;
  static constexpr detail::CommonParameters common_parameters{1, 1, 1};

  /// ν = 4 is a usual choice for data with outliers; ν = 1 is Cauchy's distribution, ν → ∞ the Gaussian.
  /// Errors: ArgumentError unless 10⁻³ ≤ degrees_of_freedom ≤ 10⁹.
  explicit StudentT(double degrees_of_freedom = 4) : nu_(degrees_of_freedom) {
    require(nu_ >= 1e-3 && nu_ <= 1e9, name, "degrees_of_freedom", "a number from 0.001 to 1e9", nu_);
    // ln of the factor, with ln Γ(h + ½) − ln Γ(h), h = ½ν, by Stirling's formula, so that a large ν does not cancel
    const long double h = 0.5L * static_cast<long double>(nu_);
    log_factor_ = h * std::log1p(0.5L / h) - 0.5L + stirling_error(h + 0.5L) - stirling_error(h) -
                  0.5L * detail::log_two_pi<long double>;
  }

  [[nodiscard]] double degrees_of_freedom() const { return nu_; }
  [[nodiscard]] std::vector<std::string> schema() const { return {detail::schema_line("degrees_of_freedom", nu_)}; }

  /// −ln p(x|p) in nats and, unless null, its derivatives in μ and ln σ.
  template <class Number>
  [[nodiscard]] Number nats(const Number* p, Number x, Number* partial) const {
    using std::abs;
    using std::exp;
    using std::log;
    using std::log1p;
    using std::sqrt;
    const Number nu(nu_);
    const Number precision = exp(-p[1]);
    const Number z = (x - p[0]) * precision;
    const bool is_near = abs(z) <= Number(1);
    if (partial != nullptr) {  // far out, in terms of 1/z, since z² may overflow
      partial[0] = -(nu + Number(1)) * precision * (is_near ? z / (nu + z * z) : Number(1) / (z + nu / z));
      partial[1] =
          Number(1) - (nu + Number(1)) * (is_near ? z * z / (nu + z * z) : Number(1) / (Number(1) + nu / z / z));
    }
    const Number y = abs(z) / sqrt(nu);
    const Number tail = y < Number(1e150) ? log1p(y * y) : Number(2) * log(y);
    return p[1] - Number(log_factor_) + Number(0.5) * (nu + Number(1)) * tail;
  }

  template <class Number>
  void information(const Number* p, Number* diagonal) const {
    using std::exp;
    const Number nu(nu_);
    diagonal[0] = (nu + Number(1)) / (nu + Number(3)) * exp(Number(-2) * p[1]);
    diagonal[1] = Number(2) * nu / (nu + Number(3));
  }

  template <class Number>
  [[nodiscard]] Number estimate(const Number* p) const {
    return p[0];
  }

  /// By the polar method of Bailey (1994), which rejects nothing.
  [[nodiscard]] double draw(const double* p, detail::Draws& draws) const {
    const double radius = std::sqrt(nu_ * std::expm1(-2 / nu_ * std::log(draws.uniform())));
    return p[0] + std::exp(p[1]) * (radius * std::cos(2 * std::numbers::pi * draws.uniform()));
  }

  [[nodiscard]] bool contains(double x) const { return std::isfinite(x); }

  /// There is none: a density on a line rises without bound as σ shrinks.
  [[nodiscard]] double floor(double /*x*/) const { return -detail::unbounded; }

 private:
  double nu_;
  long double log_factor_;  ///< ln p(μ|μ, 1)
};

}  // namespace betavae
