// SPDX-License-Identifier: MIT
// Decoding with codes that are not a sample's own, to see what the code decides: all that reaches the decoder past it stays the sample's.
#pragma once

#include <betavae/betavae.hpp>

namespace claims {

/// The likelihood's parameters at codes z, beside the skips of samples that have been encoded, where the decoder takes skips.
template <class Model, class Context, class Codes, class Encoded>
auto decode_beside(const Model& model, Context& context, const Codes& z, const Encoded& encoded) {
  if constexpr (betavae::HasSkips<decltype(model.decoder)>) {
    return model.decoder(context, z, encoded.skips);
  } else {
    return model.decoder(context, z);
  }
}

/// The point estimates of x (features × samples) at the posterior means of the samples after them, the last at that of the first.
template <class Model>
betavae::Matrix<float> with_the_next_code(const Model& model, const betavae::Matrix<float>& x) {
  betavae::Tape<float> tape;
  betavae::Evaluating<float> context(tape);
  const auto encoded = model.encoder(context, betavae::constant(tape, x));
  betavae::Matrix<float> codes(encoded.mean.rows(), x.cols());
  for (betavae::Index j = 0; j < x.cols(); ++j) {
    codes.col(j) = encoded.mean.value().col((j + 1) % x.cols());
  }
  const auto parameters = decode_beside(model, context, betavae::constant(tape, codes), encoded);
  return model.likelihood.point_estimate(betavae::Matrix<float>(parameters.value()));
}

}  // namespace claims
