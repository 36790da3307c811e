// SPDX-License-Identifier: MIT
// Decoding with codes that are not a sample's own, to see what the code decides: all that reaches the decoder past it stays the sample's.
#pragma once

#include <betavae/betavae.hpp>

namespace claims {

/// The point estimates of x (features × samples) at the posterior means of the samples after them, the last at that of the first.
template <class Model>
betavae::Matrix<float> with_the_next_code(const Model& model, const betavae::Matrix<float>& x) {
  betavae::Tape<float> tape;
  betavae::Evaluating<float> context(tape);
  const auto values = betavae::constant(tape, x);
  const auto encoded = model.encoder(context, values);
  betavae::Matrix<float> codes(encoded.mean.rows(), x.cols());
  for (betavae::Index j = 0; j < x.cols(); ++j) {
    codes.col(j) = encoded.mean.value().col((j + 1) % x.cols());
  }
  const auto parameters = model.decode_given(context, betavae::constant(tape, codes), values, encoded);
  return model.likelihood.point_estimate(betavae::Matrix<float>(parameters.value()));
}

}  // namespace claims
