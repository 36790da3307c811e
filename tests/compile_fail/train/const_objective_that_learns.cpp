// SPDX-License-Identifier: MIT
// An objective with a controller learns from every step, and changes.
// expect: betavae: an objective that learns changes while it trains: give fit one that is not const
#include <betavae/betavae.hpp>

/// The rate as β, for the sake of an example.
class Follower {
 public:
  template <class Terms>
  void end_step(const Terms& terms) {
    rate_ = terms.rate_per_dimension.value().sum();
  }
  template <class Terms>
  [[nodiscard]] auto operator()(const Terms& terms) const {
    return terms.distortion + rate_ * sum(terms.rate_per_dimension);
  }

 private:
  float rate_ = 1;
};

void train() {
  betavae::Vae model{betavae::dense_encoder<4, 2>(), betavae::dense_decoder<2, 4>(), betavae::Bernoulli{}};
  const betavae::Matrix<float> data = betavae::Matrix<float>::Zero(4, 8);
#ifdef BETAVAE_MUST_FAIL
  const
#endif
      Follower objective{};
  betavae::fit(model, data, objective);
}
