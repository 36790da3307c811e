// SPDX-License-Identifier: MIT
// expect: betavae: a prior needs a member sample(MatrixView<Scalar>, Random, first_sample), and one that gives nats
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/vae.hpp>

namespace bv = betavae;

struct Prior {
#if !defined(BETAVAE_MUST_FAIL)
  template <class Context, bv::Operand Z>
  auto log_density(Context& context, const Z& z) const {
    return bv::StandardNormal{}.log_density(context, z);
  }
#endif
  void sample(bv::MatrixView<float> z, const bv::Random& random, std::uint64_t first_sample) const {
    bv::StandardNormal{}.sample(z, random, first_sample);
  }
};

bv::Vae model{bv::dense_encoder<7, 2>(), bv::dense_decoder<2, 7>(), bv::Bernoulli{}, Prior{}};
