// SPDX-License-Identifier: MIT
// Random numbers for one value of one sample, as many as a sampler asks for, and the samplers that several likelihoods share.
//
// Number s of value i of sample j has the address (step s, sample j, dimensions 2i and 2i + 1): a block of its own, whatever other
// values draw. So a rejection that takes another round changes no other value, and no number depends on threads or batches.
// Rejections accept within two rounds on average; after `most_rounds`, whose probability is below 10⁻⁹⁹ for valid parameters, they
// return the mode, so that no parameter, NaN included, makes them hang.
#pragma once

#include <betavae/core/form.hpp>
#include <betavae/core/random.hpp>

#include <cstdint>

namespace betavae::detail {

class BETAVAE_API Draws {
 public:
  Draws(const Random& random, std::uint64_t sample, std::uint64_t value)
      : random_(random), address_{0, sample, 2 * value} {}

  /// In (0, 1].
  [[nodiscard]] double uniform();
  /// In (0, 1).
  [[nodiscard]] double open_uniform();
  [[nodiscard]] double normal();

 private:
  [[nodiscard]] NoiseAddress next() {
    const NoiseAddress now = address_;
    ++address_.step;
    return now;
  }

  Random random_;
  NoiseAddress address_;
};

inline constexpr int most_rounds = 1000;

/// ln of a gamma draw of this shape and scale 1: on a log scale, since the draws of a small shape underflow (Marsaglia and Tsang,
/// 2000, "A simple method for generating gamma variables").
[[nodiscard]] BETAVAE_API double draw_log_gamma(double shape, Draws& draws);

/// −ln of the Poisson probability of x, for a whole x ≥ 0 and a rate e^log_rate: Loader's saddle point form.
template <class Number>
[[nodiscard]] BETAVAE_API Number poisson_nats(Number log_rate, Number x);

/// A Poisson draw: by inversion below a rate of 10, then by transformed rejection with squeeze (Hörmann, 1993, algorithm PTRS). From
/// 2⁵³ on, where not every whole number is a double, the rounded normal draw.
[[nodiscard]] BETAVAE_API double draw_poisson(double log_rate, Draws& draws);

}  // namespace betavae::detail

#if BETAVAE_HEADER_ONLY
#include <betavae/vae/likelihood/detail/draws.ipp>
#endif
