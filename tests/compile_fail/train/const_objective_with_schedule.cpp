// SPDX-License-Identifier: MIT
// An objective that is told of every step changes.
// expect: betavae: an objective with a schedule changes while it trains: give fit one that is not const
#include <betavae/betavae.hpp>

/// β from 0 to 1 in a hundred steps.
class Rising {
 public:
  void begin_step(std::uint64_t step) { beta_ = step < 100 ? static_cast<float>(step) / 100 : 1.0F; }
  template <class Terms>
  [[nodiscard]] auto operator()(const Terms& terms) const {
    return terms.distortion + beta_ * sum(terms.rate_per_dimension);
  }

 private:
  float beta_ = 0;
};

void train() {
  betavae::Vae model{betavae::dense_encoder<4, 2>(), betavae::dense_decoder<2, 4>(), betavae::Bernoulli{}};
  const betavae::Matrix<float> data = betavae::Matrix<float>::Zero(4, 8);
#ifdef BETAVAE_MUST_FAIL
  const
#endif
      Rising objective{};
  betavae::fit(model, data, objective);
}
