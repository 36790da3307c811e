// SPDX-License-Identifier: MIT
// A record of ten fields of many kinds, as data of one's own are, and a hundred thousand of them.
#pragma once

#include <betavae/betavae.hpp>
#include <betavae/data/record_vae.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace betavae::benchmarks {

struct Reading {
  float level, slope, pressure, offset, size;
  float share, heading;
  std::uint32_t events;
  bool open;
  std::uint8_t kind;
};

/// Every field depends on one hidden number, and on noise of its own.
[[nodiscard]] inline std::vector<Reading> readings(Index count) {
  std::vector<Reading> all(static_cast<std::size_t>(count));
  const Random random(1);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto normal = [&](std::uint64_t d) { return random.normal<float>({0, i, d}); };
    const float t = normal(0);
    all[i] = {.level = t + normal(1),
              .slope = 2 * t - normal(2),
              .pressure = 100 + 5 * normal(3),
              .offset = normal(4) - t,
              .size = std::exp(0.5F * t + 0.3F * normal(5)),
              .share = 1 / (1 + std::exp(-t - normal(6))),
              .heading = t + 0.5F * normal(7),
              .events = static_cast<std::uint32_t>(std::exp(1 + 0.5F * t + 0.5F * normal(8))),
              .open = t + normal(9) > 0,
              .kind = static_cast<std::uint8_t>(std::min(3.0F, std::abs(t + normal(10))))};
  }
  return all;
}

}  // namespace betavae::benchmarks

template <>
struct betavae::Record<betavae::benchmarks::Reading> {
  using Reading = benchmarks::Reading;
  static constexpr auto fields = betavae::fields(
      betavae::real<&Reading::level>(), betavae::real<&Reading::slope>(), betavae::real<&Reading::pressure>(),
      betavae::real<&Reading::offset>(), betavae::real<&Reading::size>(betavae::log_scale),
      betavae::interval<&Reading::share>(0, 1), betavae::angle<&Reading::heading>(), betavae::count<&Reading::events>(),
      betavae::binary<&Reading::open>(), betavae::category<&Reading::kind, 4>());
};
