// SPDX-License-Identifier: MIT
// Reads the reference numbers that tests/reference/generate_reference.py wrote. The format is described there.
#pragma once

#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>

#include "model_check.hpp"

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>

namespace betavae::test {

/// Tensors by name: "CASE/float32/gradient/encoder.0.weight".
class Reference {
 public:
  explicit Reference(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    while (std::getline(file, line)) {
      if (line.empty() || line.front() == '#') {
        continue;
      }
      std::istringstream words(line);
      std::string name;
      Index rows = 0;
      Index columns = 0;
      words >> name >> rows >> columns;
      Matrix<double> tensor(rows, columns);
      std::string word;
      for (Index i = 0; i < tensor.size(); ++i) {
        words >> word;
        tensor.data()[i] = std::strtod(word.c_str(), nullptr);  // streams do not read hexadecimal floats
      }
      if (!words || words >> word) {
        throw std::runtime_error(path + ": " + name + ": wrong number of numbers");
      }
      tensors_[name] = tensor;
    }
    if (tensors_.empty()) {
      throw std::runtime_error(path + ": no numbers");
    }
  }

  [[nodiscard]] bool has(const std::string& name) const { return tensors_.count(name) != 0; }
  [[nodiscard]] const Matrix<double>& at(const std::string& name) const { return tensors_.at(name); }

 private:
  std::map<std::string, Matrix<double>> tensors_;
};

[[nodiscard]] inline const Reference& pytorch_reference() {
  static const Reference reference(std::string(BETAVAE_TEST_REFERENCE_DIR) + "/pytorch.txt");
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
