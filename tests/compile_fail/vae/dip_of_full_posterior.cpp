// SPDX-License-Identifier: MIT
// expect: betavae: the moments of DIP-VAE are known for diagonal Gaussian posteriors alone
#include <betavae/vae/full_gaussian_posterior.hpp>
#include <betavae/vae/objective/dip.hpp>

namespace bv = betavae;

using Codes = bv::Constant<float, 2>;

#if !defined(BETAVAE_MUST_FAIL)
using Posterior = bv::GaussianPosterior<Codes, Codes>;
#else
using Posterior = bv::FullGaussianPosterior<Codes, Codes, bv::Constant<float, 1>>;
#endif

void measure(const Posterior& posterior) { (void)bv::dip_penalty(posterior, {}); }
