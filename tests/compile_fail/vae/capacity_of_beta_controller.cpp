// SPDX-License-Identifier: MIT
// A controller of β raises it to lower the rate; as a capacity it would run away.
// expect: betavae: CapacityElbo: this controller sets a beta, which lowers the rate where a capacity raises it: give it to BetaElbo
#include <betavae/train/controller/pid.hpp>
#include <betavae/vae/objective/beta_elbo.hpp>
#include <betavae/vae/objective/capacity_elbo.hpp>

namespace bv = betavae;

double first() {
#ifdef BETAVAE_MUST_FAIL
  return bv::CapacityElbo{bv::PidController({.rate = 10})}.capacity();
#else
  return bv::BetaElbo{bv::PidController({.rate = 10})}.beta();
#endif
}
