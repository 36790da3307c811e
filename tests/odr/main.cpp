// SPDX-License-Identifier: MIT
#include "unit.hpp"

#include <cmath>
#include <cstdio>

int main() {
  const UnitResult expected = unoptimized::run();
  int failures = 0;
  // Eigen's own loops, in user code and where speed does not matter, may round otherwise in another unit: a few ε of float.
  constexpr double tolerance = 1e-6;
  const auto compare_numbers = [&](const char* unit, const char* what, double came, double wanted) {
    if (!(std::abs(came - wanted) <= tolerance * std::abs(wanted))) {
      std::printf("%s: %s: expected %.9g as in the unit without optimisation, got %.9g\n", unit, what, wanted, came);
      ++failures;
    }
  };
  const auto compare = [&](const char* unit, const UnitResult& result) {
    if (result.product != expected.product) {
      std::printf("%s: the product differs in its bits from that of the unit without optimisation\n", unit);
      ++failures;
    }
    compare_numbers(unit, "rate", result.rate, expected.rate);
    compare_numbers(unit, "distortion", result.distortion, expected.distortion);
    compare_numbers(unit, "sum of the reconstructions", result.reconstruction, expected.reconstruction);
  };
  compare("optimized", optimized::run());
  compare("native", native::run());
  return failures;
}
