// SPDX-License-Identifier: MIT
// Where the rate is one number for the whole code, no dimension can have nats of its own free.
// expect: betavae: FreeBitsElbo: with this prior the rate does not fall apart into dimensions: give FreeNatsPerCode
#include <betavae/train/fit.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/objective/free_bits_elbo.hpp>

namespace bv = betavae;

/// N(0, I), whose density it gives for the code as a whole.
struct JointNormal {
  template <class Context, bv::Operand Z>
  [[nodiscard]] auto log_density(Context& context, const Z& z) const {
    return bv::sum_over_features(bv::StandardNormal{}.log_density(context, z));
  }
  template <class Scalar>
  void sample(bv::MatrixView<Scalar> z, const bv::Random& random, std::uint64_t first_sample = 0) const {
    bv::StandardNormal{}.sample(z, random, first_sample);
  }
};

void train() {
  bv::Vae model{bv::dense_encoder<4, 2>(), bv::dense_decoder<2, 4>(), bv::Bernoulli{}, JointNormal{}};
  const bv::Matrix<float> data = bv::Matrix<float>::Zero(4, 8);
#ifdef BETAVAE_MUST_FAIL
  bv::fit(model, data, bv::FreeBitsElbo{bv::FreeNatsPerDimension{0.5}});
#else
  bv::fit(model, data, bv::FreeBitsElbo{bv::FreeNatsPerCode{0.5}});
#endif
}
