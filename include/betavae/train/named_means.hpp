// SPDX-License-Identifier: MIT
// Means over the steps of an epoch of what an objective measures, under its names.
#pragma once

#include <betavae/vae/objective/training_plan.hpp>

#include <cstddef>
#include <vector>

namespace betavae::detail {

/// Of what was measured, in nats or not, the mean by weight; of settings the last.
class BETAVAE_API NamedMeans {
 public:
  /// What an objective gave in a step whose batch has this weight, and its settings. The same names in every step.
  template <class Value, class Objective>
  void add(const Value& value, const Objective& objective, double weight) {
    place_ = 0;
    if constexpr (requires { value.named; }) {
      for (const NamedNumber& number : value.named) {
        add(number, weight);
      }
    }
    add_settings(objective, weight);
    weight_ += weight;
  }

  /// The settings of an objective or model, if it has any; after the numbers that the same step's `add` had before.
  template <class Part>
  void add_settings(const Part& part, double weight) {
    if constexpr (requires { part.settings(); }) {
      for (const NamedNumber& number : part.settings()) {
        add(number, weight);
      }
    }
  }

  /// So far; good until the next call. Allocates the first time alone.
  [[nodiscard]] const std::vector<NamedNumber>& means();

 private:
  /// Else it is what is in force.
  [[nodiscard]] static bool is_mean(const NamedNumber& number) {
    return number.kind == NumberKind::nats || number.kind == NumberKind::measured;
  }

  void add(const NamedNumber& number, double weight);

  std::vector<NamedNumber> sums_;
  std::vector<NamedNumber> means_;
  std::size_t place_ = 0;  ///< of the next number of a step
  double weight_ = 0;
};

}  // namespace betavae::detail

#if BETAVAE_HEADER_ONLY
#include <betavae/train/named_means.ipp>
#endif
