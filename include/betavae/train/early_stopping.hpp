// SPDX-License-Identifier: MIT
// Early stopping: which epoch was best on held-out data, its parameters, and for how many epochs none has been better.
//
// Where a controller moves β, losses of different epochs have different prices, and a rising β would look like a model that gets
// worse. So what is kept of the best epoch is its rate and distortion, and each epoch is compared with them at one price: its own.
#pragma once

#include <betavae/train/snapshot.hpp>
#include <betavae/vae/vae.hpp>

#include <cmath>
#include <optional>

namespace betavae::detail {

/// Does nothing where patience is 0.
template <class Model>
class EarlyStopping {
 public:
  EarlyStopping(Index patience, double least_improvement)
      : patience_(patience), least_improvement_(least_improvement) {}

  /// What held-out data have after this epoch. `loss(NegativeElbo)` is in nats, and the same for all epochs during one call.
  template <class Loss>
  void add(Index epoch, const NegativeElbo& held_out, const Loss& loss, const Model& model,
           const Gradients<typename Model::Scalar>& gradients) {
    if (patience_ == 0) {
      return;
    }
    const double now = loss(held_out);
    // A loss that is not a number is never the best one.
    if (best_ ? now < loss(*best_) - least_improvement_ : std::isfinite(now)) {
      best_ = held_out;
      best_epoch_ = epoch;
      epochs_since_best_ = 0;
      parameters_.take(model, gradients);
    } else {
      ++epochs_since_best_;
    }
  }

  [[nodiscard]] bool is_out_of_patience() const { return patience_ > 0 && epochs_since_best_ >= patience_; }

  /// Gives the model the parameters of the best epoch, and the number of that epoch: 0, and no parameters, where there is none.
  [[nodiscard]] Index bring_back(Model& model, const Gradients<typename Model::Scalar>& gradients) const {
    if (best_) {
      parameters_.bring_back(model, gradients);
    }
    return best_epoch_;
  }

 private:
  Index patience_;
  double least_improvement_;
  std::optional<NegativeElbo> best_;
  Index best_epoch_ = 0;
  Index epochs_since_best_ = 0;
  Snapshot<Model> parameters_;
};

}  // namespace betavae::detail
