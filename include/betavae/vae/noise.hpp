// SPDX-License-Identifier: MIT
// Noise as a concept: whatever fills a matrix of dimensions × samples, given a step and the first sample's number.
//
// Training draws from GaussianNoise. A test, or a user, injects their own: recorded noise to compare trajectories, antithetic
// pairs, or QuadratureNoise, which integrates quadratics exactly.
#pragma once

#include <betavae/core/errors.hpp>
#include <betavae/core/matrix_view.hpp>
#include <betavae/kernels/normals.hpp>

#include <cmath>
#include <concepts>
#include <cstdint>

namespace betavae {

/// A type whose `fill(view, step, first_sample)` writes every number of the view. It must be a function of seed, step, sample
/// and dimension alone, so that a step can be replayed.
template <class Type, class Scalar>
concept Noise = requires(const Type& noise, MatrixView<Scalar> values, std::uint64_t step, std::uint64_t first_sample) {
  { noise.fill(values, step, first_sample) } -> std::same_as<void>;
};

/// Independent standard normals.
class GaussianNoise {
 public:
  constexpr explicit GaussianNoise(std::uint64_t seed, Stream stream = Stream::posterior)
      : seed_(seed), stream_(stream) {}

  template <class Scalar>
  void fill(MatrixView<Scalar> values, std::uint64_t step, std::uint64_t first_sample) const {
    kernels::fill_normals(values.rows, values.columns, values.data, values.stride,
                          {.seed = seed_, .stream = stream_, .step = step, .first_sample = first_sample});
  }

 private:
  std::uint64_t seed_;
  Stream stream_;
};

/// The 2K points ±√K·eₖ, sample after sample, in turn. Their mean is 0 and their covariance the identity, so that the mean over
/// 2K copies of one sample integrates every quadratic in K dimensions exactly.
class QuadratureNoise {
 public:
  template <class Scalar>
  void fill(MatrixView<Scalar> values, std::uint64_t /*step*/, std::uint64_t first_sample) const {
    using std::sqrt;
    const auto dimensions = static_cast<std::uint64_t>(values.rows);
    const Scalar distance = sqrt(Scalar(values.rows));
    for (Index sample = 0; sample < values.columns; ++sample) {
      Scalar* const column = values.column(sample);
      for (Index row = 0; row < values.rows; ++row) {
        column[row] = Scalar(0);
      }
      if (dimensions > 0) {
        const std::uint64_t point = (first_sample + static_cast<std::uint64_t>(sample)) % (2 * dimensions);
        column[point / 2] = point % 2 == 0 ? distance : Scalar(-distance);
      }
    }
  }
};

/// No noise: z is the posterior's mean.
class NoNoise {
 public:
  template <class Scalar>
  void fill(MatrixView<Scalar> values, std::uint64_t /*step*/, std::uint64_t /*first_sample*/) const {
    for (Index sample = 0; sample < values.columns; ++sample) {
      for (Index row = 0; row < values.rows; ++row) {
        values.column(sample)[row] = Scalar(0);
      }
    }
  }
};

}  // namespace betavae
