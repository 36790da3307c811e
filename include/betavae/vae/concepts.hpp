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

/// decoder(context, z, x) turns latents × samples into the parameters of the likelihood, one column a sample, given what it reads of
/// the samples themselves (features × samples): conditions, which are not modelled.
template <class Type, class Scalar = float>
concept ConditionalDecoder = requires(const Type& decoder, Evaluating<Scalar>& context,
                                      const Constant<Scalar, Type::inputs>& z, const Constant<Scalar>& x) {
  { Type::outputs } -> std::convertible_to<int>;
  { decoder(context, z, x).value_view() } -> std::same_as<MatrixView<Scalar>>;
};

/// The same of the latents alone, decoder(context, z), or a ConditionalDecoder.
template <class Type, class Scalar = float>
concept Decoder = ConditionalDecoder<Type, Scalar> ||
    requires(const Type& decoder, Evaluating<Scalar>& context, const Constant<Scalar, Type::inputs>& z) {
  { Type::outputs } -> std::convertible_to<int>;
  { decoder(context, z).value_view() } -> std::same_as<MatrixView<Scalar>>;
};

/// An encoder whose result has, beside mean and log-variance, a tuple `skips` of hidden activations, the one nearest to the data first,
/// or a decoder that takes them, decoder(context, z, skips), beside decoder(context, z), which is what codes without samples go
/// through. `skip_sizes` are their numbers of rows, in the encoder's order for both.
template <class Type>
concept HasSkips = requires {
  { Type::skip_sizes[0] } -> std::convertible_to<int>;
  Type::skip_sizes.size();
};

namespace detail {

/// Whether the encoder gives the skips that the decoder takes, if it takes any.
template <class EncoderType, class DecoderType>
[[nodiscard]] consteval bool skips_fit() {
  bool fit = true;
  if constexpr (HasSkips<EncoderType> && HasSkips<DecoderType>) {
    const auto& given = EncoderType::skip_sizes;
    const auto& taken = DecoderType::skip_sizes;
    fit = given.size() == taken.size();
    for (std::size_t i = 0; fit && i < given.size(); ++i) {
      fit = given[i] == taken[i] || given[i] == dynamic || taken[i] == dynamic;
    }
  }
  return fit;
}

/// How many numbers a sample of so many features a likelihood takes from the decoder: as it says itself, or so many a value.
template <class Likelihood>
[[nodiscard]] constexpr int outputs_for(int features) {
  if constexpr (requires { Likelihood::outputs; }) {
    return Likelihood::outputs;
  } else {
    return features == dynamic ? dynamic : features * Likelihood::parameters_per_value;
  }
}

}  // namespace detail

/// See vae/likelihood/bernoulli.hpp for a whole one.
template <class Type, class Scalar = float>
concept Likelihood = requires(const Type& likelihood, Evaluating<Scalar>& context, const Constant<Scalar>& parameters,
                              const Observed<Constant<Scalar>>& observed, const Matrix<Scalar>& matrix,
                              const Random& random, Scalar x) {
  requires requires { Type::parameters_per_value; } || requires {
    Type::outputs;
  };
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

/// prior.sample(view, random, first_sample) draws codes, and at least one of these gives nats (see vae/rate.hpp):
/// prior.rate(posterior) of each dimension of each sample, or prior.log_density(context, z) of codes, latents × samples, or 1 × samples
/// where dimensions depend on each other. A prior with cross_entropy(context, mean, log_variance) needs log_density beside it.
template <class Type, class Scalar = float>
concept Prior = requires(const Type& prior, MatrixView<Scalar> z, const Random& random) {
  { prior.sample(z, random, std::uint64_t{}) } -> std::same_as<void>;
}
&&(
    requires(const Type& prior, const GaussianPosterior<Constant<Scalar>, Constant<Scalar>>& posterior) {
      { prior.rate(posterior).value_view() } -> std::same_as<MatrixView<Scalar>>;
    } ||
    requires(const Type& prior, Evaluating<Scalar>& context, const Constant<Scalar>& z) {
      { prior.log_density(context, z).value_view() } -> std::same_as<MatrixView<Scalar>>;
    });

namespace detail {

/// Whether training changes a prior: it shows parameters, or is made of an encoder's and says so by a constant is_learned.
template <class Type>
inline constexpr bool is_learned_prior = requires(Type& prior) {
  prior.visit(IgnoringVisitor{});
}
|| requires { requires Type::is_learned; };

}  // namespace detail

/// A prior that is made of the encoder: prior.given(context, encoder) is a Prior, good for as long as the tape's contents.
template <class Type, class EncoderType>
concept PriorOfEncoder = requires(const Type& prior, const EncoderType& encoder,
                                  Evaluating<typename EncoderType::Scalar>& context) {
  { prior.given(context, encoder) } -> Prior<typename EncoderType::Scalar>;
};

}  // namespace betavae
