// SPDX-License-Identifier: MIT
// Changes of a code's axes, undone in the decoder's first layer: what each costs by the theory (analysis/symmetry.hpp), and what it does
// cost a model, in double and with quadrature points for the noise, so that expectations come out to rounding.
#pragma once

#include <betavae/vae/prior/diagonal_normal.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace claims::axes {

namespace bv = betavae;

inline constexpr int features = 5;
inline constexpr int latents = 3;
inline constexpr double beta = 1.7;
inline constexpr double sigma = 0.7;
inline const Eigen::Vector3d prior_variances(4, 1, 0.3);

inline bv::DiagonalNormal<latents, double> anisotropic_prior() {
  return bv::DiagonalNormal<latents, double>({4, 1, 0.3});
}

struct Change {
  std::string prior, posterior, what;
  double theory = 0;    ///< nats by which the loss rises
  double measured = 0;  ///< the same
  double loss = 0;      ///< before
  bool is_free = false;
};

/// Each kind of change once, of models drawn from this seed; costs in distortion + β · rate.
std::vector<Change> changes(std::uint64_t seed);

}  // namespace claims::axes
