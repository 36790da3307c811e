// SPDX-License-Identifier: MIT
// expect: betavae: a full Gaussian posterior of K latents needs K (K-1)/2 numbers below the diagonal
#include <betavae/vae/full_gaussian_posterior.hpp>

namespace bv = betavae;

#if !defined(BETAVAE_MUST_FAIL)
constexpr int below_diagonal = 6;
#else
constexpr int below_diagonal = 4;
#endif

void rate(const bv::FullGaussianPosterior<bv::Constant<float, 4>, bv::Constant<float, 4>,
                                          bv::Constant<float, below_diagonal>>& posterior) {
  (void)bv::gaussian_rate(posterior);
}
