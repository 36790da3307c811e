// SPDX-License-Identifier: MIT
// Images as bytes. A byte becomes a number in [0, 1] only when a batch is filled, so a set of N images takes N bytes a pixel.
#pragma once

#include <betavae/core/errors.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

namespace betavae {

namespace detail {

/// byte / 255 for each byte: a division each would take longer than the rest of filling a batch.
template <class Scalar>
inline const auto numbers_of_bytes = [] {
  std::array<Scalar, 256> numbers;
  for (int byte = 0; byte < 256; ++byte) {
    numbers[static_cast<std::size_t>(byte)] = Scalar(byte) / Scalar(255);
  }
  return numbers;
}();

}  // namespace detail

/// `count` images of height × width × channels bytes, one after the other; within an image the channel runs fastest, then x,
/// then y. A data set of `features() = height · width · channels` features, each byte / 255.
struct ImageSet {
  Index count = 0;
  Index height = 0;
  Index width = 0;
  Index channels = 1;
  std::vector<std::uint8_t> bytes;

  [[nodiscard]] Index size() const { return count; }
  [[nodiscard]] Index features() const { return height * width * channels; }

  /// The bytes of one image. Errors: ArgumentError for an index outside [0, count), or when `bytes` has another length than
  /// the sizes say.
  [[nodiscard]] std::span<const std::uint8_t> image(Index index) const {
    require_index("ImageSet::image", "index", index, count);
    require_same_size("ImageSet::image", "bytes", static_cast<Index>(bytes.size()), "count · height · width · channels",
                      count * features());
    const auto length = static_cast<std::size_t>(features());
    return {bytes.data() + static_cast<std::size_t>(index) * length, length};
  }

  /// Writes the chosen images as numbers in [0, 1], one after the other: features × samples.size(). Errors: as for `image`.
  template <class Scalar>
  void fill(std::span<const Index> samples, Scalar* values) const {
    for (const Index sample : samples) {
      for (const std::uint8_t byte : image(sample)) {
        *values++ = detail::numbers_of_bytes<Scalar>[byte];
      }
    }
  }
};

/// A matrix of features × count numbers as images: [0, 1] becomes 0 … 255, rounded; what lies outside is cut, NaN becomes 0.
/// Errors: ArgumentError for a size below 0, or unless the matrix has height · width · channels rows.
template <class MatrixType>
[[nodiscard]] ImageSet to_images(const MatrixType& matrix, Index height, Index width, Index channels = 1) {
  require(height >= 0 && width >= 0 && channels >= 0, "to_images", "height, width, channels", "at least 0",
          std::min({height, width, channels}));
  require_same_size("to_images", "rows of the matrix", matrix.rows(), "height · width · channels",
                    height * width * channels);
  ImageSet images{.count = matrix.cols(), .height = height, .width = width, .channels = channels, .bytes = {}};
  images.bytes.reserve(static_cast<std::size_t>(matrix.size()));
  for (Index j = 0; j < matrix.cols(); ++j) {
    for (Index i = 0; i < matrix.rows(); ++i) {
      const auto number = static_cast<double>(matrix(i, j));
      images.bytes.push_back(number > 0 ? static_cast<std::uint8_t>(std::lround(std::min(number, 1.0) * 255)) : 0);
    }
  }
  return images;
}

}  // namespace betavae
