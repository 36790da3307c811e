// SPDX-License-Identifier: MIT
// Reads the reference numbers that tests/reference/generate_reference.py wrote. The format is described there.
#pragma once

#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>

#include "model_check.hpp"
#include "number_file.hpp"

#include <string>

namespace betavae::test {

[[nodiscard]] inline const NumberFile& pytorch_reference() {
  static const NumberFile reference(std::string(BETAVAE_TEST_REFERENCE_DIR) + "/pytorch.txt");
  return reference;
}

/// Noise that was recorded: step s is `steps[s]`, latents × samples.
template <class Scalar>
struct RecordedNoise {
  std::vector<Matrix<Scalar>> steps;

  void fill(MatrixView<Scalar> values, std::uint64_t step, std::uint64_t first_sample) const {
    const Matrix<Scalar>& recorded = steps.at(static_cast<std::size_t>(step));
    for (Index j = 0; j < values.columns; ++j) {
      for (Index i = 0; i < values.rows; ++i) {
        values.column(j)[i] = recorded(i, static_cast<Index>(first_sample) + j);
      }
    }
  }
};

/// One case of the file in one precision.
template <class ScalarType>
struct ReferenceCase {
  using Scalar = ScalarType;
  std::string name;

  [[nodiscard]] Matrix<Scalar> input(const std::string& key) const {
    return pytorch_reference().at(name + "/input/" + key).template cast<Scalar>();
  }
  [[nodiscard]] bool has_input(const std::string& key) const { return pytorch_reference().has(name + "/input/" + key); }
  [[nodiscard]] Matrix<double> expected(const std::string& key) const {
    constexpr bool is_float = sizeof(Scalar) == sizeof(float);
    return pytorch_reference().at(name + (is_float ? "/float32/" : "/float64/") + key);
  }
  [[nodiscard]] double beta() const { return static_cast<double>(input("beta")(0, 0)); }
  [[nodiscard]] RecordedNoise<Scalar> noise() const {
    RecordedNoise<Scalar> recorded;
    for (int step = 0; has_input("noise." + std::to_string(step)); ++step) {
      recorded.steps.push_back(input("noise." + std::to_string(step)));
    }
    return recorded;
  }
  [[nodiscard]] std::vector<std::uint8_t> mask() const {
    std::vector<std::uint8_t> present;
    if (has_input("mask")) {
      const Matrix<Scalar> ones = input("mask");
      for (Index i = 0; i < ones.size(); ++i) {
        present.push_back(ones.data()[i] != Scalar(0) ? 1 : 0);
      }
    }
    return present;
  }

  /// Weights of the file into a model.
  template <class Model>
  void load(Model& model) const {
    visit_parameters(
        model, [&](const std::string& parameter_name, auto& parameter) { parameter.value() = input(parameter_name); });
  }
};

/// ‖Δ‖ / ‖reference‖
template <class Derived>
[[nodiscard]] double normwise_error(const Eigen::MatrixBase<Derived>& ours, const Matrix<double>& reference) {
  return (ours.template cast<double>() - reference).norm() / reference.norm();
}

/// Calls `check(case, model)` for every case of the file, in one precision, the model holding the file's weights. The sizes are
/// those of generate_reference.py.
template <class Scalar, class Check>
void for_each_reference_case(const Check& check) {
  const auto one = [&](const std::string& name, Activation activation, auto likelihood) {
    const ReferenceCase<Scalar> reference{name};
    const DenseOptions options{.activation = activation};
    Vae model{dense_encoder<Scalar, 13, 9, 4>(options), dense_decoder<Scalar, 4, 9, 13>(options), likelihood};
    reference.load(model);
    check(reference, model);
  };
  one("bernoulli_relu", Activation::relu, Bernoulli{});
  one("gaussian_fixed_tanh", Activation::tanh, Gaussian{0.5});
  one("gaussian_learned_tanh", Activation::tanh, GaussianLearnedSigma<Scalar>{0.75, 0.01});
  one("gaussian_optimal_relu", Activation::relu, GaussianOptimalSigma{});
  one("bernoulli_missing_tanh", Activation::tanh, Bernoulli{});
  one("gaussian_optimal_missing_tanh", Activation::tanh, GaussianOptimalSigma{});
}

}  // namespace betavae::test
