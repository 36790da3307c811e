// SPDX-License-Identifier: MIT
// expect: betavae: a decoder needs constants inputs and outputs, and a const operator()(context, z) that gives the likelihood's parameters (one column a sample), in the encoder's scalar type
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/vae.hpp>

namespace bv = betavae;

struct Decoder {
  static constexpr int inputs = 2;
#if !defined(BETAVAE_MUST_FAIL)
  static constexpr int outputs = 2;
#endif
  template <class Context, bv::Operand Z>
  auto operator()(Context& /*context*/, const Z& z) const {
    return z;
  }
};

bv::Vae model{bv::dense_encoder<2, 2>(), Decoder{}, bv::Bernoulli{}};
