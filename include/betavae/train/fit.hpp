// SPDX-License-Identifier: MIT
// Training: epochs of shuffled batches through one step each, with schedules, clipping, early stopping and callbacks.
#pragma once

#include <betavae/train/early_stopping.hpp>
#include <betavae/train/evaluate.hpp>
#include <betavae/train/fit_options.hpp>
#include <betavae/train/training_loop.hpp>
#include <betavae/train/training_step.hpp>
#include <betavae/vae/objective/beta_elbo.hpp>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace betavae {

namespace detail {

/// Tells an objective that learns of the end of a step. Of its own, for inside of Fit the objective is no parameter any more, and
/// what an objective lacks is then an error even in a branch that is not taken.
template <class Objective, class Terms>
void end_objective_step(Objective& objective, const Terms& terms) {
  constexpr bool learns = EndsSteps<Objective, Terms>;
  static_assert(!(std::is_const_v<Objective> && learns),
                "betavae: an objective that learns changes while it trains: give fit one that is not const");
  if constexpr (learns) {
    objective.end_step(terms);
  }
}

/// One call of `fit`: what its loop trains.
template <class Model, class Data, class Objective, class NoiseSource>
class Fit : public TrainedParts {
  using Scalar = typename Model::Scalar;

 public:
  Fit(Model& model, const Data& data, Objective& objective, const FitOptions& options, const NoiseSource& noise,
      TrainingState<Scalar>& state)
      : model_(model),
        data_(data),
        objective_(objective),
        options_(options),
        noise_(noise),
        state_(state),
        threads_(require_sensible(options).threads),
        step_(model, &threads_) {
    mean_weight_ = require_valid("data", data) / static_cast<double>(data.size());
  }

  /// The weight of all samples together. Errors: ArgumentError and DataError for data that this model cannot take, before anything
  /// is trained.
  template <class AnyData>
  double require_valid(std::string_view argument, const AnyData& data) {
    double weight = 0;
    for_each_valid_batch("fit", argument, model_, data, std::min<Index>(options_.batch, 512), step_.batch(),
                         [&](Index) {
                           weight += step_.batch().weight();
                           has_weights_ = has_weights_ || step_.batch().weights() != nullptr;
                         });
    return weight;
  }

  [[nodiscard]] History run() {
    return run_training(*this, {data_.size(), mean_weight_, has_weights_}, options_, state_.step, state_.epoch);
  }

 protected:
  void begin_training(const TrainingPlan& plan, std::vector<std::string>& warnings) override {
    if constexpr (requires { model_.likelihood.warnings(); }) {
      warnings = model_.likelihood.warnings();
    }
    if constexpr (BeginsTraining<Objective>) {
      static_assert(
          requires { objective_.begin_training(TrainingPlan{}); },
          "betavae: an objective that learns of its training changes: give fit one that is not const");
      append(warnings, objective_.begin_training(plan));
    }
  }
  void end_training(std::vector<std::string>& warnings) override {
    if constexpr (requires { objective_.end_training(); }) {
      append(warnings, objective_.end_training());
    }
  }

  FilledBatch fill(std::span<const Index> samples) override {
    step_.batch().fill(data_, samples);
    return {step_.batch().weight(), step_.batch().present()};
  }

  StepResult differentiate(std::uint64_t step, double weight, EpochMeasurement& measurement) override {
    if constexpr (BeginsSteps<Objective>) {
      static_assert(!std::is_const_v<Objective>,
                    "betavae: an objective with a schedule changes while it trains: give fit one that is not const");
      objective_.begin_step(step);
    }
    return step_.differentiate(objective_, noise_, step, [&](const auto& terms, const auto& value) {
      measurement.add(terms.posterior.mean.value_view(), step_.batch().weights(), terms.rate_per_dimension.value_view(),
                      std::remove_cvref_t<decltype(terms)>::rate_is_closed_form, weight);
      measurement.named.add(value, objective_, weight);
      measurement.named.add_settings(model_, weight);
      end_objective_step(objective_, terms);
    });
  }

  void update(double learning_rate, double gradient_scale) override {
    state_.adam.update(step_.gradients(), learning_rate, gradient_scale, &threads_);
  }

  void end_epoch(double distortion, double present) override {
    if constexpr (requires { model_.likelihood.end_epoch(distortion, present); }) {
      model_.likelihood.end_epoch(distortion, present);
    }
  }

  Model& model_;
  const Data& data_;
  Objective& objective_;
  const FitOptions& options_;
  const NoiseSource& noise_;
  TrainingState<Scalar>& state_;
  Threads threads_;
  TrainingStep<Model> step_;

 private:
  double mean_weight_ = 1;
  bool has_weights_ = false;
};

/// The same with held-out data, which are measured after each epoch.
template <class Model, class Data, class HeldOut, class Objective, class NoiseSource>
class FitWithValidation : public Fit<Model, Data, Objective, NoiseSource> {
  using Base = Fit<Model, Data, Objective, NoiseSource>;

 public:
  FitWithValidation(Model& model, const Data& data, const HeldOut& held_out, Objective& objective,
                    const FitOptions& options, const NoiseSource& noise, TrainingState<typename Model::Scalar>& state)
      : Base(model, data, objective, options, noise, state),
        held_out_(held_out),
        stopping_(options.patience, options.least_improvement) {
    this->require_valid("validation", held_out);
  }

 private:
  std::optional<NegativeElbo> validate() override {
    return evaluate_set(this->model_, held_out_, {.seed = this->options_.seed}, this->threads_);
  }
  bool keep_best(Index epoch, const std::optional<NegativeElbo>& validation) override {
    stopping_.add(
        epoch, *validation, [this](const NegativeElbo& terms) { return loss(terms); }, this->model_,
        this->step_.gradients());
    return stopping_.is_out_of_patience();
  }
  Index restore_best() override { return stopping_.bring_back(this->model_, this->step_.gradients()); }

  [[nodiscard]] double loss(const NegativeElbo& terms) const {
    if constexpr (requires { this->objective_.loss(terms.rate, terms.distortion); }) {
      return this->objective_.loss(terms.rate, terms.distortion);
    } else {
      return terms.loss();
    }
  }

  const HeldOut& held_out_;
  EarlyStopping<Model> stopping_;
};

}  // namespace detail

/// Trains the model on data (features × samples: a matrix or any DataSet) for `options.epochs` epochs of shuffled batches, and
/// returns one record an epoch. `state` carries the optimizer from call to call: two calls equal one long one.
/// An objective with a schedule is told of every step, and so must not be const; it has its last state then.
/// Missing values, weights and offsets are those that the set knows of (see ObservedSet); each step goes by the weight of its batch.
/// Errors: ArgumentError for options out of range, an empty set, the wrong number of features or offsets that the likelihood does
/// not take, DataError for present values outside of the likelihood's domain and for bad weights and offsets, all before anything
/// is trained; NotFiniteError before the step's update.
template <class Model, class Data, class Objective, class NoiseSource>
History fit(Model& model, const Data& data, Objective&& objective, const FitOptions& options,
            TrainingState<typename Model::Scalar>& state, const NoiseSource& noise) {
  require(options.patience == 0, "fit", "options.patience", "0 without held-out data (see fit_with_validation)",
          options.patience);
  return detail::with_data_set(
      model, data, [&](const auto& set) { return detail::Fit(model, set, objective, options, noise, state).run(); });
}

template <class Model, class Data, class Objective>
History fit(Model& model, const Data& data, Objective&& objective, const FitOptions& options,
            TrainingState<typename Model::Scalar>& state) {
  return fit(model, data, objective, options, state, GaussianNoise(options.seed));
}

template <class Model, class Data, class Objective>
History fit(Model& model, const Data& data, Objective&& objective, const FitOptions& options = {}) {
  TrainingState<typename Model::Scalar> state{Adam<typename Model::Scalar>(options.adam)};
  return fit(model, data, objective, options, state);
}

/// The same, measuring held-out data after every epoch. With `options.patience` training stops once the validation loss has not
/// fallen for that many epochs, and the model gets the parameters of its best epoch back (`state` stays that of the last one). The
/// validation loss is the objective's loss(rate, distortion), or that of β = 1 where it has none; where a controller moves β, an epoch
/// and the best one before it are compared at the β of today.
template <class Model, class Data, class Validation, class Objective>
History fit_with_validation(Model& model, const Data& data, const Validation& validation, Objective&& objective,
                            const FitOptions& options, TrainingState<typename Model::Scalar>& state) {
  const GaussianNoise noise(options.seed);
  return detail::with_data_set(model, data, [&](const auto& set) {
    return detail::with_data_set(model, validation, [&](const auto& held_out) {
      return detail::FitWithValidation(model, set, held_out, objective, options, noise, state).run();
    });
  });
}

template <class Model, class Data, class Validation, class Objective>
History fit_with_validation(Model& model, const Data& data, const Validation& validation, Objective&& objective,
                            const FitOptions& options = {}) {
  TrainingState<typename Model::Scalar> state{Adam<typename Model::Scalar>(options.adam)};
  return fit_with_validation(model, data, validation, objective, options, state);
}

}  // namespace betavae
