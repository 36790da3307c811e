// SPDX-License-Identifier: MIT
// One step of training: forward, backward, checks, update.
//
// The walk: batch → encoder → posterior → z = μ + σ ε → decoder → likelihood → {rate, distortion} → objective → one number; the tape
// runs back once; the optimizer walks the parameters. Before the update the loss and the norm of the gradient are looked at: where
// one is not finite, nothing is updated, and the step is run again with every operation checked (noise depends on its address
// alone, so the replay is exact) to name the first that failed.
#pragma once

#include <betavae/core/flush_denormals.hpp>
#include <betavae/data/batch.hpp>
#include <betavae/train/step_result.hpp>
#include <betavae/vae/objective/training_plan.hpp>
#include <betavae/vae/vae.hpp>

#include <cmath>
#include <string>

namespace betavae {

namespace detail {

/// Errors: always NotFiniteError, which names the step, the first operation that failed and what to do.
[[noreturn]] BETAVAE_API void fail_step(std::uint64_t step, const StepResult& failed, const std::string& cause);

}  // namespace detail

/// Owns what a step needs again and again: tape, gradients, batch. `model` must not move while this lives.
template <class Model>
class TrainingStep {
 public:
  using Scalar = typename Model::Scalar;

  /// `threads` share the work; they must outlive this. Null for none.
  explicit TrainingStep(Model& model, Threads* threads = nullptr)
      : model_(&model), threads_(threads), gradients_(model) {
    tape_.use_threads(threads);
  }

  [[nodiscard]] Gradients<Scalar>& gradients() { return gradients_; }
  [[nodiscard]] Batch<Scalar>& batch() { return batch_; }

  /// Loss and gradients of the batch. `finish(terms, value)` may read the terms, and what the objective gave, before they are gone; it
  /// is called only where loss and gradient are finite.
  /// Errors: NotFiniteError names step, first operation and what to do; no parameter has changed then.
  template <class Objective, class NoiseSource, class Finish>
  StepResult differentiate(const Objective& objective, const NoiseSource& noise, std::uint64_t step,
                           const Finish& finish) {
    const StepResult result = run(objective, noise, step, finish);
    if (!std::isfinite(result.loss) || !std::isfinite(result.gradient_norm)) [[unlikely]] {
      explain(objective, noise, step, finish, result);
    }
    tape_.clear();  // here, so that the first step leaves memory as the second one needs it
    return result;
  }

 private:
  template <class Objective, class NoiseSource, class Finish>
  StepResult run(const Objective& objective, const NoiseSource& noise, std::uint64_t step, const Finish& finish) {
    tape_.clear();
    gradients_.begin_step();
    Recording<Scalar> context(tape_, gradients_, step);
    const auto terms =
        model_->terms(context, batch_.template on<Model::features>(tape_), noise, step, 0, detail::draws_of(objective));
    static_assert(
        std::is_invocable_v<const Objective&, decltype(terms)>,
        "betavae: an objective needs an operator()(terms) const that makes one number of rate and distortion");
    const auto value = objective(terms);
    const auto& loss = detail::loss_in(value);
    using Loss = std::remove_cvref_t<decltype(loss)>;
    static_assert(Operand<Loss>,
                  "betavae: an objective gives a variable of the terms' tape (1 x 1), not a plain number");
    static_assert(
        is_variable<Loss>,
        "betavae: the objective's result does not depend on any parameter that the model shows through visit(f)");
    StepResult result;
    result.loss = detail::number_in(loss);
    result.distortion = detail::number_in(terms.distortion);
    result.rate = detail::rate_in(terms);
    if (!std::isfinite(result.loss)) {
      return result;
    }
    reverse(loss);
    gradients_.end_step();
    result.gradient_norm = gradients_.norm(threads_);
    if (std::isfinite(result.gradient_norm) && !is_replay_) {  // nothing is to learn of a step that fails
      finish(terms, value);
    }
    return result;
  }

  template <class Objective, class NoiseSource, class Finish>
  [[noreturn, gnu::cold, gnu::noinline]] void explain(const Objective& objective, const NoiseSource& noise,
                                                      std::uint64_t step, const Finish& finish,
                                                      const StepResult& failed) {
    std::string cause = "no single operation: the norm of the gradient itself overflows";
    tape_.check_finite(true);
    is_replay_ = true;
    try {
      run(objective, noise, step, finish);
    } catch (const NotFiniteError& error) {
      cause = error.what();
    }
    is_replay_ = false;
    tape_.check_finite(false);
    detail::fail_step(step, failed, cause);
  }

  Model* model_;
  Threads* threads_;
  Tape<Scalar> tape_;
  Gradients<Scalar> gradients_;
  Batch<Scalar> batch_;
  bool is_replay_ = false;  ///< of a step that failed, whose terms nobody is to see twice
};

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/train/training_step.ipp>
#endif
