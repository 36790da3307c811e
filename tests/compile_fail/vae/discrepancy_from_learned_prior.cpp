// SPDX-License-Identifier: MIT
// The gradient by the prior's parameters would be wrong without a word.
// expect: betavae: InfoElbo needs a prior that is not learned
#include <betavae/betavae.hpp>
#include <betavae/vae/objective/info_elbo.hpp>
#include <betavae/vae/prior/diagonal_normal.hpp>

namespace bv = betavae;

void train() {
#ifdef BETAVAE_MUST_FAIL
  const bv::LearnedDiagonalNormal<2> prior;
#else
  const bv::DiagonalNormal<2> prior({0.5, 2});
#endif
  bv::Vae model{bv::dense_encoder<4, 2>(), bv::dense_decoder<2, 4>(), bv::Bernoulli{}, prior};
  const bv::Matrix<float> data = bv::Matrix<float>::Zero(4, 8);
  bv::fit(model, data, bv::InfoElbo({.alpha = 1, .lambda = 10}));
}
