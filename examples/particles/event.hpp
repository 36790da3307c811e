// SPDX-License-Identifier: MIT
// Events with any number of particles, and a data set that lays them out as columns of numbers.
#pragma once

#include <betavae/betavae.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace particles {

namespace bv = betavae;

/// As a detector measures it: momentum and energy in GeV.
struct Particle {
  float px, py, pz, energy;
};

struct Event {
  std::vector<Particle> particles;  ///< in no order that means anything
};

inline constexpr double unit = 100;      ///< GeV: what is 1 in a column
inline constexpr int four_momentum = 4;  ///< px, py, pz, energy

/// Where everything stands in an event's column: for each slot a presence (1 or 0) and a four-momentum, which is 0 in an empty slot;
/// then what is modelled, the four-momentum of the pair.
template <int Slots>
struct Layout {
  static constexpr int slot = 1 + four_momentum;
  static constexpr int pair = Slots * slot;  ///< the first modelled row
  static constexpr int features = pair + four_momentum;
};

/// The most energetic particle first. Particles that differ have one order, so that events that are the same set become the same event.
inline void sort_by_energy(Event& event) {
  const auto key = [](const Particle& one) { return std::tuple(one.energy, one.px, one.py, one.pz); };
  std::sort(event.particles.begin(), event.particles.end(),
            [&](const Particle& a, const Particle& b) { return key(a) > key(b); });
}

/// A data set: any type with size(), features() and fill(samples, values). Of an event with more particles than slots, the softest are
/// left out. The pair are the two most energetic particles; of what is not there, the four-momentum is 0.
template <int Slots>
class EventSet {
 public:
  explicit EventSet(std::vector<Event> events) : events_(std::move(events)) {
    std::for_each(events_.begin(), events_.end(), sort_by_energy);
  }

  [[nodiscard]] bv::Index size() const { return static_cast<bv::Index>(events_.size()); }
  [[nodiscard]] static constexpr bv::Index features() { return Layout<Slots>::features; }

  /// Errors: ArgumentError for an index outside of the set.
  template <class Scalar>
  void fill(std::span<const bv::Index> samples, Scalar* values) const {
    for (const bv::Index sample : samples) {
      bv::require_index("EventSet::fill", "sample", sample, size());
      const auto& found = events_[static_cast<std::size_t>(sample)].particles;
      std::array<Scalar, four_momentum> pair{};
      for (std::size_t i = 0; i < static_cast<std::size_t>(Slots); ++i) {
        const bool present = i < found.size();
        const auto numbers = present ? in_units<Scalar>(found[i]) : std::array<Scalar, four_momentum>{};
        *values++ = Scalar(present ? 1 : 0);
        values = std::copy(numbers.begin(), numbers.end(), values);
        for (std::size_t k = 0; i < 2 && k < pair.size(); ++k) {
          pair[k] += numbers[k];
        }
      }
      values = std::copy(pair.begin(), pair.end(), values);
    }
  }

  /// All events, one column each.
  template <class Scalar = float>
  [[nodiscard]] bv::Matrix<Scalar> columns() const {
    bv::Matrix<Scalar> matrix(features(), size());
    for (bv::Index j = 0; j < size(); ++j) {
      fill(std::span(&j, 1), matrix.data() + j * features());
    }
    return matrix;
  }

 private:
  template <class Scalar>
  [[nodiscard]] static std::array<Scalar, four_momentum> in_units(const Particle& one) {
    const auto scaled = [](float x) { return static_cast<Scalar>(static_cast<double>(x) / unit); };
    return {scaled(one.px), scaled(one.py), scaled(one.pz), scaled(one.energy)};
  }

  std::vector<Event> events_;
};

}  // namespace particles
