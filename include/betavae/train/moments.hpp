// SPDX-License-Identifier: MIT
// Running means and variances of each row over many batches, in double.
#pragma once

#include <betavae/core/errors.hpp>
#include <betavae/core/matrix_view.hpp>

#include <algorithm>
#include <type_traits>
#include <vector>

namespace betavae {

/// Mean and variance (divided by n) of each row; a sample of weight w counts as w samples. Batches are merged by Chan, Golub and
/// LeVeque's formula (1979), which does not cancel.
class BETAVAE_API RunningMoments {
 public:
  /// `weights`, one above 0 a sample, may be null for ones. Errors: ArgumentError for another number of rows than before.
  template <class Scalar>
  void add(MatrixView<Scalar> batch, const std::remove_const_t<Scalar>* weights = nullptr);

  [[nodiscard]] Index count() const { return count_; }
  [[nodiscard]] const std::vector<double>& mean() const { return mean_; }
  /// Errors: ArgumentError for a row that no batch had.
  [[nodiscard]] double variance(Index row) const {
    require_index("RunningMoments::variance", "row", row, static_cast<Index>(squares_.size()));
    return squares_[static_cast<std::size_t>(row)] / weight_;
  }

  /// How many rows have a variance above the threshold.
  [[nodiscard]] Index count_above(double threshold) const { return count(squares_, weight_, threshold); }

  /// The same with the variance within batches alone, unbiased for independent samples whatever their weights: what batches measured
  /// at different parameters have in common. 0 for batches of one.
  [[nodiscard]] Index count_above_within_batches(double threshold) const { return count(within_, freedom_, threshold); }

  void clear() {
    count_ = 0;
    weight_ = 0;
    freedom_ = 0;
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
  double weight_ = 0;  ///< of all samples
  double freedom_ = 0;  ///< Σw − Σw²/Σw, summed over batches: one less than its samples for a batch of equal weights 1
  std::vector<double> mean_;
  std::vector<double> squares_;  ///< about the mean over all batches
  std::vector<double> within_;   ///< about the mean of each batch
};

template <class Scalar>
void RunningMoments::add(MatrixView<Scalar> batch, const std::remove_const_t<Scalar>* weights) {
  if (batch.columns == 0) {
    return;
  }
  if (count_ > 0) {
    require_same_size("RunningMoments", "rows", batch.rows, "there were before", static_cast<Index>(mean_.size()));
  }
  mean_.resize(static_cast<std::size_t>(batch.rows));
  squares_.resize(static_cast<std::size_t>(batch.rows));
  within_.resize(static_cast<std::size_t>(batch.rows));
  const auto weight = [&](Index column) { return weights != nullptr ? static_cast<double>(weights[column]) : 1.0; };
  double added = 0;
  double added_squares = 0;
  for (Index column = 0; column < batch.columns; ++column) {
    added += weight(column);
    added_squares += weight(column) * weight(column);
  }
  const double total = weight_ + added;
  for (Index row = 0; row < batch.rows; ++row) {
    double batch_mean = 0;
    for (Index column = 0; column < batch.columns; ++column) {
      batch_mean += weight(column) * static_cast<double>(batch.column(column)[row]);
    }
    batch_mean = batch.columns == 1 ? static_cast<double>(batch.column(0)[row]) : batch_mean / added;
    double batch_squares = 0;
    for (Index column = 0; column < batch.columns; ++column) {
      const double difference = static_cast<double>(batch.column(column)[row]) - batch_mean;
      batch_squares += weight(column) * difference * difference;
    }
    const auto i = static_cast<std::size_t>(row);
    const double shift = batch_mean - mean_[i];
    mean_[i] += shift * added / total;
    within_[i] += batch_squares;
    squares_[i] += batch_squares + shift * shift * weight_ * added / total;
  }
  count_ += batch.columns;
  weight_ = total;
  freedom_ += batch.columns > 1 ? added - added_squares / added : 0;
}

#if !BETAVAE_HEADER_ONLY
#define BETAVAE_MOMENTS(Keyword, Scalar)                                                \
  Keyword template void RunningMoments::add<Scalar>(MatrixView<Scalar>, const Scalar*); \
  Keyword template void RunningMoments::add<const Scalar>(MatrixView<const Scalar>, const Scalar*);
BETAVAE_INSTANCES(BETAVAE_MOMENTS)
#endif

}  // namespace betavae
