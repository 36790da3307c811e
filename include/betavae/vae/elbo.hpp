// SPDX-License-Identifier: MIT
// Rate and distortion of a batch: what a model gives, and what every objective is made of.
//
// Both in nats, summed over dimensions, averaged over samples (by weight, where samples have one): no other scale exists.
#pragma once

#include <betavae/autodiff/reduction.hpp>

#include <cstdint>
#include <type_traits>

namespace betavae {

/// The draws one by one, and the densities of them: for objectives that the means alone do not give. Draw k of sample j is column
/// j · count + k of all that has a column a draw.
template <Operand Nats, class PosteriorType, class PriorType, class ContextType, bool ClosedForm, bool OfBatch = false>
struct DrawTerms {
  using Scalar = typename Nats::Scalar;
  static constexpr bool rate_is_closed_form = ClosedForm;
  /// Whether the likelihood chooses its parameters by the batch, so that the distortion of a draw depends on the other draws.
  static constexpr bool likelihood_is_of_batch = OfBatch;
  /// Whether the prior knows ln p of codes Z.
  template <Operand Z>
  static constexpr bool has_log_prior = requires(const std::remove_cvref_t<PriorType>& of_codes, ContextType& on,
                                                 const Z& z) {
    of_codes.log_density(on, z);
  };

  Nats distortion;          ///< of each draw, nats: 1 × draws
  PosteriorType posterior;  ///< that each draw is of
  PriorType prior;          ///< as the model's encoder completes it, where it needs one; a reference else
  ContextType* context;     ///< of the tape that all of this lies on
  Index count = 1;          ///< draws a sample
  /// One a draw, all of them 1: what the gradient of the loss in that draw is multiplied by on its way to the encoder. An objective may
  /// write others before the reverse pass. Null where there is but one draw a sample, or no gradient.
  Scalar* gradient_factors = nullptr;

  /// ln p(z) of codes latents × draws, in nats: latents × draws for a factorial prior, else 1 × draws.
  template <Operand Z>
  [[nodiscard]] auto log_prior(const Z& z) const {
    return prior.log_density(*context, z);
  }
};

/// In terms that no model made.
struct NoDrawTerms {
  static constexpr bool rate_is_closed_form = true;
};

/// What a model computes for a batch, before any β.
template <Operand Rate, Operand Distortion, class Posterior, class Codes, class Draws = NoDrawTerms>
struct ElboTerms {
  using Scalar = typename Distortion::Scalar;
  /// Else the rate is an estimate at the draws.
  static constexpr bool rate_is_closed_form = Draws::rate_is_closed_form;

  Rate rate_per_dimension;  ///< latents × 1, nats; 1 × 1, the code's as a whole, where the prior does not fall apart
  Distortion distortion;    ///< 1 × 1, nats
  Posterior posterior;      ///< of each sample
  Codes z;  ///< the draws that the distortion was measured at, latents × samples (by as many draws as there are)
  const Scalar* weights = nullptr;  ///< one a sample, where samples have weights
  std::uint64_t step = 0;           ///< what all noise of this step is addressed by
  Draws draws = {};                 ///< a DrawTerms, where a model made this
};

template <Operand Rate, Operand Distortion, class Posterior, class Codes>
ElboTerms(Rate, Distortion, Posterior, Codes) -> ElboTerms<Rate, Distortion, Posterior, Codes>;
template <Operand Rate, Operand Distortion, class Posterior, class Codes, class Scalar, class Draws>
ElboTerms(Rate, Distortion, Posterior, Codes, const Scalar*, std::uint64_t, Draws)
    -> ElboTerms<Rate, Distortion, Posterior, Codes, Draws>;

}  // namespace betavae
