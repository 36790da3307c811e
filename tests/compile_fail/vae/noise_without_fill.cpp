// SPDX-License-Identifier: MIT
// expect: betavae: a noise needs a member fill(MatrixView<Scalar> values, std::uint64_t step, std::uint64_t first_sample) const
#include <betavae/vae/posterior.hpp>

namespace bv = betavae;

struct Noise {
#if !defined(BETAVAE_MUST_FAIL)
  void fill(bv::MatrixView<float> values, std::uint64_t step, std::uint64_t first_sample) const {
    bv::NoNoise{}.fill(values, step, first_sample);
  }
#endif
};

void draw(const bv::GaussianPosterior<bv::Constant<float>, bv::Constant<float>>& posterior) {
  (void)bv::reparameterize(posterior, Noise{}, 0);
}
