// SPDX-License-Identifier: MIT
// How a kernel that treats each number for itself walks through its arrays: in blocks of sixteen numbers, on every path.
//
// Sixteen floats are one vector of AVX-512, two of AVX2, four of SSE, so that block and lane of a number do not depend on the
// machine. The numbers that fill no block are copied to a block of their own, padded, run through the same code, and copied back:
// a body knows whole blocks only. Outputs may be inputs.
#pragma once

#include <betavae/simd/dispatch.hpp>

#include <type_traits>

namespace betavae::kernels::detail {

inline constexpr Index block_size = 16;

/// Whether vector kernels exist for it; any other scalar runs through the reference loops.
template <class Scalar>
inline constexpr bool has_vectors = std::is_same_v<Scalar, float> || std::is_same_v<Scalar, double>;

/// Runs Body::run<Path>(count, inputs, outputs, constants) over all numbers, `count` being a multiple of sixteen. `inputs` and
/// `outputs` are arrays of pointers; a pointer may be null where the body allows it. Inputs are padded with Body::padding[input].
template <class Body, int Inputs, int Outputs, class Scalar, class Constants>
void for_blocks(Index count, const Scalar* const (&inputs)[Inputs], Scalar* const (&outputs)[Outputs],
                const Constants& constants) {
  const Index whole = count / block_size * block_size;
  if (whole > 0) {
    simd::dispatch<Body>(whole, &inputs[0], &outputs[0], &constants);
  }
  if (whole == count) {
    return;
  }
  alignas(64) Scalar blocks[static_cast<std::size_t>(Inputs + Outputs)][static_cast<std::size_t>(block_size)];
  const Scalar* padded_inputs[Inputs];
  Scalar* padded_outputs[Outputs];
  for (int n = 0; n < Inputs; ++n) {
    padded_inputs[n] = inputs[n] != nullptr ? blocks[n] : nullptr;
    for (Index i = 0; inputs[n] != nullptr && i < block_size; ++i) {
      blocks[n][i] = whole + i < count ? inputs[n][whole + i] : Scalar(Body::padding[n]);
    }
  }
  for (int n = 0; n < Outputs; ++n) {
    padded_outputs[n] = outputs[n] != nullptr ? blocks[Inputs + n] : nullptr;
  }
  const Scalar* const(&const_padded_inputs)[Inputs] = padded_inputs;
  Scalar* const(&const_padded_outputs)[Outputs] = padded_outputs;
  simd::dispatch<Body>(block_size, &const_padded_inputs[0], &const_padded_outputs[0], &constants);
  for (int n = 0; n < Outputs; ++n) {
    for (Index i = 0; outputs[n] != nullptr && whole + i < count; ++i) {
      outputs[n][whole + i] = blocks[Inputs + n][i];
    }
  }
}

}  // namespace betavae::kernels::detail
