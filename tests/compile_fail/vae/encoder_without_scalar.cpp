// SPDX-License-Identifier: MIT
// expect: betavae: an encoder needs a type Scalar, constants inputs and latents, and a const operator()(context, x) whose result has members mean and log_variance (latents x samples)
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/vae.hpp>

namespace bv = betavae;

struct Encoder {
#if !defined(BETAVAE_MUST_FAIL)
  using Scalar = float;
#endif
  static constexpr int inputs = 4;
  static constexpr int latents = 2;
  template <class Context, bv::Operand X>
  auto operator()(Context& /*context*/, const X& x) const {
    return bv::gaussian_posterior(x);
  }
};

bv::Vae model{Encoder{}, bv::dense_decoder<2, 4>(), bv::Bernoulli{}};
