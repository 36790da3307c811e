// SPDX-License-Identifier: MIT
#include "model_check.hpp"

#include <algorithm>
#include <cmath>

namespace betavae::test {

double worst_gradient_error(const std::vector<std::span<double>>& parameters,
                            const std::function<Differentiated<double>()>& differentiate) {
  const auto analytic = differentiate();
  double worst = 0;
  for (const std::span<double> numbers : parameters) {
    const double* const gradient = analytic.gradients.data(analytic.gradients.part_of(numbers.data()));
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const double original = numbers[i];
      const double step = 1e-3 * std::max(1.0, std::abs(original));
      const auto at = [&](int steps) {
        numbers[i] = original + steps * step;
        return differentiate().loss;
      };
      const double numeric = (at(-2) - 8 * at(-1) + 8 * at(1) - at(2)) / (12 * step);
      numbers[i] = original;
      const double error = std::abs(gradient[i] - numeric) / std::max(1.0, std::abs(numeric));
      worst = std::isnan(error) ? HUGE_VAL : std::max(worst, error);
    }
  }
  return worst;
}

}  // namespace betavae::test
