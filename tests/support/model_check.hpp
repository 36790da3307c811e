// SPDX-License-Identifier: MIT
// What the tests of whole models share: reproducible matrices, loss and gradients of one batch by the
// production path, and the comparison of a model's gradient with finite differences.
#pragma once

#include <betavae/autodiff/gradient_check.hpp>
#include <betavae/vae/objective/beta_elbo.hpp>
#include <betavae/vae/vae.hpp>

#include "error_text.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace betavae::test {

/// rows × columns standard normals that depend on the seed alone.
template <class Scalar = double>
[[nodiscard]] Matrix<Scalar> normals(Index rows, Index columns, std::uint64_t seed) {
  Matrix<Scalar> result(rows, columns);
  for (Index j = 0; j < columns; ++j) {
    Random(seed).fill_normals(result.data() + j * rows, rows, 0, static_cast<std::uint64_t>(j));
  }
  return result;
}

/// rows × columns numbers in (0, 1].
template <class Scalar = double>
[[nodiscard]] Matrix<Scalar> uniforms(Index rows, Index columns, std::uint64_t seed) {
  Matrix<Scalar> result(rows, columns);
  for (Index i = 0; i < result.size(); ++i) {
    result.data()[i] = Random(seed).uniform<Scalar>({0, 0, static_cast<std::uint64_t>(i)});
  }
  return result;
}

using test::error_text;

[[nodiscard]] inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// What may stand beside the values of a batch; see Observed.
template <class Scalar>
struct Beside {
  const std::uint8_t* mask = nullptr;
  const Scalar* weights = nullptr;
  const Scalar* offsets = nullptr;
};

/// One batch, forwards and backwards, in nats.
template <class Scalar>
struct Differentiated {
  Scalar loss;
  Scalar distortion;
  Matrix<Scalar> rate_per_dimension;
  Gradients<Scalar> gradients;

  [[nodiscard]] Scalar rate() const { return rate_per_dimension.sum(); }
};

/// Vae::terms → objective → reverse: what a step of training does.
template <class Model, class Objective, class NoiseSource>
[[nodiscard]] auto differentiate(Model& model, const Objective& objective, const NoiseSource& noise,
                                 const Matrix<typename Model::Scalar>& x, Beside<typename Model::Scalar> beside = {},
                                 std::uint64_t step = 0) {
  using Scalar = typename Model::Scalar;
  Tape<Scalar> tape;
  Gradients<Scalar> gradients(model);
  Recording<Scalar> context(tape, gradients, step);
  const auto values = constant(tape, x);
  const Observed<Constant<Scalar>> observed{values, beside.mask, beside.weights, beside.offsets};
  const auto terms = model.terms(context, observed, noise, step, 0, betavae::detail::draws_of(objective));
  const auto value = objective(terms);
  const auto& loss = betavae::detail::loss_in(value);
  reverse(loss);
  return Differentiated<Scalar>{loss.value()(0, 0), terms.distortion.value()(0, 0), terms.rate_per_dimension.value(),
                                std::move(gradients)};
}

/// The loss alone, by the path that records nothing.
template <class Model, class Objective, class NoiseSource>
[[nodiscard]] auto loss_of(const Model& model, const Objective& objective, const NoiseSource& noise,
                           const Matrix<typename Model::Scalar>& x, Beside<typename Model::Scalar> beside = {}) {
  using Scalar = typename Model::Scalar;
  Tape<Scalar> tape;
  Evaluating<Scalar> context(tape);
  const Observed<Constant<Scalar>> observed{constant(tape, x), beside.mask, beside.weights, beside.offsets};
  const auto value = objective(model.terms(context, observed, noise, 0, 0, betavae::detail::draws_of(objective)));
  return Scalar(betavae::detail::loss_in(value).value()(0, 0));
}

/// The gradient of one parameter, in its shape.
template <class Scalar, int Rows, int Columns>
[[nodiscard]] Matrix<Scalar> gradient_of(const Gradients<Scalar>& gradients,
                                         const Parameter<Scalar, Rows, Columns>& parameter) {
  const auto& part = gradients.part_of(parameter.data());
  return Eigen::Map<const Matrix<Scalar>>(gradients.data(part), part.rows, part.columns);
}

/// All gradients one after the other.
template <class Scalar>
[[nodiscard]] std::vector<Scalar> all_gradients(const Gradients<Scalar>& gradients) {
  std::vector<Scalar> all;
  for (const auto& part : gradients.parts()) {
    all.insert(all.end(), gradients.data(part), gradients.data(part) + part.size());
  }
  return all;
}

/// ‖a − b‖ / ‖b‖ over all numbers.
template <class Scalar>
[[nodiscard]] double relative_distance(const std::vector<Scalar>& a, const std::vector<Scalar>& b) {
  double difference = a.size() == b.size() ? 0 : HUGE_VAL;
  double norm = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    difference += static_cast<double>((a[i] - b[i]) * (a[i] - b[i]));
    norm += static_cast<double>(b[i] * b[i]);
  }
  return std::sqrt(difference / norm);
}

/// Where the numbers of each parameter of a model lie.
template <class Model>
[[nodiscard]] std::vector<std::span<double>> parameter_numbers(Model& model) {
  std::vector<std::span<double>> all;
  visit_parameters(model, [&](const std::string&, auto& parameter) {
    all.emplace_back(parameter.data(), static_cast<std::size_t>(parameter.size()));
  });
  return all;
}

/// As below, of loss and gradients that are a function of these numbers.
[[nodiscard]] double worst_gradient_error(const std::vector<std::span<double>>& parameters,
                                          const std::function<Differentiated<double>()>& differentiate);

/// The largest |analytic − numeric| / max(1, |numeric|) over all parameters of a model, with the five-point difference of
/// `gradient_check`, whose tolerance holds here too.
template <class Model, class Objective, class NoiseSource>
[[nodiscard]] double worst_gradient_error(Model model, const Objective& objective, const NoiseSource& noise,
                                          const Matrix<double>& x, Beside<double> beside = {}) {
  return worst_gradient_error(parameter_numbers(model),
                              [&] { return differentiate(model, objective, noise, x, beside); });
}

/// Kolmogorov and Smirnov's distance between draws and a distribution function, times √n. Below 1.63 with probability 99 %.
template <class Distribution>
[[nodiscard]] double kolmogorov_smirnov(std::vector<double> draws, const Distribution& distribution) {
  std::sort(draws.begin(), draws.end());
  const auto count = static_cast<double>(draws.size());
  double distance = 0;
  for (std::size_t i = 0; i < draws.size(); ++i) {
    const double probability = distribution(draws[i]);
    distance = std::max(
        {distance, probability - static_cast<double>(i) / count, static_cast<double>(i + 1) / count - probability});
  }
  return distance * std::sqrt(count);
}

[[nodiscard]] inline double normal_distribution(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

}  // namespace betavae::test
