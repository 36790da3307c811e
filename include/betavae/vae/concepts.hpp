// SPDX-License-Identifier: MIT
// What an encoder, decoder, likelihood or prior must be able to do. Any type that can is one: no base class.
#pragma once

#include <betavae/nn/gradients.hpp>
#include <betavae/vae/likelihood/observed.hpp>
#include <betavae/vae/noise.hpp>
#include <betavae/vae/posterior.hpp>

namespace betavae {

/// encoder(context, x) turns features × samples into a posterior: any type with members `mean` and `log_variance`, latents × samples
/// each (see `gaussian_posterior`).
template <class Type, class Scalar = float>
concept Encoder = requires(const Type& encoder, Evaluating<Scalar>& context, const Constant<Scalar, Type::inputs>& x) {
  requires std::same_as<typename Type::Scalar, Scalar>;
  { Type::latents } -> std::convertible_to<int>;
  { encoder(context, x).mean.value_view() } -> std::same_as<MatrixView<Scalar>>;
  { encoder(context, x).log_variance.value_view() } -> std::same_as<MatrixView<Scalar>>;
};

/// decoder(context, z) turns latents × samples into the parameters of the likelihood, one column a sample.
template <class Type, class Scalar = float>
concept Decoder = requires(const Type& decoder, Evaluating<Scalar>& context, const Constant<Scalar, Type::inputs>& z) {
  { Type::outputs } -> std::convertible_to<int>;
  { decoder(context, z).value_view() } -> std::same_as<MatrixView<Scalar>>;
};

/// See vae/likelihood/bernoulli.hpp for a whole one.
template <class Type, class Scalar = float>
concept Likelihood = requires(const Type& likelihood, Evaluating<Scalar>& context, const Constant<Scalar>& parameters,
                              const Observed<Constant<Scalar>>& observed, const Matrix<Scalar>& matrix,
                              const Random& random, Scalar x) {
  { Type::parameters_per_value } -> std::convertible_to<int>;
  { Type::name } -> std::convertible_to<std::string_view>;
  { Type::point_estimate_name } -> std::convertible_to<std::string_view>;
  { likelihood.distortion(context, parameters, observed).value_view() } -> std::same_as<MatrixView<Scalar>>;
  { likelihood.score(matrix, matrix) } -> std::convertible_to<Matrix<Scalar>>;
  { likelihood.point_estimate(matrix) } -> std::convertible_to<Matrix<Scalar>>;
  { likelihood.sample(matrix, random, std::uint64_t{}) } -> std::convertible_to<Matrix<Scalar>>;
  { likelihood.fisher_information(matrix) } -> std::convertible_to<Matrix<Scalar>>;
  { likelihood.floor(double{}) } -> std::convertible_to<double>;
  { likelihood.check(x, Index{}, Index{}) } -> std::same_as<void>;
};

/// prior.rate(posterior) gives the nats of each dimension of each sample; prior.sample(view, random, first_sample) draws codes.
template <class Type, class Scalar = float>
concept Prior = requires(const Type& prior, const GaussianPosterior<Constant<Scalar>, Constant<Scalar>>& posterior,
                         MatrixView<Scalar> z, const Random& random) {
  { prior.rate(posterior).value_view() } -> std::same_as<MatrixView<Scalar>>;
  { prior.sample(z, random, std::uint64_t{}) } -> std::same_as<void>;
};

}  // namespace betavae
