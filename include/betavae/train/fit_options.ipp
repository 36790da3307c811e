// SPDX-License-Identifier: MIT
// What is checked of the options of a training.
#pragma once

#include <betavae/train/fit_options.hpp>

#include <cmath>

namespace betavae::detail {

BETAVAE_DEFINITION const FitOptions& require_sensible(const FitOptions& options) {
  require(options.epochs >= 0, "fit", "options.epochs", "at least 0", options.epochs);
  require(options.batch >= 1, "fit", "options.batch", "at least 1", options.batch);
  require(options.learning_rate > 0 && std::isfinite(options.learning_rate), "fit", "options.learning_rate",
          "a finite number above 0", options.learning_rate);
  require(options.max_gradient_norm > 0, "fit", "options.max_gradient_norm", "a number above 0",
          options.max_gradient_norm);
  require(options.threads >= 0 && options.threads <= 1024, "fit", "options.threads", "a number from 0 to 1024",
          options.threads);
  require(options.patience >= 0, "fit", "options.patience", "at least 0", options.patience);
  require(options.least_improvement >= 0 && std::isfinite(options.least_improvement), "fit",
          "options.least_improvement", "a finite number of at least 0", options.least_improvement);
  return options;
}

}  // namespace betavae::detail
