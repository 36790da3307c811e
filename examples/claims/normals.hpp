// SPDX-License-Identifier: MIT
// Normal draws for data that a claim makes up.
#pragma once

#include <betavae/betavae.hpp>

namespace claims {

/// Draws of N(0, 1): rows × columns, one column a sample.
inline betavae::Matrix<double> normals(betavae::Index rows, betavae::Index columns, std::uint64_t seed) {
  betavae::Matrix<double> draws(rows, columns);
  const betavae::Random random(seed, betavae::Stream::user);
  for (betavae::Index j = 0; j < columns; ++j) {
    random.fill_normals(draws.col(j).data(), rows, 0, static_cast<std::uint64_t>(j));
  }
  return draws;
}

}  // namespace claims
