// SPDX-License-Identifier: MIT
// The parameters of a model at one moment, kept to be brought back: what early stopping needs.
#pragma once

#include <betavae/nn/gradients.hpp>

#include <algorithm>
#include <optional>
#include <type_traits>

namespace betavae::detail {

/// All parameters of a model, and what its likelihood learned beside them, to bring back later.
template <class Model>
class Snapshot {
 public:
  void take(const Model& model, const Gradients<typename Model::Scalar>& gradients) {
    if constexpr (ends_epochs) {
      likelihood_ = model.likelihood;
    }
    values_.resize(static_cast<std::size_t>(gradients.size()));
    for (const auto& part : gradients.parts()) {
      std::copy_n(part.parameter, part.size(), values_.data() + part.offset);
    }
  }
  void bring_back(Model& model, const Gradients<typename Model::Scalar>& gradients) const {
    if constexpr (ends_epochs) {
      model.likelihood = *likelihood_;
    }
    for (const auto& part : gradients.parts()) {
      std::copy_n(values_.data() + part.offset, part.size(), part.parameter);
    }
  }

 private:
  using Likelihood = decltype(Model::likelihood);
  static constexpr bool ends_epochs = requires(Likelihood & likelihood) { likelihood.end_epoch(double{}, double{}); };

  AlignedVector<typename Model::Scalar> values_;
  std::optional<std::conditional_t<ends_epochs, Likelihood, bool>> likelihood_;
};

}  // namespace betavae::detail
