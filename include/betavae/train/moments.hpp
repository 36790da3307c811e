// SPDX-License-Identifier: MIT
// Running means and variances of each row over many batches, in double.
#pragma once

#include <betavae/core/errors.hpp>
#include <betavae/core/matrix_view.hpp>

#include <vector>

namespace betavae {

/// Mean and variance (divided by n) of each row. Batches are merged by Chan, Golub and LeVeque's formula (1979), which does not
/// cancel.
class RunningMoments {
 public:
  /// Errors: ArgumentError for another number of rows than before.
  template <class Scalar>
  void add(MatrixView<Scalar> batch) {
    if (batch.columns == 0) {
      return;
    }
    if (count_ > 0) {
      require_same_size("RunningMoments", "rows", batch.rows, "there were before", static_cast<Index>(mean_.size()));
    }
    mean_.resize(static_cast<std::size_t>(batch.rows));
    squares_.resize(static_cast<std::size_t>(batch.rows));
    const auto added = static_cast<double>(batch.columns);
    const auto total = static_cast<double>(count_) + added;
    for (Index row = 0; row < batch.rows; ++row) {
      double batch_mean = 0;
      for (Index column = 0; column < batch.columns; ++column) {
        batch_mean += static_cast<double>(batch.column(column)[row]);
      }
      batch_mean /= added;
      double batch_squares = 0;
      for (Index column = 0; column < batch.columns; ++column) {
        const double difference = static_cast<double>(batch.column(column)[row]) - batch_mean;
        batch_squares += difference * difference;
      }
      const auto i = static_cast<std::size_t>(row);
      const double shift = batch_mean - mean_[i];
      mean_[i] += shift * added / total;
      squares_[i] += batch_squares + shift * shift * static_cast<double>(count_) * added / total;
    }
    count_ += batch.columns;
  }

  [[nodiscard]] Index count() const { return count_; }
  [[nodiscard]] const std::vector<double>& mean() const { return mean_; }
  /// NaN before the first batch.
  [[nodiscard]] double variance(Index row) const {
    return squares_[static_cast<std::size_t>(row)] / static_cast<double>(count_);
  }

  /// How many rows have a variance above the threshold.
  [[nodiscard]] Index count_above(double threshold) const {
    Index above = 0;
    for (std::size_t row = 0; row < squares_.size(); ++row) {
      above += variance(static_cast<Index>(row)) > threshold ? 1 : 0;
    }
    return above;
  }

  void clear() {
    count_ = 0;
    mean_.assign(mean_.size(), 0);
    squares_.assign(squares_.size(), 0);
  }

 private:
  Index count_ = 0;
  std::vector<double> mean_;
  std::vector<double> squares_;
};

}  // namespace betavae
