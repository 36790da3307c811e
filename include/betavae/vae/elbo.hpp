// SPDX-License-Identifier: MIT
// Rate and distortion of a batch: what a model gives, and what every objective is made of.
//
// Both in nats, summed over dimensions, averaged over samples (by weight, where samples have one): no other scale exists.
#pragma once

#include <betavae/autodiff/reduction.hpp>

namespace betavae {

/// What a model computes for a batch, before any β.
template <Operand Rate, Operand Distortion, class Posterior, class Codes>
struct ElboTerms {
  Rate rate_per_dimension;  ///< latents × 1, nats
  Distortion distortion;    ///< 1 × 1, nats
  Posterior posterior;      ///< of each sample
  Codes z;                  ///< the draws that the distortion was measured at, latents × samples
};

template <Operand Rate, Operand Distortion, class Posterior, class Codes>
ElboTerms(Rate, Distortion, Posterior, Codes) -> ElboTerms<Rate, Distortion, Posterior, Codes>;

}  // namespace betavae
