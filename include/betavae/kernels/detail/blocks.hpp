// SPDX-License-Identifier: MIT
// How a kernel that treats each number for itself walks through its arrays: in blocks of sixteen numbers, on every path.
//
// Sixteen floats are one vector of AVX-512, two of AVX2, four of SSE, so that block and lane of a number do not depend on the
// machine. The numbers that fill no block are copied to a block of their own, padded, run through the same code, and copied back:
// a body knows whole blocks only. Outputs may be inputs.
#pragma once

#include <betavae/kernels/detail/has_vectors.hpp>
#include <betavae/simd/dispatch.hpp>

namespace betavae::kernels::detail {

/// A body as the walk sees it: one walk, compiled once, serves every body of a scalar type.
template <class Scalar>
struct BlockBody {
  void (*run)(Index count, const Scalar* const* inputs, Scalar* const* outputs, const void* constants);
  const double* padding;
  int inputs;
  int outputs;
};

/// The most inputs and outputs of a body together.
inline constexpr int most_arrays = 8;

template <class Body, class Scalar, class Constants>
void run_on_blocks(Index count, const Scalar* const* inputs, Scalar* const* outputs, const void* constants) {
  simd::dispatch<Body>(count, inputs, outputs, static_cast<const Constants*>(constants));
}

template <class Body, int Inputs, int Outputs, class Scalar, class Constants>
[[nodiscard]] constexpr BlockBody<Scalar> block_body() {
  static_assert(Inputs + Outputs <= most_arrays);
  return {&run_on_blocks<Body, Scalar, Constants>, &Body::padding[0], Inputs, Outputs};
}

template <class Scalar>
[[gnu::noinline]] void walk_blocks(const BlockBody<Scalar>& body, Index count, const Scalar* const* inputs,
                                   Scalar* const* outputs, const void* constants) {
  const Index whole = count / block_size * block_size;
  if (whole > 0) {
    body.run(whole, inputs, outputs, constants);
  }
  if (whole == count) {
    return;
  }
  alignas(64) Scalar blocks[most_arrays][static_cast<std::size_t>(block_size)];
  const Scalar* padded_inputs[most_arrays];
  Scalar* padded_outputs[most_arrays];
  const Index rest = count - whole;
  for (int n = 0; n < body.inputs; ++n) {
    padded_inputs[n] = inputs[n] != nullptr ? blocks[n] : nullptr;
    for (Index i = 0; inputs[n] != nullptr && i < block_size; ++i) {
      blocks[n][i] = i < rest ? inputs[n][whole + i] : Scalar(body.padding[n]);
    }
  }
  for (int n = 0; n < body.outputs; ++n) {
    padded_outputs[n] = outputs[n] != nullptr ? blocks[body.inputs + n] : nullptr;
  }
  body.run(block_size, padded_inputs, padded_outputs, constants);
  for (int n = 0; n < body.outputs; ++n) {
    for (Index i = 0; outputs[n] != nullptr && i < rest; ++i) {
      outputs[n][whole + i] = blocks[body.inputs + n][i];
    }
  }
}

/// Runs Body::run<Path>(count, inputs, outputs, constants) over all numbers, `count` being a multiple of sixteen. `inputs` and
/// `outputs` are arrays of pointers; a pointer may be null where the body allows it. Inputs are padded with Body::padding[input].
template <class Body, int Inputs, int Outputs, class Scalar, class Constants>
void for_blocks(Index count, const Scalar* const (&inputs)[Inputs], Scalar* const (&outputs)[Outputs],
                const Constants& constants) {
  walk_blocks(block_body<Body, Inputs, Outputs, Scalar, Constants>(), count, &inputs[0], &outputs[0], &constants);
}

}  // namespace betavae::kernels::detail
