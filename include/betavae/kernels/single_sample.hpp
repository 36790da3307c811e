// SPDX-License-Identifier: MIT
// A small dense network's whole forward pass of one sample in one function: x → activation(W x + b) → … → y.
//
// For one sample a product is latency: each output's multiply-adds wait for one another. So each output is two chains, over even
// and odd inputs, added at the end, and the sums stay in registers from layer to layer but for the broadcasts. The result differs
// from the batch's single chain by rounding. Same bits on AVX2 and AVX-512.
#pragma once

#include <betavae/kernels/activate.hpp>
#include <betavae/kernels/detail/activate_pack.hpp>
#include <betavae/kernels/detail/has_vectors.hpp>
#include <betavae/simd/dispatch.hpp>

namespace betavae::kernels {

/// Numbers from one row of packed parameters to the next: outputs rounded up to a block of sixteen.
[[nodiscard]] constexpr Index single_sample_stride(Index outputs) {
  return (outputs + detail::block_size - 1) / detail::block_size * detail::block_size;
}

/// Numbers that a layer's packed parameters take: a row of biases, then a row for each input, padded with zeros.
[[nodiscard]] constexpr Index single_sample_size(Index inputs, Index outputs) {
  return (inputs + 1) * single_sample_stride(outputs);
}

namespace detail {

template <class Scalar>
struct SingleSampleBody {
  template <class Path, int Inputs, int Outputs, int... Others>
  BETAVAE_INLINE static void layers(const Scalar* parameters, const Activation* activations, const Scalar* x,
                                    Scalar* y) {
    constexpr int stride = static_cast<int>(single_sample_stride(Outputs));
    alignas(64) Scalar outputs[static_cast<std::size_t>(stride)];
    constexpr int vectors = (Outputs - 1) / simd::lanes<Path, Scalar> + 1;
    constexpr int at_once = 4;
    for (int v = 0; v + at_once <= vectors; v += at_once) {
      part<Path, Inputs, stride, at_once>(parameters, *activations, x, outputs, v);
    }
    if constexpr (vectors % at_once != 0) {
      part<Path, Inputs, stride, vectors % at_once>(parameters, *activations, x, outputs, vectors / at_once * at_once);
    }
    if (!is_piecewise_linear(*activations)) {
      activate_in_place(*activations, Index(Outputs), outputs);
    }
    if constexpr (sizeof...(Others) > 0) {
      layers<Path, Outputs, Others...>(parameters + single_sample_size(Inputs, Outputs), activations + 1, outputs, y);
    } else {
      __builtin_memcpy(y, outputs, Outputs * sizeof(Scalar));
    }
  }

 private:
  /// `Count` vectors of outputs from vector `first` on.
  template <class Path, int Inputs, int Stride, int Count>
  BETAVAE_INLINE static void part(const Scalar* parameters, Activation activation, const Scalar* x, Scalar* outputs,
                                  int first) {
    BETAVAE_CONTRACT
    using Vector = simd::Vector<Path, Scalar>;
    using Unaligned = simd::Unaligned<Path, Scalar>;
    constexpr int lanes = simd::lanes<Path, Scalar>;
    const Scalar* row = parameters + first * lanes;
    Vector even[Count];
    Vector odd[Count];
    BETAVAE_UNROLL
    for (int v = 0; v < Count; ++v) {
      even[v] = *reinterpret_cast<const Unaligned*>(row + v * lanes);
      odd[v] = Vector{};
    }
    row += Stride;
    for (int k = 0; k + 1 < Inputs; k += 2) {
      const Vector x_even = x[k] - Vector{};
      const Vector x_odd = x[k + 1] - Vector{};
      BETAVAE_UNROLL
      for (int v = 0; v < Count; ++v) {
        even[v] += x_even * *reinterpret_cast<const Unaligned*>(row + v * lanes);
        odd[v] += x_odd * *reinterpret_cast<const Unaligned*>(row + Stride + v * lanes);
      }
      row += 2 * Stride;
    }
    if constexpr (Inputs % 2 == 1) {
      const Vector x_last = x[Inputs - 1] - Vector{};
      BETAVAE_UNROLL
      for (int v = 0; v < Count; ++v) {
        even[v] += x_last * *reinterpret_cast<const Unaligned*>(row + v * lanes);
      }
    }
    BETAVAE_UNROLL
    for (int v = 0; v < Count; ++v) {
      *reinterpret_cast<Unaligned*>(outputs + (first + v) * lanes) =
          activate_pack<Path, Scalar>(activation, {even[v] + odd[v]}).value;
    }
  }
};

/// The sizes as part of the type, so that a network is one instantiation.
template <class Scalar, int... Sizes>
struct SizedSingleSampleBody {
  template <class Path>
  BETAVAE_INLINE static void run(const Scalar* parameters, const Activation* activations, const Scalar* x, Scalar* y) {
    SingleSampleBody<Scalar>::template layers<Path, Sizes...>(parameters, activations, x, y);
  }
};

}  // namespace detail

/// y = network(x) for one sample. Sizes: inputs, then the outputs of each layer. `parameters` holds the layers' packed parameters
/// one after the other (`single_sample_size` numbers each), `activations` one for each layer. float or double.
template <int... Sizes, class Scalar>
void single_sample(const Scalar* parameters, const Activation* activations, const Scalar* x, Scalar* y) {
  static_assert(detail::has_vectors<Scalar>, "betavae: single_sample: there are vectors of float and double alone");
  simd::dispatch<detail::SizedSingleSampleBody<Scalar, Sizes...>>(parameters, activations, x, y);
}

}  // namespace betavae::kernels
