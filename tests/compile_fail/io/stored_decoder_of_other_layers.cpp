// SPDX-License-Identifier: MIT
// A page knows dense layers alone: another layer could not be computed there.
// expect: betavae: StoredDecoder takes a Sequential of Dense layers
#include <betavae/io/report/stored_decoder.hpp>
#include <betavae/nn/activation.hpp>

namespace bv = betavae;

bv::Index outputs() {
#if !defined(BETAVAE_MUST_FAIL)
  return bv::StoredDecoder(bv::Sequential(bv::Dense<2, 3>(bv::Activation::tanh)), bv::Bernoulli{}).outputs();
#else
  return bv::StoredDecoder(bv::Sequential(bv::Dense<2, 3>(), bv::ActivationLayer<3>(bv::Activation::tanh)),
                           bv::Bernoulli{})
      .outputs();
#endif
}
