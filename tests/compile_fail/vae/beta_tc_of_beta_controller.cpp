// SPDX-License-Identifier: MIT
// The laws of these controllers are for a β that is the price of the rate.
// expect: betavae: BetaTotalCorrelation: this controller sets a beta that is the price of the rate
#include <betavae/train/controller/geco.hpp>
#include <betavae/vae/objective/beta_elbo.hpp>
#include <betavae/vae/objective/beta_tc.hpp>

namespace bv = betavae;

double first() {
#ifdef BETAVAE_MUST_FAIL
  return bv::BetaTotalCorrelation{bv::GecoController({.distortion = 10})}.beta();
#else
  return bv::BetaElbo{bv::GecoController({.distortion = 10})}.beta();
#endif
}
