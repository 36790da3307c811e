// SPDX-License-Identifier: MIT
// Scores of a data set under a likelihood whose parameters are the same for every sample: a walk over the set, batch by batch.
//
//     s(x) = ∂ ln p(x|θ)/∂θ,     F = E[−∂²ln p/∂θ²]
//
// A sample counts by its weight, a missing value has neither score nor information, and an offset is added to θ.
#pragma once

#include <betavae/data/data_set.hpp>
#include <betavae/train/valid_batches.hpp>

#include <type_traits>

namespace betavae::detail {

/// A likelihood alone, as what walks over data asks of a model.
template <class LikelihoodType, class ScalarType>
struct LikelihoodAsModel {
  using Scalar = ScalarType;
  static constexpr int features = dynamic;
  LikelihoodType likelihood;
};

/// The scalar type that a matrix has, or that a data set fills: double if it can.
template <class Data>
[[nodiscard]] auto scalar_of_data() {
  if constexpr (std::is_base_of_v<Eigen::EigenBase<Data>, Data>) {
    return typename Data::Scalar{};
  } else if constexpr (DataSet<Data, double>) {
    return double{};
  } else {
    return float{};
  }
}

/// Sums over a data set at one θ, by weight, of what is present: a missing value has no score, and no information.
template <class LikelihoodType, class Data>
class ScoreSums {
 public:
  static constexpr Index per_value = LikelihoodType::parameters_per_value;

  ScoreSums(const LikelihoodType& likelihood, const Data& data, Index batch)
      : model_{likelihood}, data_(data), batch_size_(batch), features_(data.features()) {}

  [[nodiscard]] Index parameters() const { return per_value * features_; }
  [[nodiscard]] bool has_offsets() const { return has_offsets_; }

  /// f(values, output, weights, present) for each batch: values features × samples; output θ with the samples' offsets; present(i, j).
  template <class Function>
  void for_each_batch(const Eigen::VectorXd& theta, const Function& f) {
    Matrix<double> values;
    Matrix<double> output;
    Eigen::VectorXd weights;
    for_each_valid_batch("price_spectrum", "data", model_, data_, batch_size_, batch_, [&](Index) {
      const auto view = batch_.view();
      values.resize(view.rows, view.columns);
      output = theta.replicate(1, view.columns);
      weights.resize(view.columns);
      for (Index j = 0; j < view.columns; ++j) {
        weights(j) = batch_.weight(j);
        for (Index i = 0; i < view.rows; ++i) {
          values(i, j) = batch_.is_present(i, j) ? static_cast<double>(view.column(j)[i]) : 0;
        }
        if (batch_.offsets() != nullptr) {
          has_offsets_ = true;
          output.col(j).head(view.rows).array() += static_cast<double>(batch_.offsets()[j]);
        }
      }
      f(values, output, weights);
    });
  }

  /// The score of each parameter of each sample, 0 where the value is missing.
  [[nodiscard]] Matrix<double> score(const Matrix<double>& output, const Matrix<double>& values) const {
    Matrix<double> s = model_.likelihood.score(output, values);
    clear_missing(s);
    return s;
  }
  [[nodiscard]] Matrix<double> information(const Matrix<double>& output) const {
    Matrix<double> f = model_.likelihood.fisher_information(output);
    clear_missing(f);
    return f;
  }
  [[nodiscard]] bool is_present(Index value, Index sample) const { return batch_.is_present(value, sample); }

 private:
  void clear_missing(Matrix<double>& of_parameters) const {
    for (Index j = 0; batch_.mask() != nullptr && j < of_parameters.cols(); ++j) {
      for (Index i = 0; i < of_parameters.rows(); ++i) {
        of_parameters(i, j) = batch_.is_present(i % features_, j) ? of_parameters(i, j) : 0;
      }
    }
  }

  LikelihoodAsModel<LikelihoodType, decltype(scalar_of_data<Data>())> model_;
  const Data& data_;
  Index batch_size_;
  Index features_;
  Batch<decltype(scalar_of_data<Data>())> batch_;
  bool has_offsets_ = false;
};

/// Means of score and Fisher information at one θ.
struct MeanScore {
  Eigen::VectorXd score;
  Eigen::VectorXd information;
  [[nodiscard]] Eigen::ArrayXd standardized() const {
    return (information.array() > 0).select(score.array() / information.array().sqrt(), 0.0);
  }
};

template <class Sums>
[[nodiscard]] MeanScore mean_score(Sums& sums, const Eigen::VectorXd& theta) {
  MeanScore mean{Eigen::VectorXd::Zero(theta.size()), Eigen::VectorXd::Zero(theta.size())};
  double total = 0;
  sums.for_each_batch(theta, [&](const auto& values, const auto& output, const auto& weights) {
    mean.score += sums.score(output, values) * weights;
    mean.information += sums.information(output) * weights;
    total += weights.sum();
  });
  mean.score /= total;
  mean.information /= total;
  return mean;
}

}  // namespace betavae::detail
