// SPDX-License-Identifier: MIT
// expect: betavae: the data must have the scalar type of the model
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/vae.hpp>

namespace bv = betavae;

#if !defined(BETAVAE_MUST_FAIL)
using Data = Eigen::MatrixXf;
#else
using Data = Eigen::MatrixXd;
#endif

auto encode(const Data& data) {
  const bv::Vae model{bv::dense_encoder<7, 2>(), bv::dense_decoder<2, 7>(), bv::Bernoulli{}};
  return model.encode(data);
}
