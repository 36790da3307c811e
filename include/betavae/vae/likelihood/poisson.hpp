// SPDX-License-Identifier: MIT
// The Poisson likelihood p(x|a) = λˣ e^−λ/x! for counts x = 0, 1, 2, …, with a = ln λ from the decoder.
//
//     distortion = λ − x a + ln x!,   score in a = x − λ,   Fisher information in a = λ
//
// Counts of rare independent events (Poisson, 1837). The offset of a sample is the logarithm of its exposure (time, area, library
// size), added to a: doubling the exposure adds ln 2. Computed in the saddle point form of Loader (2000), in which nothing
// cancels. |a| counts as at most 300; a float model's nats are infinite above a = 88. The Fisher information has one entry a value.
// Include this header where you need it: betavae.hpp leaves it out.
#pragma once

#include <betavae/vae/likelihood/detail/pointwise.hpp>

namespace betavae {

struct Poisson : detail::Pointwise<Poisson, 1> {
  static constexpr std::string_view name = "Poisson";
  static constexpr std::string_view point_estimate_name = "mean";
  static constexpr std::string_view domain = "a whole number of at least 0";
  static constexpr std::array<double, 1> bounds = {detail::log_bound};
  static constexpr bool takes_offset = true;

  /// −ln p(x|p) in nats and, unless null, its derivative in ln λ.
  template <class Number>
  [[nodiscard]] BETAVAE_API Number nats(const Number* p, Number x, Number* partial) const;

  template <class Number>
  void information(const Number* p, Number* diagonal) const {
    using std::exp;
    diagonal[0] = exp(p[0]);
  }

  template <class Number>
  [[nodiscard]] Number estimate(const Number* p) const {
    using std::exp;
    return exp(p[0]);
  }

  [[nodiscard]] double draw(const double* p, detail::Draws& draws) const { return detail::draw_poisson(p[0], draws); }

  [[nodiscard]] bool contains(double x) const { return detail::is_count(x); }

  /// The least distortion of a count, in nats: at λ = x. About ½ ln 2πx.
  [[nodiscard]] BETAVAE_API double floor(double x) const;
};

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/vae/likelihood/poisson.ipp>
#endif
