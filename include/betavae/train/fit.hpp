// SPDX-License-Identifier: MIT
// Training: epochs of shuffled batches through one step each, with schedules, clipping, early stopping and callbacks.
#pragma once

#include <betavae/train/early_stopping.hpp>
#include <betavae/train/evaluate.hpp>
#include <betavae/train/fit_options.hpp>
#include <betavae/train/named_means.hpp>
#include <betavae/train/training_step.hpp>
#include <betavae/vae/objective/beta_elbo.hpp>

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>
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

/// The state of one call of `fit`.
template <class Model, class Data, class Objective, class NoiseSource>
class Fit {
  using Scalar = typename Model::Scalar;
  using Clock = std::chrono::steady_clock;

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
    const Index steps_an_epoch = (data.size() - 1) / options.batch + 1;
    require(options.epochs <= std::numeric_limits<Index>::max() / steps_an_epoch, "fit", "options.epochs",
            "so few that their steps can be counted", options.epochs);
    steps_ = options.epochs * steps_an_epoch;
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

  [[nodiscard]] Threads& threads() { return threads_; }

  /// `validate()` gives the NegativeElbo of held-out data, or nothing.
  template <class Validate>
  History run(const Validate& validate) {
    History history;
    if constexpr (requires { model_.likelihood.warnings(); }) {
      history.warnings = model_.likelihood.warnings();
    }
    if constexpr (BeginsTraining<Objective>) {
      static_assert(
          requires { objective_.begin_training(TrainingPlan{}); },
          "betavae: an objective that learns of its training changes: give fit one that is not const");
      for (std::string& warning : objective_.begin_training({.samples = data_.size(),
                                  .batch = options_.batch,
                                  .first_step = state_.step,
                                  .steps = state_.step + static_cast<std::uint64_t>(steps_),
                                  .mean_weight = mean_weight_,
                                  .has_weights = has_weights_})) {
        history.warnings.push_back(std::move(warning));
      }
    }
    EarlyStopping<Model> stopping(options_.patience, options_.least_improvement);
    start_ = Clock::now();
    for (Index epoch = 1; epoch <= options_.epochs; ++epoch) {
      Epoch result = train_epoch(epoch);
      result.validation = validate();
      if (result.validation) {
        stopping.add(
            result.epoch, *result.validation, [this](const NegativeElbo& terms) { return validation_loss(terms); },
            model_, step_.gradients());
      }
      const bool out_of_patience = stopping.is_out_of_patience();
      result.last = out_of_patience || epoch == options_.epochs;
      history.push_back(std::move(result));
      const bool goes_on = !options_.on_epoch || options_.on_epoch(history.back());
      history.stopped_early = out_of_patience;
      if (out_of_patience || !goes_on) {
        break;
      }
    }
    history.best_epoch = stopping.bring_back(model_, step_.gradients());
    if constexpr (requires { objective_.end_training(); }) {
      for (std::string& warning : objective_.end_training()) {
        history.warnings.push_back(std::move(warning));
      }
    }
    return history;
  }

 private:
  Epoch train_epoch(Index epoch) {
    const auto epoch_start = Clock::now();
    const Index number = state_.epoch + 1;
    shuffle(order_, data_.size(), Random(options_.seed, Stream::shuffle), static_cast<std::uint64_t>(number));
    Epoch sums;
    NamedMeans of_objective;
    codes_.clear();
    double total = 0;    // of the weights of the samples seen, each 1 where the data have none
    double present = 0;  // values seen, by weight
    for (Index first = 0; first < data_.size(); first += options_.batch) {
      const Index count = std::min(options_.batch, data_.size() - first);
      step_.batch().fill(data_, {order_.data() + first, static_cast<std::size_t>(count)});
      const double weight = step_.batch().weight();
      present += step_.batch().present();
      if constexpr (BeginsSteps<Objective>) {
        static_assert(!std::is_const_v<Objective>,
                      "betavae: an objective with a schedule changes while it trains: give fit one that is not const");
        objective_.begin_step(state_.step);
      }
      const auto finish = [&](const auto& terms, const auto& value) {
        codes_.add(terms.posterior.mean.value_view(), step_.batch().weights());
        sums.rate_per_dimension.resize(static_cast<std::size_t>(terms.rate_per_dimension.rows()));
        for (std::size_t k = 0; k < sums.rate_per_dimension.size(); ++k) {
          sums.rate_per_dimension[k] += weight * static_cast<double>(terms.rate_per_dimension.value_view().data[k]);
        }
        sums.latents = terms.posterior.mean.rows();
        sums.rate_is_sampled = !std::remove_cvref_t<decltype(terms)>::rate_is_closed_form;
        of_objective.add(value, objective_, weight);
        of_objective.add_settings(model_, weight);
        end_objective_step(objective_, terms);
      };
      const StepResult result = step_.differentiate(objective_, noise_, state_.step, finish);
      update(result, weight / (static_cast<double>(count) * mean_weight_), sums);
      sums.loss += weight * result.loss;
      sums.rate += weight * result.rate;
      sums.distortion += weight * result.distortion;
      total += weight;
      samples_ += count;
      if (options_.on_step) {
        options_.on_step(report(epoch, sums, total, of_objective));
      }
    }
    state_.epoch = number;
    sums.epoch = number;
    sums.step = static_cast<Index>(state_.step);
    sums.loss /= total;
    sums.rate /= total;
    sums.distortion /= total;
    for (double& rate : sums.rate_per_dimension) {
      rate /= total;
    }
    sums.of_objective = of_objective.means();
    sums.active = codes_.count_above_within_batches(active_variance);
    sums.seconds = seconds_since(epoch_start);
    sums.samples_per_second = static_cast<double>(data_.size()) / std::max(sums.seconds, 1e-9);
    if constexpr (requires { model_.likelihood.end_epoch(sums.distortion, present / total); }) {
      model_.likelihood.end_epoch(sums.distortion, present / total);
    }
    return sums;
  }

  /// `heaviness` is the weight of a sample of the batch over that of any sample, in the mean: 1 where samples have no weights. The
  /// loss is a mean by weight over the batch alone; times this its gradient is, in the mean over batches, that over all data.
  void update(const StepResult& result, double heaviness, Epoch& sums) {
    const double factor = options_.schedule ? options_.schedule(steps_done_, steps_) : 1;
    require(factor >= 0 && std::isfinite(factor), "fit", "options.schedule", "a finite factor of at least 0", factor);
    sums.learning_rate = options_.learning_rate * factor;
    sums.gradient_norm = heaviness * result.gradient_norm;
    const double scale =
        sums.gradient_norm > options_.max_gradient_norm ? options_.max_gradient_norm / result.gradient_norm : heaviness;
    state_.adam.update(step_.gradients(), sums.learning_rate, scale, &threads_);
    ++state_.step;
    ++steps_done_;
  }

  [[nodiscard]] StepReport report(Index epoch, const Epoch& sums, double total, NamedMeans& of_objective) const {
    const double elapsed = std::max(seconds_since(start_), 1e-9);
    return {.epoch = epoch,
            .epochs = options_.epochs,
            .step = steps_done_,
            .steps = steps_,
            .samples = samples_,
            .rate = sums.rate / total,
            .distortion = sums.distortion / total,
            .active = codes_.count_above_within_batches(active_variance),
            .latents = sums.latents,
            .samples_per_second = static_cast<double>(samples_) / elapsed,
            .seconds_left = elapsed * static_cast<double>(steps_ - steps_done_) / static_cast<double>(steps_done_),
            .of_objective = of_objective.means()};
  }

  [[nodiscard]] double validation_loss(const NegativeElbo& terms) const {
    if constexpr (requires { objective_.loss(terms.rate, terms.distortion); }) {
      return objective_.loss(terms.rate, terms.distortion);
    } else {
      return terms.loss();
    }
  }

  [[nodiscard]] static double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  }

  Model& model_;
  const Data& data_;
  Objective& objective_;
  const FitOptions& options_;
  const NoiseSource& noise_;
  TrainingState<Scalar>& state_;
  Threads threads_;
  TrainingStep<Model> step_;
  double mean_weight_ = 1;
  bool has_weights_ = false;
  Index steps_ = 0;
  Index steps_done_ = 0;
  Index samples_ = 0;
  Clock::time_point start_;
  std::vector<Index> order_;
  RunningMoments codes_;
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
  return detail::with_data_set(model, data, [&](const auto& set) {
    return detail::Fit(model, set, objective, options, noise, state).run([] { return std::optional<NegativeElbo>(); });
  });
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
      detail::Fit training(model, set, objective, options, noise, state);
      training.require_valid("validation", held_out);
      return training.run([&] {
        return std::optional<NegativeElbo>(
            detail::evaluate_set(model, held_out, {.seed = options.seed}, training.threads()));
      });
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
