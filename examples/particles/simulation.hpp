// SPDX-License-Identifier: MIT
// A toy experiment: a particle of unknown mass and direction decays into two light ones, seen by a detector among soft others.
#pragma once

#include "event.hpp"

#include <cmath>
#include <cstdint>
#include <numbers>

namespace particles {

/// What the simulation knows of an event and the detector does not see.
struct Truth {
  double mass;       ///< GeV
  double cos_theta;  ///< of the mother's direction, θ from the z axis
  double phi;        ///< radians
};

struct Simulated {
  std::vector<Event> events;
  std::vector<Truth> truths;  ///< one an event, in the same order
};

/// Independent numbers, one after the other, that depend on the seed, the event and their own place alone.
class Draws {
 public:
  Draws(std::uint64_t seed, std::uint64_t event) : random_(seed), event_(event) {}

  [[nodiscard]] double uniform(double low, double high) {
    return low + (high - low) * random_.uniform<double>({0, event_, next_++});
  }
  [[nodiscard]] double normal() { return random_.normal<double>({1, event_, next_++}); }
  /// Uniform on the sphere between two cosines of θ.
  [[nodiscard]] Eigen::Vector3d direction(double low = -1, double high = 1) {
    const double cosine = uniform(low, high);
    const double sine = std::sqrt(1 - cosine * cosine);
    const double phi = uniform(-std::numbers::pi, std::numbers::pi);
    return {sine * std::cos(phi), sine * std::sin(phi), cosine};
  }

 private:
  bv::Random random_;
  std::uint64_t event_;
  std::uint64_t next_ = 0;
};

/// The momentum of a massless particle seen from a system that moves with −`mother` / its energy: a Lorentz boost.
[[nodiscard]] inline Eigen::Vector3d boosted(const Eigen::Vector3d& momentum, const Eigen::Vector3d& mother,
                                             double mass) {
  const double energy = std::hypot(mother.norm(), mass);
  const double along = momentum.dot(mother) / (mass * (energy + mass)) + momentum.norm() / mass;
  return momentum + along * mother;
}

/// As the detector sees it: 3 % off in scale, 1 % in each component.
[[nodiscard]] inline Particle measured(const Eigen::Vector3d& momentum, Draws& draws) {
  const double scale = 1 + 0.03 * draws.normal();
  const Eigen::Vector3d error(draws.normal(), draws.normal(), draws.normal());
  const Eigen::Vector3d seen = scale * momentum + 0.01 * momentum.norm() * error;
  const Eigen::Vector4f numbers = Eigen::Vector4d(seen.x(), seen.y(), seen.z(), seen.norm()).cast<float>();
  return {numbers[0], numbers[1], numbers[2], numbers[3]};
}

/// Mothers of 50 to 150 GeV with momenta of 40 to 80 GeV inside the detector, |cos θ| < 0.8; their two daughters; and none to six
/// others of an exponential energy of 2 GeV in the mean; in random order.
[[nodiscard]] inline Simulated simulate(bv::Index count, std::uint64_t seed) {
  Simulated result;
  for (bv::Index i = 0; i < count; ++i) {
    Draws draws(seed, static_cast<std::uint64_t>(i));
    const double mass = draws.uniform(50, 150);
    const Eigen::Vector3d direction = draws.direction(-0.8, 0.8);
    const Eigen::Vector3d mother = draws.uniform(40, 80) * direction;
    const Eigen::Vector3d daughter = 0.5 * mass * draws.direction();
    std::vector<Particle> found = {measured(boosted(daughter, mother, mass), draws),
                                   measured(boosted(-daughter, mother, mass), draws)};
    for (double others = std::floor(draws.uniform(0, 7)); others >= 1; --others) {
      const double energy = -2 * std::log(draws.uniform(0, 1));
      found.push_back(measured(energy * draws.direction(), draws));
    }
    for (std::size_t last = found.size() - 1; last > 0; --last) {
      const double chosen = draws.uniform(0, static_cast<double>(last + 1));
      std::swap(found[last], found[std::min(static_cast<std::size_t>(chosen), last)]);
    }
    result.events.push_back({std::move(found)});
    result.truths.push_back({mass, direction.z(), std::atan2(direction.y(), direction.x())});
  }
  return result;
}

}  // namespace particles
