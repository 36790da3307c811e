// SPDX-License-Identifier: MIT
// expect: betavae: a likelihood needs parameters_per_value (or outputs), name, point_estimate_name, distortion, score, point_estimate, sample, fisher_information, floor and check; vae/likelihood/bernoulli.hpp is a whole one
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/vae.hpp>

namespace bv = betavae;

struct Likelihood : bv::Bernoulli {
#if defined(BETAVAE_MUST_FAIL)
  double floor(double) const = delete;
#endif
};

bv::Vae model{bv::dense_encoder<7, 2>(), bv::dense_decoder<2, 7>(), Likelihood{}};
