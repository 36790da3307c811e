// SPDX-License-Identifier: MIT
// A bound of the variance is a bound of the rate for one prior alone.
// expect: betavae: a CommittedEncoder keeps its rate under the prior StandardNormal alone
#include <betavae/vae/committed_encoder.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/vae.hpp>

namespace bv = betavae;

struct Prior : bv::StandardNormal {};

auto model() {
  return bv::Vae{bv::CommittedEncoder(bv::dense_encoder<4, 2>(), 1.0), bv::dense_decoder<2, 4>(), bv::Bernoulli{},
#ifdef BETAVAE_MUST_FAIL
                 Prior{}
#else
                 bv::StandardNormal{}
#endif
  };
}
