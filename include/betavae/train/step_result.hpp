// SPDX-License-Identifier: MIT
// What one step of training measures.
#pragma once

#include <cstdint>

namespace betavae {

/// What one step measured before its update, in nats.
struct StepResult {
  double loss = 0;
  double rate = 0;
  double distortion = 0;
  double gradient_norm = 0;
};

}  // namespace betavae
