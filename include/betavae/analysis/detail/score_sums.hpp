// SPDX-License-Identifier: MIT
// Scores of a data set under a likelihood whose parameters are the same for every sample: a walk over the set, batch by batch.
//
//     s(x) = ∂ ln p(x|θ)/∂θ,     F = E[−∂²ln p/∂θ²]
//
// A sample counts by its weight, a missing value has neither score nor information, and an offset is added to θ.
#pragma once

#include <betavae/data/data_set.hpp>
#include <betavae/train/valid_batches.hpp>

#include <algorithm>
#include <cstdint>
#include <string_view>
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

/// Which likelihoods are known to have their best constant parameters in closed form.
enum class BestConstantForm { none, gaussian, poisson, bernoulli };

/// What a price spectrum goes by of a likelihood.
struct LikelihoodFacts {
  std::string_view name;
  Index per_value = 1;  ///< parameters of a value, those of value i in rows i, i + features, … of the decoder's output
  BestConstantForm best_constant = BestConstantForm::none;
  bool has_free_sigma = false;  ///< σ is found by training, so the best constant output has a best σ beside it
  double sigma = 1;             ///< of a Gaussian whose σ is free, and the least that it may be
  double sigma_floor = 0;
};

template <class LikelihoodType>
[[nodiscard]] LikelihoodFacts facts_of(const LikelihoodType& likelihood) {
  const std::string_view name = LikelihoodType::name;
  LikelihoodFacts facts{.name = name, .per_value = LikelihoodType::parameters_per_value};
  facts.has_free_sigma = name == "GaussianLearnedSigma" || name == "GaussianOptimalSigma";
  if (facts.per_value == 1) {
    facts.best_constant = name == "Bernoulli"                          ? BestConstantForm::bernoulli
                          : name == "Poisson"                          ? BestConstantForm::poisson
                          : name == "Gaussian" || facts.has_free_sigma ? BestConstantForm::gaussian
                                                                       : BestConstantForm::none;
  }
  if constexpr (requires { likelihood.sigma_floor / likelihood.sigma(); }) {
    facts.sigma = likelihood.sigma();
    facts.sigma_floor = likelihood.sigma_floor;
  }
  return facts;
}

/// A batch in double.
struct ScoreBatch {
  Matrix<double> values;               ///< features × samples, 0 where one is missing
  Matrix<double> output;               ///< parameters × samples: θ with the samples' offsets
  Matrix<double> weights;              ///< samples × 1
  const std::uint8_t* mask = nullptr;  ///< features × samples, 0 where a value is missing. Null where none is
  bool has_offsets = false;

  [[nodiscard]] bool is_present(Index value, Index sample) const {
    return mask == nullptr || mask[sample * values.rows() + value] != 0;
  }
};

/// A likelihood on a data set, without the types of either.
class Scores {
 public:
  Scores() = default;
  Scores(const Scores&) = delete;
  Scores& operator=(const Scores&) = delete;
  virtual ~Scores() = default;

  [[nodiscard]] const LikelihoodFacts& likelihood() const { return facts_; }
  [[nodiscard]] Index features() const { return features_; }
  [[nodiscard]] Index parameters() const { return facts_.per_value * features_; }

  /// f(batch) for each batch of the set, at this θ (one column).
  template <class Function>
  void for_each_batch(const Matrix<double>& theta, const Function& f) {
    walk(
        theta, [](const void* any, const ScoreBatch& batch) { (*static_cast<const Function*>(any))(batch); }, &f);
  }

  /// Of each parameter of each sample, 0 where the value is missing.
  [[nodiscard]] virtual Matrix<double> score(const ScoreBatch& batch) const = 0;
  [[nodiscard]] virtual Matrix<double> information(const ScoreBatch& batch) const = 0;

 protected:
  using Visit = void (*)(const void* function, const ScoreBatch& batch);
  virtual void walk(const Matrix<double>& theta, Visit visit, const void* function) = 0;

  LikelihoodFacts facts_;
  Index features_ = 0;
};

template <class LikelihoodType, class Data>
class ScoresOf final : public Scores {
 public:
  ScoresOf(const LikelihoodType& likelihood, const Data& data, Index batch)
      : model_{likelihood}, data_(data), batch_size_(batch) {
    facts_ = facts_of(likelihood);
    features_ = data.features();
  }

  [[nodiscard]] Matrix<double> score(const ScoreBatch& batch) const override {
    Matrix<double> s = model_.likelihood.score(batch.output, batch.values);
    clear_missing(batch, s);
    return s;
  }
  [[nodiscard]] Matrix<double> information(const ScoreBatch& batch) const override {
    Matrix<double> f = model_.likelihood.fisher_information(batch.output);
    clear_missing(batch, f);
    return f;
  }

 private:
  void walk(const Matrix<double>& theta, Visit visit, const void* function) override {
    ScoreBatch batch;
    for_each_valid_batch("price_spectrum", "data", model_, data_, batch_size_, batch_, [&](Index) {
      const auto view = batch_.view();
      batch.values.resize(view.rows, view.columns);
      batch.output.resize(theta.rows(), view.columns);
      batch.weights.resize(view.columns, 1);
      batch.mask = batch_.mask();
      batch.has_offsets = batch_.offsets() != nullptr;
      for (Index j = 0; j < view.columns; ++j) {
        batch.weights(j, 0) = batch_.weight(j);
        std::copy_n(theta.data(), theta.rows(), &batch.output(0, j));
        for (Index i = 0; i < view.rows; ++i) {
          batch.values(i, j) = batch_.is_present(i, j) ? static_cast<double>(view.column(j)[i]) : 0;
        }
        for (Index i = 0; batch.has_offsets && i < view.rows; ++i) {
          batch.output(i, j) += static_cast<double>(batch_.offsets()[j]);
        }
      }
      visit(function, batch);
    });
  }

  static void clear_missing(const ScoreBatch& batch, Matrix<double>& of_parameters) {
    for (Index j = 0; batch.mask != nullptr && j < of_parameters.cols(); ++j) {
      for (Index i = 0; i < of_parameters.rows(); ++i) {
        of_parameters(i, j) = batch.is_present(i % batch.values.rows(), j) ? of_parameters(i, j) : 0;
      }
    }
  }

  LikelihoodAsModel<LikelihoodType, decltype(scalar_of_data<Data>())> model_;
  const Data& data_;
  Index batch_size_;
  Batch<decltype(scalar_of_data<Data>())> batch_;
};

}  // namespace betavae::detail
