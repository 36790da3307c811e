// SPDX-License-Identifier: MIT
// The beta likelihood of values in the open interval (0, 1), by mean m and precision φ (Ferrari and Cribari-Neto, 2004):
//
//     p(x|m, φ) = x^(α−1) (1 − x)^(γ−1) Γ(φ)/(Γ(α) Γ(γ)),   α = m φ,  γ = (1 − m) φ,   mean m,  variance m (1 − m)/(1 + φ)
//
// Parameters from the decoder, planar: ℓ = logit m, then ln φ. With A = ln x − ψ(α) + ψ(φ) and C = ln(1 − x) − ψ(γ) + ψ(φ), the score
// and the diagonal of the expected Fisher information are
//
//     in ℓ:     φ m (1 − m) (A − C),      (φ m (1 − m))² (ψ′(α) + ψ′(γ))
//     in ln φ:  α A + γ C,                α² ψ′(α) + γ² ψ′(γ) − φ² ψ′(φ)
//
// The offset of a sample is added to ℓ. Computed as φ times the divergence of m from x, and what Stirling's formula leaves of the
// gamma functions, so that a large φ does not cancel. |ℓ| and |ln φ| count as at most 300; nats are finite for all. No floor keeps
// the spread from shrinking on a value that is met exactly. Include this header where you need it: betavae.hpp leaves it out.
#pragma once

#include <betavae/kernels/activation.hpp>
#include <betavae/vae/likelihood/detail/pointwise.hpp>

namespace betavae {

struct Beta : detail::Pointwise<Beta, 2> {
  static constexpr std::string_view name = "Beta";
  static constexpr std::string_view point_estimate_name = "mean";
  static constexpr std::string_view domain = "a value above 0 and below 1 (denormal numbers count as 0)";
  static constexpr std::array<double, 2> bounds = {detail::log_bound, detail::log_bound};
  static constexpr bool takes_offset = true;
  static constexpr detail::CommonParameters common_parameters{1, 1, -1};

  /// −ln p(x|p) in nats and, unless null, its derivatives in ℓ and ln φ.
  template <class Number>
  [[nodiscard]] BETAVAE_API Number nats(const Number* p, Number x, Number* partial) const;

  template <class Number>
  BETAVAE_API void information(const Number* p, Number* diagonal) const;

  template <class Number>
  [[nodiscard]] Number estimate(const Number* p) const {
    return kernels::sigmoid(p[0]);
  }

  [[nodiscard]] BETAVAE_API double draw(const double* p, detail::Draws& draws) const;
  template <class Scalar>
  [[nodiscard]] static Scalar rounded(double drawn) {
    const Scalar most = Scalar(1) - std::numeric_limits<Scalar>::epsilon() / 2;
    const Scalar positive = detail::rounded_positive<Scalar>(drawn);
    return positive > most ? most : positive;
  }

  [[nodiscard]] bool contains(double x) const { return detail::is_positive(x) && x < 1; }

  /// There is none: a density on a line rises without bound as φ grows.
  [[nodiscard]] double floor(double /*x*/) const { return -detail::unbounded; }

 private:
  template <class Number>
  struct Shapes {
    explicit Shapes(const Number* p)
        : mean(kernels::sigmoid(p[0])),
          complement(kernels::sigmoid(Number(-p[0]))),
          precision(exponential(p[1])),
          alpha(mean * precision),
          gamma(complement * precision) {}
    Number mean, complement, precision, alpha, gamma;

   private:
    static Number exponential(Number x) {
      using std::exp;
      return exp(x);
    }
  };
};

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/vae/likelihood/beta.ipp>
#endif
