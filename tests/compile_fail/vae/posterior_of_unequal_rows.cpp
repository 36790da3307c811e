// SPDX-License-Identifier: MIT
// expect: betavae: a Gaussian posterior needs as many log-variances as means
#include <betavae/vae/rate.hpp>

namespace bv = betavae;

#if !defined(BETAVAE_MUST_FAIL)
constexpr int log_variances = 4;
#else
constexpr int log_variances = 3;
#endif

void rate(const bv::GaussianPosterior<bv::Constant<float, 4>, bv::Constant<float, log_variances>>& posterior) {
  (void)bv::gaussian_rate(posterior);
}
