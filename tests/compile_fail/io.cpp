// SPDX-License-Identifier: MIT
// Files and pages.
#include <betavae/io/npy.hpp>
#include <betavae/io/report/stored_decoder.hpp>
#include <betavae/nn/activation.hpp>
#include <betavae/vae/likelihood/continuous_bernoulli.hpp>

namespace bv = betavae;

// case: io/read_npy_of_integers
// A file may hold any numbers: an integer could not take them all.
// expect: betavae: read_npy gives float, double or long double
namespace read_npy_of_integers {

bv::Index count(const std::string& path) {
#if !defined(BETAVAE_MUST_FAIL)
  return bv::read_npy<double>(path).matrix().size();
#else
  return static_cast<bv::Index>(bv::read_npy<int>(path).shape.size());
#endif
}

}  // namespace read_npy_of_integers

// case: io/stored_decoder_of_an_unknown_mean
// What the page draws is the likelihood's mean, so it must know how that comes from the decoder's output.
// expect: betavae: StoredDecoder takes the likelihoods Bernoulli, Gaussian (with any sigma) and Poisson
namespace stored_decoder_of_an_unknown_mean {

bv::Index outputs() {
  const bv::Sequential network(bv::Dense<2, 3>{});
#if !defined(BETAVAE_MUST_FAIL)
  return bv::StoredDecoder(network, bv::GaussianLearnedSigma<float>{}).outputs();
#else
  return bv::StoredDecoder(network, bv::ContinuousBernoulli{}).outputs();
#endif
}

}  // namespace stored_decoder_of_an_unknown_mean

// case: io/stored_decoder_of_other_layers
// A page knows dense layers alone: another layer could not be computed there.
// expect: betavae: StoredDecoder takes a Sequential of Dense layers
namespace stored_decoder_of_other_layers {

bv::Index outputs() {
#if !defined(BETAVAE_MUST_FAIL)
  return bv::StoredDecoder(bv::Sequential(bv::Dense<2, 3>(bv::Activation::tanh)), bv::Bernoulli{}).outputs();
#else
  return bv::StoredDecoder(bv::Sequential(bv::Dense<2, 3>(), bv::ActivationLayer<3>(bv::Activation::tanh)),
                           bv::Bernoulli{})
      .outputs();
#endif
}

}  // namespace stored_decoder_of_other_layers
