// SPDX-License-Identifier: MIT
// expect: betavae: the total correlation is estimated for diagonal Gaussian posteriors alone
#include <betavae/vae/full_gaussian_posterior.hpp>
#include <betavae/vae/objective/total_correlation.hpp>

namespace bv = betavae;

using Codes = bv::Constant<float, 2>;

#if !defined(BETAVAE_MUST_FAIL)
using Posterior = bv::GaussianPosterior<Codes, Codes>;
#else
using Posterior = bv::FullGaussianPosterior<Codes, Codes, bv::Constant<float, 1>>;
#endif

void measure(const Posterior& posterior, const Codes& z) {
  (void)bv::total_correlation(posterior, z, {.samples = 100});
}
