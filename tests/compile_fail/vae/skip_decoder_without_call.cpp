// SPDX-License-Identifier: MIT
// expect: betavae: a decoder with skip_sizes needs a const operator()(context, z, skips)
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/skip_networks.hpp>
#include <betavae/vae/vae.hpp>

namespace bv = betavae;

/// Doubles its code, and looks at no skip.
struct Decoder {
  static constexpr int inputs = 2;
  static constexpr int outputs = 2;
  static constexpr std::array<int, 1> skip_sizes{5};

  template <class Context, bv::Operand Z>
  auto operator()(Context& /*context*/, const Z& z) const {
    return 2.0F * z;
  }
#if !defined(BETAVAE_MUST_FAIL)
  template <class Context, bv::Operand Z, class Skips>
  auto operator()(Context& /*context*/, const Z& z, const Skips& /*skips*/) const {
    return 2.0F * z;
  }
#endif
};

const bv::Vae model{bv::dense_skip_encoder<2, 5, 2>(), Decoder{}, bv::Bernoulli{}};
const auto nats = model.negative_elbo(bv::Matrix<float>::Zero(2, 1));
