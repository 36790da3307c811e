// SPDX-License-Identifier: MIT
// The models whose training steps are measured, and how much work a step of each is.
#pragma once

#include <betavae/betavae.hpp>

#include <utility>
#include <vector>

namespace betavae::benchmarks {

/// 784-400-20, ReLU, Bernoulli (Kingma and Welling, 2014, at the sizes of PyTorch's example).
[[nodiscard]] inline auto dense_784_400_20() {
  return Vae{dense_encoder<784, 400, 20>(), dense_decoder<20, 400, 784>(), Bernoulli{}};
}

/// 4096-1200-1200-(2·10), ReLU; decoder 10-1200-1200-1200-4096, tanh; Bernoulli (Higgins et al., 2017, table of architectures).
[[nodiscard]] inline auto higgins() {
  return Vae{dense_encoder<4096, 1200, 1200, 10>(),
             dense_decoder<10, 1200, 1200, 1200, 4096>({.activation = Activation::tanh}), Bernoulli{}};
}

/// 7-16-8, ReLU: a record of seven numbers, four latents; Gaussian.
[[nodiscard]] inline auto record_7_16_8() {
  return Vae{dense_encoder<7, 16, 4>(), dense_decoder<4, 16, 7>(), Gaussian{1.0}};
}

/// What a training step cannot do without.
struct StepWork {
  double flop;  ///< forward, weight gradient and input gradient of every dense layer, but for the gradient of the data
  double parameters;       ///< numbers that the optimizer walks
  double optimizer_bytes;  ///< that it moves: parameter, gradient and two moments read, all but the gradient written
};

/// Counted from the model's own parameters, in the order in which it shows them: a weight is `outputs × inputs`.
template <class Model>
[[nodiscard]] StepWork step_work(Model& model, Index samples) {
  StepWork work{};
  bool is_first = true;
  visit_parameters(model, [&](const auto& /*name*/, const auto& parameter) {
    const auto size = static_cast<double>(parameter.size());
    work.parameters += size;
    if (parameter.columns() > 1) {
      work.flop += (is_first ? 2 : 3) * 2 * size * static_cast<double>(samples);
      is_first = false;
    }
  });
  work.optimizer_bytes = 7 * sizeof(typename Model::Scalar) * work.parameters;
  return work;
}

/// One model in training on one batch of random numbers in [0, 1), with as many threads as `fit` takes. The model must not move.
template <class Model>
class Training {
 public:
  Training(Model& model, Index samples)
      : model_(&model), step_(model, &threads_), data_(Matrix<Scalar>::Random(Model::features, samples) * 0.5F) {
    data_.array() += Scalar(0.5);
    shuffle(order_, samples, Random(1), 0);
  }

  /// What `fit` does for each batch: fetch, differentiate, check, update.
  void run(long steps) {
    const MatrixSet<Scalar> data(data_);
    const BetaElbo objective{1};
    for (long i = 0; i < steps; ++i) {
      step_.batch().fill(data, order_);
      step_.differentiate(objective, noise_, number_++, [](const auto&...) {});
      adam_.update(step_.gradients(), 1e-4, 1, &threads_);
    }
  }

  [[nodiscard]] StepWork work() { return step_work(*model_, data_.cols()); }

 private:
  using Scalar = typename Model::Scalar;
  Model* model_;
  Threads threads_;
  TrainingStep<Model> step_;
  Matrix<Scalar> data_;
  std::vector<Index> order_;
  Adam<Scalar> adam_;
  GaussianNoise noise_{1};
  std::uint64_t number_ = 0;
};

}  // namespace betavae::benchmarks
