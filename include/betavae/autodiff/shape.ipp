// SPDX-License-Identifier: MIT
// The error of a slice that lies outside of its operand.
#pragma once

#include <betavae/autodiff/shape.hpp>

namespace betavae::detail {

[[noreturn, gnu::cold, gnu::noinline]] BETAVAE_DEFINITION void fail_slice(Index rows, Index first, Index count) {
  fail<ArgumentError>("rows", "the slice", format_text("inside the {} rows of the operand", {rows}),
                      format_text("{} rows from row {}", {count, first}));
}

}  // namespace betavae::detail
