// SPDX-License-Identifier: MIT
// Simulated images whose factors are known and independent: one disc with a soft edge, of some place, size and brightness.
//
//     pixel(i, j) = brightness / (1 + e^((distance of (i, j) from (x, y) − radius)/softness)),    all four factors uniform
//
// Where x and y are spread alike, nothing tells them from x and y rotated; `spread_of_y` makes them differ.
#pragma once

#include <betavae/betavae.hpp>

#include <cmath>

namespace claims {

struct SoftDiscs {
  static constexpr int side = 16;
  static constexpr int pixels = side * side;
  static constexpr int factor_count = 4;
  static constexpr const char* factor_names[factor_count] = {"x", "y", "radius", "brightness"};

  betavae::Matrix<float> images = {};    ///< pixels × count, in [0, 1]
  betavae::Matrix<double> factors = {};  ///< factor_count × count, each uniform in [−1, 1]
};

/// x lies within 4 pixels of the middle, y within `spread_of_y`, the radius is 2 to 4 pixels, the brightness 0.3 to 1.
inline SoftDiscs draw_soft_discs(betavae::Index count, std::uint64_t seed, double spread_of_y = 4) {
  constexpr double softness = 0.7;
  SoftDiscs discs{betavae::Matrix<float>(SoftDiscs::pixels, count),
                  betavae::Matrix<double>(SoftDiscs::factor_count, count)};
  const betavae::Random random(seed);
  for (betavae::Index n = 0; n < count; ++n) {
    for (betavae::Index f = 0; f < SoftDiscs::factor_count; ++f) {
      discs.factors(f, n) =
          2 * random.uniform<double>({0, static_cast<std::uint64_t>(n), static_cast<std::uint64_t>(f)}) - 1;
    }
    const double x = 7.5 + 4 * discs.factors(0, n);
    const double y = 7.5 + spread_of_y * discs.factors(1, n);
    const double radius = 3 + discs.factors(2, n);
    const double brightness = 0.65 + 0.35 * discs.factors(3, n);
    for (int pixel = 0; pixel < SoftDiscs::pixels; ++pixel) {
      const int row = pixel / SoftDiscs::side;
      const double distance = std::hypot(pixel % SoftDiscs::side - x, row - y);
      discs.images(pixel, n) = static_cast<float>(brightness / (1 + std::exp((distance - radius) / softness)));
    }
  }
  return discs;
}

}  // namespace claims
