// SPDX-License-Identifier: MIT
// What an objective may know of a training before it begins, and the numbers that it gives a name to.
//
// An objective is any type whose const operator()(terms) makes a 1 × 1 loss in nats of a model's ElboTerms. All else is optional:
//
//     std::vector<std::string> begin_training(plan)   warnings; throws where it makes no sense for this training
//     void begin_step(step)                           before each step, counted over all calls of `fit` that share a TrainingState
//     void end_step(terms)                            after each step's gradient, before its update: for what learns from the step
//     std::vector<std::string> end_training() const   sentences on what the training did not reach; once, after its last step, also
//                                                     where early stopping or a callback ended it; `fit` adds them to the warnings
//     std::array<NamedNumber, n> settings() const     what is in force now, as β; the same names in every step
//     double loss(rate, distortion) const             of held-out data, at the settings with which training ends; else β = 1
//     Index draws() const                             codes drawn of each sample in every step, at least 1 and the same for a whole
//                                                     training; terms.z then has a column a draw (see DrawTerms in vae/elbo.hpp); else 1
//     void visit_state(f)                             what it learned, for files: see nn/state.hpp
//
// An objective with any of these that is not const must not be const in `fit`. Instead of the loss alone operator() may give an
// ObjectiveValue, with the names of what it measured on the way. vae/objective/setting.hpp has these members for a number that is under a
// schedule or a controller.
#pragma once

#include <betavae/autodiff/variable.hpp>
#include <betavae/core/index.hpp>
#include <betavae/vae/objective/named_number.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace betavae {

struct TrainingPlan {
  Index samples = 0;             ///< of the training set
  Index batch = 0;               ///< samples a step; the last of an epoch may have fewer
  std::uint64_t first_step = 0;  ///< counted over all calls of `fit` that share a TrainingState
  std::uint64_t steps = 0;       ///< that training ends after, counted alike
  double mean_weight = 1;        ///< of the samples
  bool has_weights = false;      ///< whether any sample counts more than another
};

/// A loss with what it is made of beside rate and distortion.
template <Operand Loss, std::size_t Count>
struct ObjectiveValue {
  Loss loss;  ///< 1 × 1, nats
  std::array<NamedNumber, Count> named;
};

template <Operand Loss, std::size_t Count>
ObjectiveValue(Loss, std::array<NamedNumber, Count>) -> ObjectiveValue<Loss, Count>;

namespace detail {

/// An objective that is told what training it is for.
template <class Objective>
concept BeginsTraining = requires(std::remove_const_t<Objective>& objective) {
  objective.begin_training(TrainingPlan{});
};

/// An objective that is told of every step's beginning.
template <class Objective>
concept BeginsSteps = requires(std::remove_const_t<Objective>& objective, std::uint64_t step) {
  objective.begin_step(step);
};

/// An objective that learns from every step.
template <class Objective, class Terms>
concept EndsSteps = requires(std::remove_const_t<Objective>& objective, const Terms& terms) {
  objective.end_step(terms);
};

/// The loss of what an objective gave.
template <class Value>
[[nodiscard]] const auto& loss_in(const Value& value) {
  if constexpr (requires { value.loss; }) {
    return value.loss;
  } else {
    return value;
  }
}

/// How many draws of each sample's code an objective needs.
template <class Objective>
[[nodiscard]] Index draws_of(const Objective& objective) {
  if constexpr (requires { objective.draws(); }) {
    return objective.draws();
  } else {
    return 1;
  }
}

/// The number in a 1 × 1 operand.
template <Operand X>
[[nodiscard]] double number_in(const X& x) {
  return static_cast<double>(*x.value_view().data);
}

/// The rate of all dimensions together, in nats.
template <class Terms>
[[nodiscard]] double rate_in(const Terms& terms) {
  double rate = 0;
  for (Index k = 0; k < terms.rate_per_dimension.rows(); ++k) {
    rate += static_cast<double>(terms.rate_per_dimension.value_view().data[k]);
  }
  return rate;
}

}  // namespace detail
}  // namespace betavae
