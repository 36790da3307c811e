// SPDX-License-Identifier: MIT
// expect: betavae: an encoder needs a type Scalar, constants inputs and latents, and a const operator()(context, x) whose result has members mean and log_variance (latents x samples)
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/vae.hpp>

namespace bv = betavae;

template <class Mean, class LogVariance>
struct Posterior {
  Mean mean;
#if !defined(BETAVAE_MUST_FAIL)
  LogVariance log_variance;
#else
  LogVariance log_sigma;
#endif
};

struct Encoder {
  using Scalar = float;
  static constexpr int inputs = 5;
  static constexpr int latents = 2;
  template <class Context, bv::Operand X>
  auto operator()(Context& /*context*/, const X& x) const {
    const auto mean = bv::rows<2>(x, 0);
    return Posterior<std::remove_cv_t<decltype(mean)>, std::remove_cv_t<decltype(mean)>>{mean, bv::rows<2>(x, 2)};
  }
};

bv::Vae model{Encoder{}, bv::dense_decoder<2, 5>(), bv::Bernoulli{}};
