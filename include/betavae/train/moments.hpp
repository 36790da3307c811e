// SPDX-License-Identifier: MIT
// Running means and variances of each row over many batches, in double.
#pragma once

#include <betavae/core/errors.hpp>
#include <betavae/core/matrix_view.hpp>

#include <algorithm>
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
    within_.resize(static_cast<std::size_t>(batch.rows));
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
      within_[i] += batch_squares;
      squares_[i] += batch_squares + shift * shift * static_cast<double>(count_) * added / total;
    }
    count_ += batch.columns;
    ++batches_;
  }

  [[nodiscard]] Index count() const { return count_; }
  [[nodiscard]] const std::vector<double>& mean() const { return mean_; }
  /// Errors: ArgumentError for a row that no batch had.
  [[nodiscard]] double variance(Index row) const {
    require_index("RunningMoments::variance", "row", row, static_cast<Index>(squares_.size()));
    return squares_[static_cast<std::size_t>(row)] / static_cast<double>(count_);
  }

  /// How many rows have a variance above the threshold.
  [[nodiscard]] Index count_above(double threshold) const {
    return count(squares_, static_cast<double>(count_), threshold);
  }

  /// The same with the variance within batches alone, unbiased: what batches measured at different parameters have in common. 0 for
  /// batches of one.
  [[nodiscard]] Index count_above_within_batches(double threshold) const {
    return count(within_, static_cast<double>(count_ - batches_), threshold);
  }

  void clear() {
    count_ = 0;
    batches_ = 0;
    std::fill(within_.begin(), within_.end(), 0.0);
    std::fill(mean_.begin(), mean_.end(), 0.0);
    std::fill(squares_.begin(), squares_.end(), 0.0);
  }

 private:
  [[nodiscard]] static Index count(const std::vector<double>& squares, double divisor, double threshold) {
    return static_cast<Index>(
        std::count_if(squares.begin(), squares.end(), [=](double square) { return square / divisor > threshold; }));
  }

  Index count_ = 0;
  Index batches_ = 0;
  std::vector<double> mean_;
  std::vector<double> squares_;  ///< about the mean over all batches
  std::vector<double> within_;   ///< about the mean of each batch
};

}  // namespace betavae
