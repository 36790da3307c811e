// SPDX-License-Identifier: MIT
// Reads arrays that NumPy wrote with numpy.save. For numpy.savez see npz.hpp.
//
//     Matrix<float> data = read_npy_matrix<float>("events.npy");    // shape (samples, features) → features × samples
//     NpyArray<double> grid = read_npy<double>("grid.npy");         // any shape: grid.shape, grid.values
//
// An array of shape (samples, features) in NumPy's usual order lies in memory as the columns of a matrix features × samples do.
// Format: versions 1.0, 2.0 and 3.0 of https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, both byte orders,
// both orders of dimensions; elements bool, (u)int8 … (u)int64, float16, float32, float64.
#pragma once

#include <betavae/autodiff/variable.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace betavae {

/// An array of any number of dimensions.
template <class Scalar>
struct NpyArray {
  std::vector<Index> shape;    ///< none: one number
  std::vector<Scalar> values;  ///< the last dimension fastest ("C order"), whichever order the file has

  /// One column a sample: shape (samples, …) becomes a matrix features × samples, the features being all other dimensions with
  /// the last one fastest. A list of numbers becomes one row, a single number 1 × 1.
  [[nodiscard]] Matrix<Scalar> matrix() const {
    const Index samples = shape.empty() ? 1 : shape.front();
    Index features = 1;
    for (std::size_t k = 1; k < shape.size(); ++k) {
      features *= shape[k];
    }
    return Eigen::Map<const Matrix<Scalar>>(values.data(), features, samples);
  }
};

namespace detail {

class ByteSource;

// Compiled for float, double and long double.

/// `most_bytes` bounds what the elements may take in the file.
template <class Scalar>
[[nodiscard]] BETAVAE_API NpyArray<Scalar> read_npy(ByteSource& source, std::uint64_t most_bytes);
template <class Scalar>
[[nodiscard]] BETAVAE_API NpyArray<Scalar> read_npy_file(const std::string& path);
template <class Scalar>
[[nodiscard]] BETAVAE_API NpyArray<Scalar> parse_npy(const std::string& name, std::span<const std::uint8_t> bytes);

template <class Scalar>
constexpr void require_npy_scalar() {
  static_assert(
      std::is_same_v<Scalar, float> || std::is_same_v<Scalar, double> || std::is_same_v<Scalar, long double>,
      "betavae: read_npy gives float, double or long double, which hold what the file has or say that they cannot");
}

}  // namespace detail

/// The array of an npy file, each element converted to Scalar: rounded to the nearest, true being 1. Memory grows with the bytes
/// that come, whatever the header claims.
/// Errors: FileError, whose text begins with the path and names the byte, when the file cannot be read, is cut, has bytes left
/// over, has a header that is not NumPy's or elements other than numbers, or holds a finite number too large for Scalar.
template <class Scalar>
[[nodiscard]] NpyArray<Scalar> read_npy(const std::string& path) {
  detail::require_npy_scalar<Scalar>();
  return detail::read_npy_file<Scalar>(path);
}

/// The same as a matrix features × samples: see NpyArray::matrix.
template <class Scalar>
[[nodiscard]] Matrix<Scalar> read_npy_matrix(const std::string& path) {
  return read_npy<Scalar>(path).matrix();
}

/// The same from memory. `name` stands where a path would in the texts of errors.
template <class Scalar>
[[nodiscard]] NpyArray<Scalar> parse_npy(const std::string& name, std::span<const std::uint8_t> bytes) {
  detail::require_npy_scalar<Scalar>();
  return detail::parse_npy<Scalar>(name, bytes);
}

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/io/npy.ipp>
#endif
