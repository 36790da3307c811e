// SPDX-License-Identifier: MIT
// expect: the likelihood must have the encoder's scalar type
#include <betavae/vae/likelihood/gaussian.hpp>
#include <betavae/vae/vae.hpp>

namespace bv = betavae;

int main() {
#if defined(BETAVAE_MUST_FAIL)
  const bv::GaussianLearnedSigma<float> likelihood;
#else
  const bv::GaussianLearnedSigma<double> likelihood;
#endif
  const bv::Vae model{bv::dense_encoder<double, 3, 2>(), bv::dense_decoder<double, 2, 3>(), likelihood};
  return static_cast<int>(bv::count_parameters(model) == 0);
}
