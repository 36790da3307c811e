// SPDX-License-Identifier: MIT
// Records as tests/support/model_check.hpp takes them.
#pragma once

#include "model_check.hpp"
#include "numbers.hpp"
#include "records.hpp"

namespace betavae::test {

/// Numbers for differentiate, of one batch of records.
template <class Model>
struct Numbers {
  using Scalar = typename Model::Scalar;
  template <class Records>
  Numbers(const Model& model, const Records& records)
      : batch(whole_batch<Scalar>(model.likelihood.data_set(records))), x(values_of(batch)) {}
  [[nodiscard]] betavae::test::Beside<Scalar> beside() const { return {batch.mask(), batch.weights(), nullptr}; }
  betavae::Batch<Scalar> batch;
  betavae::Matrix<Scalar> x;
};

/// All parameters around 0, so that no gradient is small.
template <class Model>
void stir(Model& model) {
  std::uint64_t sequence = 100;
  betavae::visit_parameters(model, [&](const std::string&, auto& parameter) {
    for (betavae::Index i = 0; i < parameter.size(); ++i) {
      using Scalar = typename Model::Scalar;
      parameter.data()[i] += Scalar(0.3 * number<double>(sequence, i));
    }
    ++sequence;
  });
}

}  // namespace betavae::test
