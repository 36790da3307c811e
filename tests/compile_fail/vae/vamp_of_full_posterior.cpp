// SPDX-License-Identifier: MIT
// expect: betavae: VampPrior needs an encoder whose posterior is diagonal
#include <betavae/vae/full_gaussian_encoder.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/prior/vamp.hpp>
#include <betavae/vae/vae.hpp>

namespace bv = betavae;

#if defined(BETAVAE_MUST_FAIL)
bv::FullGaussianEncoder encoder{bv::dense_network<float, 7, 5>()};
#else
bv::GaussianEncoder encoder{bv::dense_network<float, 7, 4>()};
#endif

bv::Vae model{encoder, bv::dense_decoder<2, 7>(), bv::Bernoulli{}, bv::VampPrior<7, 5>{}};
