// SPDX-License-Identifier: MIT
// Standard normal numbers for a whole matrix of dimensions × samples: Philox4x32-10, and Box and Muller's method, in vectors.
//
// Addresses and random words are those of core/random.hpp, bit for bit. A lane works on one block of Philox (four dimensions of
// float, two of double), and lanes run on from one sample to the next, so that twenty dimensions a sample fill a vector as well as
// a thousand do. Logarithm, sine and cosine are those of simd/, where Random::normal asks the standard library: a number here is
// nearer to the exact one, and differs from that of Random::normal in its last places.
#pragma once

#include <betavae/core/random.hpp>
#include <betavae/kernels/detail/has_vectors.hpp>
#include <betavae/simd/logarithm.hpp>

#include <algorithm>
#include <utility>

namespace betavae::kernels {

/// Greatest error, in units of the scalar's epsilon times the radius √(−2 ln u₁) of the pair, as Box and Muller's formulas would
/// have it for the same random words.
inline constexpr double normals_error = 2;

/// Where the numbers of a matrix live: column j holds dimensions 0, 1, … of sample `first_sample` + j.
struct NormalsAddress {
  std::uint64_t seed = 0;
  Stream stream = Stream::user;
  std::uint64_t step = 0;
  std::uint64_t first_sample = 0;
};

/// The specification, for any scalar.
template <class Scalar>
void normals_reference(Index dimensions, Index samples, Scalar* values, Index column_stride,
                       const NormalsAddress& address) {
  const Random random(address.seed, address.stream);
  for (Index sample = 0; sample < samples; ++sample) {
    random.fill_normals(values + sample * column_stride, dimensions, address.step,
                        address.first_sample + static_cast<std::uint64_t>(sample));
  }
}

/// For float and double, on the machine's vectors.
namespace vectors {

template <class Scalar>
BETAVAE_API void fill_normals(Index dimensions, Index samples, Scalar* values, Index column_stride,
                              const NormalsAddress& address);
template <class Scalar>
[[nodiscard]] BETAVAE_API Scalar normal(std::uint64_t seed, Stream stream, const NoiseAddress& address);

}  // namespace vectors

/// Fills a matrix of dimensions × samples, one column a sample, with standard normals: each a function of seed, stream, step,
/// sample and dimension alone. `column_stride` numbers lie between the beginnings of two columns. Steps count to 2⁵⁶, samples and
/// dimensions to 2³². The same bits on every instruction set that has fused multiply-add; the greatest are 6.66 (float) and 8.57.
template <class Scalar>
void fill_normals(Index dimensions, Index samples, Scalar* values, Index column_stride, const NormalsAddress& address) {
  if (dimensions <= 0 || samples <= 0) {
    return;
  }
  if constexpr (detail::has_vectors<Scalar>) {
    vectors::fill_normals(dimensions, samples, values, column_stride, address);
  } else {
    normals_reference(dimensions, samples, values, column_stride, address);
  }
}

/// The one number of an address: the same bits as `fill_normals` puts there, at the price of a hundred of them.
template <class Scalar>
[[nodiscard]] Scalar normal(std::uint64_t seed, Stream stream, const NoiseAddress& address) {
  if constexpr (detail::has_vectors<Scalar>) {
    return vectors::normal<Scalar>(seed, stream, address);
  } else {
    return Random(seed, stream).template normal<Scalar>(address);
  }
}

}  // namespace betavae::kernels

#if BETAVAE_HEADER_ONLY
#include <betavae/kernels/normals.ipp>
#endif
