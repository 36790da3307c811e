// SPDX-License-Identifier: MIT
// The numbers that an objective gives a name to.
#pragma once

#include <string_view>

namespace betavae {

/// What a named number is: that of a whole training, one that training changes, nats that were measured, or something else that was.
enum class NumberKind { fixed_setting, setting, nats, measured };

/// A number of an objective under the name that history, progress and report show. The name is a literal.
struct NamedNumber {
  std::string_view name;
  double value = 0;
  NumberKind kind = NumberKind::nats;
};

}  // namespace betavae
