// SPDX-License-Identifier: MIT
// expect: betavae: squared_maximum_mean_discrepancy: draws of the prior are constants: nothing is differentiated by them
#include <betavae/vae/objective/maximum_mean_discrepancy.hpp>

namespace bv = betavae;

#ifdef BETAVAE_MUST_FAIL
using Draws = bv::Variable<float, 2>;
#else
using Draws = bv::Constant<float, 2>;
#endif

auto discrepancy(const bv::Variable<float, 2>& z, const Draws& draws) {
  return bv::squared_maximum_mean_discrepancy(z, draws, bv::GaussianKernel{});
}
