// SPDX-License-Identifier: MIT
// The optimizer Adam over all parameters of a model (Kingma and Ba, 2015); the arithmetic is in kernels/adam.hpp.
#pragma once

#include <betavae/core/flush_denormals.hpp>
#include <betavae/kernels/adam.hpp>
#include <betavae/nn/gradients.hpp>

#include <cmath>
#include <vector>

namespace betavae {

struct AdamOptions {
  double first_decay = 0.9;     ///< of the mean of the gradient, called β₁ in the paper
  double second_decay = 0.999;  ///< of the mean of its square, β₂ in the paper
  double epsilon = 1e-8;
};

/// Both moments and the number of updates so far: what must be kept to go on with a training. A value.
template <class Scalar>
class BETAVAE_API Adam {
 public:
  /// Errors: ArgumentError for decays outside of [0, 1), or an epsilon that is not finite and above 0 as a Scalar.
  explicit Adam(const AdamOptions& options = {});

  [[nodiscard]] Index updates() const { return updates_; }

  /// One update of every parameter that `gradients` knows, each gradient times `gradient_scale`, on the threads where some are given.
  /// Errors: ArgumentError when the moments belong to a model of another size.
  void update(Gradients<Scalar>& gradients, double learning_rate, double gradient_scale = 1,
              Threads* threads = nullptr);

 private:
  AdamOptions options_;
  Index updates_ = 0;
  AlignedVector<Scalar> first_moment_;
  AlignedVector<Scalar> second_moment_;
};

template <class Scalar>
Adam<Scalar>::Adam(const AdamOptions& options) : options_(options) {
  const auto is_decay = [](double decay) { return decay >= 0 && decay < 1; };
  require(is_decay(options.first_decay), "Adam", "first_decay", "a number in [0, 1)", options.first_decay);
  require(is_decay(options.second_decay), "Adam", "second_decay", "a number in [0, 1)", options.second_decay);
  require(Scalar(options.epsilon) > Scalar(0) && std::isfinite(options.epsilon), "Adam", "epsilon",
          "a finite number above 0 that the scalar type can hold", options.epsilon);
}

template <class Scalar>
void Adam<Scalar>::update(Gradients<Scalar>& gradients, double learning_rate, double gradient_scale, Threads* threads) {
  const auto size = static_cast<std::size_t>(gradients.size());
  if (updates_ == 0) {
    first_moment_ = AlignedVector<Scalar>(size);
    second_moment_ = AlignedVector<Scalar>(size);
  }
  require_same_size("Adam", "moments", static_cast<Index>(first_moment_.size()), "parameters", gradients.size());
  ++updates_;
  const FlushDenormals flush;
  const auto time = static_cast<double>(updates_);
  const kernels::AdamConstants constants{learning_rate,
                                         options_.first_decay,
                                         options_.second_decay,
                                         options_.epsilon,
                                         1 - std::pow(options_.first_decay, time),
                                         1 - std::pow(options_.second_decay, time)};
  const auto update_chunk = [&](Index i) {
    const auto& chunk = gradients.chunks()[static_cast<std::size_t>(i)];
    const auto& part = gradients.parts()[chunk.part];
    const Index moment = part.offset + chunk.first;
    kernels::adam(chunk.count, part.parameter + chunk.first, gradients.data(part) + chunk.first,
                  first_moment_.data() + moment, second_moment_.data() + moment, constants, Scalar(gradient_scale));
  };
  run_tasks(threads, static_cast<Index>(gradients.chunks().size()), update_chunk);
}

#if !BETAVAE_HEADER_ONLY
#define BETAVAE_ADAM(Keyword, Scalar)                      \
  Keyword template Adam<Scalar>::Adam(const AdamOptions&); \
  Keyword template void Adam<Scalar>::update(Gradients<Scalar>&, double, double, Threads*);
BETAVAE_INSTANCES(BETAVAE_ADAM)
#endif

}  // namespace betavae
