// SPDX-License-Identifier: MIT
// expect: betavae: a prior needs a member sample(MatrixView<Scalar>, Random, first_sample)
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/vae.hpp>

namespace bv = betavae;

struct Prior {
  template <class Posterior>
  auto rate(const Posterior& posterior) const {
    return bv::gaussian_rate(posterior);
  }
#if !defined(BETAVAE_MUST_FAIL)
  void sample(bv::MatrixView<float> z, const bv::Random& random, std::uint64_t first_sample) const {
    bv::StandardNormal{}.sample(z, random, first_sample);
  }
#endif
};

bv::Vae model{bv::dense_encoder<7, 2>(), bv::dense_decoder<2, 7>(), bv::Bernoulli{}, Prior{}};
