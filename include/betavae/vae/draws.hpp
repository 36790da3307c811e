// SPDX-License-Identifier: MIT
// A batch whose samples stand several times in a row, once for each draw of their codes: the encoder runs once, all else on the draws.
//
// Draw k of sample j is column j·draws + k.
#pragma once

#include <betavae/autodiff/repeat.hpp>
#include <betavae/vae/full_gaussian_posterior.hpp>
#include <betavae/vae/likelihood/observed.hpp>

#include <algorithm>
#include <tuple>

namespace betavae::detail {

template <Operand Mean, Operand LogVariance>
[[nodiscard]] GaussianPosterior<Mean, LogVariance> repeat_posterior(
    const GaussianPosterior<Mean, LogVariance>& posterior, Index draws) {
  return {repeat_samples(posterior.mean, draws), repeat_samples(posterior.log_variance, draws)};
}

template <Operand Mean, Operand LogVariance, Operand Factor>
[[nodiscard]] FullGaussianPosterior<Mean, LogVariance, Factor> repeat_posterior(
    const FullGaussianPosterior<Mean, LogVariance, Factor>& posterior, Index draws) {
  return {repeat_samples(posterior.mean, draws), repeat_samples(posterior.log_variance, draws),
          repeat_samples(posterior.factor, draws)};
}

/// `size` values for each sample, each sample's `draws` times; in the arena. Null stays null.
template <class Scalar, class Value>
[[nodiscard]] const Value* repeat_beside(Tape<Scalar>& tape, const Value* values, Index size, Index samples,
                                         Index draws) {
  if (values == nullptr) {
    return nullptr;
  }
  auto* const repeated = tape.arena().template allocate<Value>(size * samples * draws);
  for (Index j = 0; j < samples * draws; ++j) {
    std::copy_n(values + j / draws * size, size, repeated + j * size);
  }
  return repeated;
}

/// What was observed, of each draw. For one draw it is the same, and nothing is copied.
template <Operand Values>
[[nodiscard]] Observed<Values> repeat_observed(const Observed<Values>& observed, Index draws) {
  if (draws == 1) {
    return observed;
  }
  auto& tape = observed.values.tape();
  const Index samples = observed.samples();
  return {repeat_samples(observed.values, draws),
          repeat_beside(tape, observed.mask, observed.features(), samples, draws),
          repeat_beside(tape, observed.weights, 1, samples, draws),
          repeat_beside(tape, observed.offsets, 1, samples, draws)};
}

/// What decoders read of an encoder's result beside the codes.
template <class Skips>
struct OfEncoder {
  Skips skips;
};

/// The hidden activations that the encoder gave of each sample, of each draw; none where it gives none.
template <class Encoded>
[[nodiscard]] auto repeat_skips(const Encoded& encoded, Index draws) {
  if constexpr (requires { encoded.skips; }) {
    return std::apply(
        [&](const auto&... skip) { return OfEncoder<decltype(encoded.skips)>{{repeat_samples(skip, draws)...}}; },
        encoded.skips);
  } else {
    return OfEncoder<std::tuple<>>{};
  }
}

}  // namespace betavae::detail
