// SPDX-License-Identifier: MIT
// The β-variational autoencoder: encoder, decoder, likelihood and prior (Kingma and Welling, 2014; Higgins et al., 2017).
//
//     x → encoder → q(z|x) → z = μ + σ ε → decoder → p(x|z)          rate = KL(q(z|x) ‖ p(z)),   distortion = −E_q ln p(x|z)
//
// The model knows rate and distortion; β belongs to the objective. A model is a value: a copy is a copy.
#pragma once

#include <betavae/autodiff/gradient_flow.hpp>
#include <betavae/vae/concepts.hpp>
#include <betavae/vae/draws.hpp>
#include <betavae/vae/elbo.hpp>
#include <betavae/vae/networks.hpp>
#include <betavae/vae/prior.hpp>

#include <algorithm>
#include <string>

namespace betavae {

/// Rate and distortion in nats, summed over dimensions, averaged over samples.
struct NegativeElbo {
  double rate = 0;
  double distortion = 0;
  /// distortion + β · rate; β = 1 is the negative ELBO.
  [[nodiscard]] double loss(double beta = 1) const { return distortion + beta * rate; }
};

namespace detail {

/// As many latents as the prior says that it has; dynamic where it serves any number.
template <class PriorType>
[[nodiscard]] consteval int latents_of_prior() {
  if constexpr (requires {
                  { PriorType::latents } -> std::convertible_to<int>;
                }) {
    return PriorType::latents;
  } else {
    return dynamic;
  }
}

/// Whether a likelihood says that it chooses its parameters by the batch.
template <class LikelihoodType>
inline constexpr bool is_of_batch = false;
template <class LikelihoodType>
requires requires { LikelihoodType::is_of_batch; }
inline constexpr bool is_of_batch<LikelihoodType> = LikelihoodType::is_of_batch;

}  // namespace detail

template <class EncoderType, class DecoderType, class LikelihoodType, class PriorType = StandardNormal>
class Vae {
  static_assert(
      Encoder<EncoderType, detail::ScalarOf<EncoderType>>,
      "betavae: an encoder needs a type Scalar, constants inputs and latents, and a const operator()(context, x) "
      "whose result has members mean and log_variance (latents x samples)");

 public:
  using Scalar = typename EncoderType::Scalar;
  static constexpr int features = EncoderType::inputs;
  static constexpr int latents = EncoderType::latents;

  static_assert(
      Decoder<DecoderType, Scalar>,
      "betavae: a decoder needs constants inputs and outputs, and a const operator()(context, z) that gives the "
      "likelihood's parameters (one column a sample), in the encoder's scalar type");
  static_assert(std::is_same_v<detail::ScalarOf<LikelihoodType, Scalar>, Scalar>,
                "betavae: the likelihood must have the encoder's scalar type, as in GaussianLearnedSigma<double>");
  static_assert(
      Likelihood<LikelihoodType, Scalar>,
      "betavae: a likelihood needs parameters_per_value (or outputs), name, point_estimate_name, distortion, score, "
      "point_estimate, sample, fisher_information, floor and check; vae/likelihood/bernoulli.hpp is a whole one");
  static_assert(
      Prior<PriorType, Scalar> || PriorOfEncoder<PriorType, EncoderType>,
      "betavae: a prior needs a member sample(MatrixView<Scalar>, Random, first_sample), and one that gives nats: "
      "rate(posterior) or log_density(context, z)");
  static_assert(
      !requires { EncoderType::needs_standard_normal; } || std::same_as<PriorType, StandardNormal>,
      "betavae: a CommittedEncoder keeps its rate under the prior StandardNormal alone");
  static_assert(latents == DecoderType::inputs || latents == dynamic || DecoderType::inputs == dynamic,
                "betavae: the decoder must take as many inputs as the encoder has latents");
  static_assert(detail::latents_of_prior<PriorType>() == latents || latents == dynamic ||
                    detail::latents_of_prior<PriorType>() == dynamic,
                "betavae: the prior must have as many latents as the encoder");
  static_assert(DecoderType::outputs == dynamic || detail::outputs_for<LikelihoodType>(features) == dynamic ||
                    DecoderType::outputs == detail::outputs_for<LikelihoodType>(features),
                "betavae: the decoder must give as many outputs as the likelihood needs for the encoder's inputs");
  static_assert(!HasSkips<DecoderType> || HasSkips<EncoderType>,
                "betavae: a decoder with skips needs an encoder that gives them, such as dense_skip_encoder");
  static_assert(detail::skips_fit<EncoderType, DecoderType>(),
                "betavae: the decoder's hidden layers must mirror those of the encoder, whose skips they take");

  Vae(EncoderType encoder_part, DecoderType decoder_part, LikelihoodType likelihood_part,
      PriorType prior_part = PriorType{})
      : encoder(std::move(encoder_part)),
        decoder(std::move(decoder_part)),
        likelihood(std::move(likelihood_part)),
        prior(std::move(prior_part)) {}

  /// Rate and distortion of a batch, on the tape of `context`. `noise` draws z for this step: as many `draws` a sample as asked, the
  /// first of them being number `first_sample` · draws. Rate and distortion are means over draws too; the encoder runs once.
  /// What comes back points to this model, to `context` and to its tape: it is good until the first of them goes or the tape is cleared.
  /// Errors: ArgumentError for the wrong number of features, or no draw at all.
  template <class Context, Operand Values, class NoiseSource>
  [[nodiscard]] auto terms(Context& context, const Observed<Values>& observed, const NoiseSource& noise,
                           std::uint64_t step, std::uint64_t first_sample = 0, Index draws = 1) const {
    require(draws >= 1, "Vae::terms", "draws", "at least 1", draws);
    const auto encoded = encoder(context, detail::present_values(observed));
    const auto posterior = detail::posterior_in(encoded);
    const auto of_draws = detail::repeat_posterior(posterior, draws);
    const auto seen = detail::repeat_observed(observed, draws);
    auto z = reparameterize(of_draws, noise, step, first_sample * static_cast<std::uint64_t>(draws));
    Scalar* factors = nullptr;
    if (is_variable<decltype(z)> && draws > 1) {
      factors = context.tape().allocate(z.columns());
      std::fill_n(factors, z.columns(), Scalar(1));
      z = scale_gradient(z, factors);
    }
    const auto parameters = decode_given(context, z, seen.values, detail::repeat_skips(encoded, draws));
    const auto distortion = likelihood.distortion(context, parameters, seen);
    using Given = decltype(prior_in(context));
    using Posterior = std::remove_cv_t<decltype(posterior)>;
    constexpr bool closed_form = has_closed_form_rate<std::remove_cvref_t<Given>, Posterior, Context>;
    const DrawTerms<std::remove_cv_t<decltype(distortion)>, Posterior, Given, Context, closed_form,
                    detail::is_of_batch<LikelihoodType>>
        drawn{distortion, of_draws, prior_in(context), &context, draws, factors};
    const auto rate = rate_of(context, drawn.prior, closed_form ? posterior : of_draws, z);
    return ElboTerms{mean_over_samples(rate, closed_form ? observed.weights : seen.weights),
                     mean_over_samples(distortion, seen.weights),
                     posterior,
                     z,
                     observed.weights,
                     step,
                     drawn};
  }

  /// Mean and log-variance of q(z|x), each latents × samples, as plain matrices: of each latent by itself, whose correlations
  /// `posterior_covariance` gives.
  struct Codes {
    Matrix<Scalar> mean;
    Matrix<Scalar> log_variance;
  };

  /// q(z|x) of each sample. `x` is features × samples; its values are not checked (`negative_elbo` and `evaluate` do).
  /// Errors: ArgumentError for the wrong number of features.
  template <class Derived>
  [[nodiscard]] Codes encode(const Eigen::MatrixBase<Derived>& x) const {
    return evaluate([&](auto& context) {
      const auto posterior = detail::posterior_in(encoder(context, input<features>(context, x.derived())));
      return Codes{posterior.mean.value(), marginal_log_variance(posterior).value()};
    });
  }

  /// Cov[z|x] of one sample (features × 1): latents × latents; diagonal, unless the encoder gives a full posterior.
  /// Errors: ArgumentError for the wrong number of features, or not one sample.
  template <class Derived>
  [[nodiscard]] Matrix<Scalar> posterior_covariance(const Eigen::MatrixBase<Derived>& x) const {
    require(x.cols() == 1, "Vae::posterior_covariance", "x", "one sample", x.cols());
    return evaluate([&](auto& context) {
      return covariance(detail::posterior_in(encoder(context, input<features>(context, x.derived()))), 0);
    });
  }

  /// The likelihood's parameters at codes z (latents × samples): for Bernoulli, logits.
  template <class Derived>
  [[nodiscard]] Matrix<Scalar> decode_parameters(const Eigen::MatrixBase<Derived>& z) const {
    return evaluate([&](auto& context) {
      return Matrix<Scalar>(decoder(context, input<DecoderType::inputs>(context, z.derived())).value());
    });
  }

  /// The likelihood's point estimate at codes z: for Bernoulli, probabilities. latents × samples → features × samples.
  template <class Derived>
  [[nodiscard]] Matrix<Scalar> decode(const Eigen::MatrixBase<Derived>& z) const {
    return likelihood.point_estimate(decode_parameters(z));
  }

  /// The point estimate at the posterior's mean: no draw is involved.
  template <class Derived>
  [[nodiscard]] Matrix<Scalar> reconstruct(const Eigen::MatrixBase<Derived>& x) const {
    if constexpr (HasSkips<DecoderType>) {
      return likelihood.point_estimate(evaluate([&](auto& context) {
        const auto values = input<features>(context, x.derived());
        const auto encoded = encoder(context, values);
        return Matrix<Scalar>(decode_given(context, encoded.mean, values, encoded).value());
      }));
    } else {
      return decode(encode(x).mean);
    }
  }

  /// ln p(z) of codes, in nats: latents × samples → 1 × samples. Errors: ArgumentError for the wrong number of latents.
  template <class Derived>
  [[nodiscard]] Matrix<Scalar> prior_log_density(const Eigen::MatrixBase<Derived>& z) const {
    return evaluate([&](auto& context) {
      const auto nats = prior_in(context).log_density(context, input<latents>(context, z.derived()));
      return Matrix<Scalar>(nats.value().colwise().sum());
    });
  }

  /// Draws from the prior: latents × count. Errors: ArgumentError for a negative count.
  [[nodiscard]] Matrix<Scalar> sample_prior(Index count, std::uint64_t seed) const {
    require(count >= 0, "Vae::sample_prior", "count", "at least 0", count);
    static_assert(latents != dynamic, "betavae: sampling needs the number of latents in the encoder's type");
    Matrix<Scalar> z(latents, count);
    evaluate([&](auto& context) {
      prior_in(context).sample(MatrixView<Scalar>{z.data(), z.rows(), z.cols(), z.outerStride()},
                               Random(seed, Stream::prior), 0);
    });
    return z;
  }

  /// New data: z from the prior, then x from p(x|z). features × count. For the point estimates, decode(sample_prior(…)).
  [[nodiscard]] Matrix<Scalar> sample(Index count, std::uint64_t seed) const {
    return likelihood.sample(decode_parameters(sample_prior(count, seed)), Random(seed, Stream::likelihood), 0);
  }

  /// Rate and distortion of data with one draw a sample, in nats. Errors: ArgumentError for the wrong number of features or no
  /// samples; DataError for values outside of the likelihood's domain.
  template <class Derived>
  [[nodiscard]] NegativeElbo negative_elbo(const Eigen::MatrixBase<Derived>& data, std::uint64_t seed = 1) const {
    const Eigen::Ref<const Matrix<typename Derived::Scalar>> x(data.derived());
    for (Index j = 0; j < x.cols(); ++j) {
      for (Index i = 0; i < x.rows(); ++i) {
        likelihood.check(x(i, j), i, j);
      }
    }
    return evaluate([&](auto& context) {
      const auto result =
          terms(context, Observed{input<features>(context, x)}, GaussianNoise(seed, Stream::evaluation), 0);
      return NegativeElbo{static_cast<double>(sum(result.rate_per_dimension).value()(0, 0)),
                          static_cast<double>(result.distortion.value()(0, 0))};
    });
  }

  /// The likelihood's parameters at codes z, which need not be these samples' own: of the samples come the conditions that a decoder may
  /// read. Differentiates what its context does.
  template <class Context, Operand Z, Operand Values>
  [[nodiscard]] auto decode_given(Context& context, const Z& z, const Values& values) const {
    if constexpr (ConditionalDecoder<DecoderType, Scalar>) {
      return decoder(context, z, values);
    } else {
      return decoder(context, z);
    }
  }

  /// The same with what the encoder gave of these samples, whose hidden activations a decoder may take.
  template <class Context, Operand Z, Operand Values, class Encoded>
  [[nodiscard]] auto decode_given(Context& context, const Z& z, const Values& values, const Encoded& encoded) const {
    if constexpr (HasSkips<DecoderType>) {
      static_assert(
          requires { decoder(context, z, encoded.skips).value_view(); },
          "betavae: a decoder with skip_sizes needs a const operator()(context, z, skips), where skips are what the "
          "encoder's result has as a tuple `skips`");
      return decoder(context, z, encoded.skips);
    } else {
      return decode_given(context, z, values);
    }
  }

  template <class Visitor>
  void visit(Visitor&& visitor) {
    visit_parameters("encoder", encoder, visitor);
    visit_parameters("decoder", decoder, visitor);
    visit_parameters("likelihood", likelihood, visitor);
    visit_parameters("prior", prior, visitor);
  }

  /// Calls `visitor(name, number)` for every double that was learned without a gradient: see nn/state.hpp.
  template <class Visitor>
  void visit_state(Visitor&& visitor) {
    betavae::visit_state("encoder", encoder, visitor);
    betavae::visit_state("decoder", decoder, visitor);
    betavae::visit_state("likelihood", likelihood, visitor);
    betavae::visit_state("prior", prior, visitor);
  }

  /// What the shapes of the parameters do not show of this model, line by line: "encoder.0.activation: relu", …,
  /// "likelihood.name: Bernoulli". Files keep it, and loading compares it.
  [[nodiscard]] std::vector<std::string> schema() const {
    std::vector<std::string> lines;
    append_schema(lines, "encoder", encoder);
    append_schema(lines, "decoder", decoder);
    lines.push_back(detail::schema_line("likelihood.name", LikelihoodType::name));
    append_schema(lines, "likelihood", likelihood);
    append_schema(lines, "prior", prior);
    return lines;
  }

  /// What training shows of the decoder beside its losses, such as gates, where it has a member settings().
  [[nodiscard]] auto settings() const requires requires(const DecoderType& of_model) { of_model.settings(); }
  { return decoder.settings(); }

  EncoderType encoder;
  DecoderType decoder;
  LikelihoodType likelihood;
  PriorType prior;

 protected:
  /// The prior, or what the encoder makes of it.
  template <class Context>
  [[nodiscard]] decltype(auto) prior_in(Context& context) const {
    if constexpr (PriorOfEncoder<PriorType, EncoderType>) {
      return prior.given(context, encoder);
    } else {
      return static_cast<const PriorType&>(prior);
    }
  }

 private:
  /// Runs f with a context that differentiates nothing.
  template <class Function>
  static auto evaluate(const Function& function) {
    Tape<Scalar> tape;
    Evaluating<Scalar> context(tape);
    return function(context);
  }

  /// A matrix as input of a network: read in place where it can be, else copied.
  template <int Rows, class Derived>
  [[nodiscard]] static auto input(Evaluating<Scalar>& context, const Derived& matrix) {
    static_assert(std::is_same_v<typename Derived::Scalar, Scalar>,
                  "betavae: the data must have the scalar type of the model");
    if constexpr (Rows != dynamic) {
      require_same_size("Vae", "rows of the data", matrix.rows(), "inputs of the network", Rows);
    }
    if constexpr ((Derived::Flags & Eigen::DirectAccessBit) != 0 && (Derived::Flags & Eigen::RowMajorBit) == 0) {
      if (matrix.innerStride() == 1) {
        auto* const data = const_cast<Scalar*>(matrix.data());
        return Constant<Scalar, Rows>{context.tape(), {data, matrix.rows(), matrix.cols(), matrix.outerStride()}};
      }
    }
    Scalar* const copy = context.tape().allocate(matrix.size());
    detail::map<dynamic>(MatrixView<Scalar>{copy, matrix.rows(), matrix.cols(), matrix.rows()}) = matrix;
    return Constant<Scalar, Rows>{context.tape(), {copy, matrix.rows(), matrix.cols(), matrix.rows()}};
  }
};

}  // namespace betavae
