// SPDX-License-Identifier: MIT
// The error of a step that is not finite.
#pragma once

#include <betavae/train/training_step.hpp>

namespace betavae::detail {

[[noreturn, gnu::cold]] BETAVAE_DEFINITION void fail_step(std::uint64_t step, const StepResult& failed,
                                                          const std::string& cause) {
  const std::string result = std::isfinite(failed.loss) ? format_text("gradient norm {}", {failed.gradient_norm})
                             : std::isnan(failed.loss)  ? "loss nan"  // whose sign means nothing
                                                        : format_text("loss {}", {failed.loss});
  throw NotFiniteError(
      format_text("fit: step {}: {}; {}. No parameter was changed in this step. Look for extreme values in the data, "
                  "lower the learning rate, or set max_gradient_norm.",
                  {step + 1, result, cause}));
}

}  // namespace betavae::detail
