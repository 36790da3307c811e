// SPDX-License-Identifier: MIT
// Its targets are the moments of N(0, I).
// expect: betavae: DipElbo draws the code's variances to 1, and this prior's are others: give StandardNormal
#include <betavae/betavae.hpp>
#include <betavae/vae/objective/dip.hpp>
#include <betavae/vae/prior/diagonal_normal.hpp>

namespace bv = betavae;

#if !defined(BETAVAE_MUST_FAIL)
using Prior = bv::StandardNormal;
#else
using Prior = bv::LearnedDiagonalNormal<2>;
#endif

void train() {
  bv::Vae model{bv::dense_encoder<4, 2>(), bv::dense_decoder<2, 4>(), bv::Bernoulli{}, Prior()};
  const bv::Matrix<float> data = bv::Matrix<float>::Zero(4, 8);
  bv::fit(model, data, bv::DipElbo());
}
