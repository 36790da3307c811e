// SPDX-License-Identifier: MIT
// A β-VAE over records: a user's own type goes in and comes out.
//
//     auto model = betavae::record_vae<Jet, 16, 4>(jets);                   // one hidden layer of 16, four latents
//     betavae::fit(model, jets, betavae::BetaElbo{1.0}, {.epochs = 50});    // any range of Jet
//     Jet typical = model.reconstruct(jet);   Jet whole = model.impute(jet);   auto nats = model.surprise(jet);
//
// See record/field.hpp for how a type is described. All nats are those of the user's own units. Include this header where you need it:
// betavae.hpp leaves it out.
#pragma once

#include <betavae/data/record/likelihood.hpp>
#include <betavae/data/record/networks.hpp>
#include <betavae/data/record/product_of_experts.hpp>
#include <betavae/data/record/record_set.hpp>
#include <betavae/vae/importance_weights.hpp>
#include <betavae/vae/vae.hpp>

#include <vector>

namespace betavae {

/// The inner encoder takes RecordLayout<Type>::inputs numbers of a record, the inner decoder gives RecordLayout<Type>::outputs; see
/// record/networks.hpp. `fit`, `fit_with_validation` and `evaluate` take any range of records that can be reached by number.
template <class Type, class InnerEncoder, class InnerDecoder, class PriorType = StandardNormal>
class RecordVae : public Vae<RecordEncoder<Type, InnerEncoder>, RecordDecoder<Type, InnerDecoder>,
                             RecordLikelihood<Type, typename InnerEncoder::Scalar>, PriorType> {
  using Base = Vae<RecordEncoder<Type, InnerEncoder>, RecordDecoder<Type, InnerDecoder>,
                   RecordLikelihood<Type, typename InnerEncoder::Scalar>, PriorType>;

 public:
  using typename Base::Codes;
  using typename Base::Scalar;
  using Layout = RecordLayout<Type>;
  static constexpr int fields = Layout::modelled_fields;
  using Base::encode;
  using Base::negative_elbo;
  using Base::reconstruct;
  using Base::sample;

  RecordVae(InnerEncoder encoder_part, InnerDecoder decoder_part, RecordLikelihood<Type, Scalar> likelihood_part,
            PriorType prior_part = PriorType{})
      : Base(RecordEncoder<Type, InnerEncoder>(std::move(encoder_part)),
             RecordDecoder<Type, InnerDecoder>(std::move(decoder_part)), std::move(likelihood_part),
             std::move(prior_part)) {}

  /// The mean and log-variance of q(z|record), each latents × 1. Errors of this and all that follows: DataError for a value outside
  /// of its field's domain.
  [[nodiscard]] Codes encode(const Type& record) const {
    const Column column(*this, record);
    Tape<Scalar> tape;
    Evaluating<Scalar> context(tape);
    const auto posterior = detail::posterior_in(this->encoder(context, column.numbers_on(tape)));
    return {posterior.mean.value(), marginal_log_variance(posterior).value()};
  }

  /// The record with each modelled field replaced by its point estimate at the posterior's mean, missing ones too: the mean,
  /// median or mode, as the field's likelihood has it, of whole numbers the nearest.
  [[nodiscard]] Type reconstruct(const Type& record) const {
    Type result = record;
    at_posterior_mean(Column(*this, record),
                      [&](const Scalar* outputs) { this->likelihood.estimate(outputs, record, result); });
    return result;
  }

  /// The record with its missing fields filled by their point estimates at the posterior's mean; what is there stays.
  [[nodiscard]] Type impute(const Type& record) const { return filled(record, reconstruct(record)); }

  /// The same with draws: z from the posterior, then each missing field from p(x|z). Different seeds give independent fillings.
  [[nodiscard]] Type impute(const Type& record, std::uint64_t seed) const {
    const Column column(*this, record);
    Tape<Scalar> tape;
    Evaluating<Scalar> context(tape);
    const auto posterior = detail::posterior_in(this->encoder(context, column.numbers_on(tape)));
    const Matrix<Scalar> z = reparameterize(posterior, GaussianNoise(seed), 0).value();
    return filled(record, drawn(column, z, record, seed));
  }

  /// A new record: z from the prior, then all modelled fields from p(x|z), with the errors of measurement that `given` has. All else
  /// (conditions, exposures, errors, weight) is as in `given`, whose modelled fields are not read.
  /// Errors: DataError for conditions, exposures and errors that cannot be.
  [[nodiscard]] Type sample(std::uint64_t seed, const Type& given = Type{}) const {
    return drawn(Column(*this, given, only_conditions), this->sample_prior(1, seed), given, seed);
  }

  /// Rate and distortion of one record, with one draw of z, in nats.
  [[nodiscard]] NegativeElbo negative_elbo(const Type& record, std::uint64_t seed = 1) const {
    const Column column(*this, record);
    Tape<Scalar> tape;
    Evaluating<Scalar> context(tape);
    const Observed<Constant<Scalar, Layout::rows>> observed{column.numbers_on(tape), column.mask.data()};
    const auto terms = this->terms(context, observed, GaussianNoise(seed, Stream::evaluation), 0);
    return {static_cast<double>(betavae::sum(terms.rate_per_dimension).value()(0, 0)),
            static_cast<double>(terms.distortion.value()(0, 0))};
  }

  /// An estimate of ln p(record) in nats by importance weighting (Burda, Grosse and Salakhutdinov, 2016, equation 8): from below in
  /// expectation, and nearer with more draws of z. For a prior that knows its density; of many records, and with what it is worth,
  /// see log_likelihood in analysis/importance_weighting.hpp. Errors: ArgumentError for fewer than one draw.
  [[nodiscard]] double log_likelihood(const Type& record, Index draws, std::uint64_t seed = 1) const {
    require(draws > 0, "RecordVae::log_likelihood", "draws", "at least 1", draws);
    const Column column(*this, record);
    std::vector<double> log_weights;
    Tape<Scalar> tape;
    for (Index first = 0; first < draws; first += most_draws_at_once) {
      tape.clear();
      Evaluating<Scalar> context(tape);
      const Observed<Constant<Scalar, Layout::rows>> observed{column.numbers_on(tape), column.mask.data()};
      const auto terms = this->terms(context, observed, GaussianNoise(seed, Stream::evaluation),
                                     static_cast<std::uint64_t>(first / most_draws_at_once), 0,
                                     std::min(most_draws_at_once, draws - first));
      const auto of_draws = log_importance_weights(terms, terms.draws.posterior);
      for (Index j = 0; j < of_draws.columns(); ++j) {
        log_weights.push_back(static_cast<double>(*of_draws.value_view().column(j)));
      }
    }
    return log_mean_exp(log_weights);
  }

  /// How much each modelled field surprises, in nats: −ln p(x|z) at the posterior's mean, and 0 where it is missing. In the order of
  /// `likelihood.field_names()`. No draw is involved; where the posterior is narrow the sum is near the distortion.
  [[nodiscard]] std::array<double, static_cast<std::size_t>(fields)> surprise(const Type& record) const {
    const Column column(*this, record);
    std::array<double, static_cast<std::size_t>(fields)> nats{};
    at_posterior_mean(column, [&](const Scalar* outputs) {
      nats = this->likelihood.nats_by_field(outputs, column.numbers.data(), column.mask.data());
    });
    return nats;
  }

 private:
  static constexpr Index most_draws_at_once = 1024;
  struct OnlyConditions {};
  static constexpr OnlyConditions only_conditions{};

  /// One record as numbers.
  struct Column {
    Column(const RecordVae& model, const Type& record) {
      detail::write_record(model.likelihood.scaling(), record, 0, numbers.data());
      detail::write_mask(record, mask.data());
    }
    Column(const RecordVae& model, const Type& record, OnlyConditions /*tag*/) {
      detail::write_record<true>(model.likelihood.scaling(), record, 0, numbers.data());
    }
    /// So many copies of the record, which share their memory.
    [[nodiscard]] Constant<Scalar, Layout::rows> numbers_on(Tape<Scalar>& tape, Index copies = 1) const {
      return {tape, {const_cast<Scalar*>(numbers.data()), Layout::rows, copies, 0}};
    }

    std::array<Scalar, static_cast<std::size_t>(Layout::rows)> numbers{};
    std::array<std::uint8_t, static_cast<std::size_t>(Layout::rows)> mask{};
  };

  /// f(outputs) of the decoder at the posterior's mean.
  template <class Function>
  void at_posterior_mean(const Column& column, const Function& function) const {
    Tape<Scalar> tape;
    Evaluating<Scalar> context(tape);
    const auto x = column.numbers_on(tape);
    const auto outputs = this->decode_given(context, this->encoder(context, x).mean, x);
    function(outputs.value_view().data);
  }

  /// f(j, outputs) of the decoder for each column of z (latents × draws), given the conditions of one record.
  template <class Function>
  void decode_at(const Column& column, Matrix<Scalar>& z, const Function& function) const {
    Tape<Scalar> tape;
    Evaluating<Scalar> context(tape);
    const Constant<Scalar, Base::latents> codes{tape, {z.data(), z.rows(), z.cols(), z.rows()}};
    const auto outputs = this->decode_given(context, codes, column.numbers_on(tape, z.cols()));
    for (Index j = 0; j < z.cols(); ++j) {
      function(j, outputs.value_view().column(j));
    }
  }

  [[nodiscard]] Type drawn(const Column& column, Matrix<Scalar> z, const Type& given, std::uint64_t seed) const {
    Type result = given;
    decode_at(column, z, [&](Index, const Scalar* outputs) {
      this->likelihood.draw(outputs, given, Random(seed, Stream::likelihood), 0, result);
    });
    return result;
  }

  /// The record, with the cells that it lacks as they are in `source`.
  [[nodiscard]] static Type filled(const Type& record, const Type& source) {
    Type result = record;
    Layout::for_each_modelled(
        [&]<class Field>(const Field& /*field*/, const auto& /*place*/, const auto& /*likelihood*/, std::size_t) {
          using CellsOfMember = typename Field::CellsOfMember;
          const auto* const from = Field::Place::find(source);
          const auto* const member = Field::Place::find(record);
          for (Index cell = 0; cell < Field::cells; ++cell) {
            double x = 0;
            const bool is_present = member != nullptr && CellsOfMember::load(*member, cell, x);
            if (!is_present && from != nullptr && CellsOfMember::load(*from, cell, x)) {
              CellsOfMember::store(Field::Place::make(result), cell, x);
            }
          }
        });
    return result;
  }
};

/// How the networks of a record's model are built.
struct RecordVaeOptions {
  Activation activation = Activation::relu;  ///< of the hidden layers
  std::uint64_t seed = 1;                    ///< of the initial parameters
};

namespace detail {

/// A dense decoder of records whose layers are those of the encoder mirrored: `Sizes` are the encoder's, its latents last.
template <class Type, class Scalar, int... Sizes, std::size_t... I>
[[nodiscard]] auto mirrored_decoder(const DenseOptions& options, std::index_sequence<I...> /*sizes*/) {
  using Layout = RecordLayout<Type>;
  constexpr std::array<int, sizeof...(Sizes)> sizes{Sizes...};
  constexpr auto mirrored = [sizes](std::size_t i) {
    return sizes[sizes.size() - 1 - i] + (i == 0 ? Layout::conditions : 0);
  };
  return dense_decoder<Scalar, mirrored(I)..., Layout::outputs>(options);
}

template <class Type, class Scalar, int... Sizes, class InnerEncoder>
[[nodiscard]] auto record_vae_around(InnerEncoder encoder, RecordLikelihood<Type, Scalar> likelihood,
                                     const RecordVaeOptions& options) {
  static_assert(sizeof...(Sizes) >= 1,
                "betavae: a model of records needs the sizes of its hidden layers, then the number of latents");
  auto decoder = mirrored_decoder<Type, Scalar, Sizes...>({.activation = options.activation, .seed = options.seed},
                                                          std::make_index_sequence<sizeof...(Sizes)>{});
  return RecordVae<Type, InnerEncoder, decltype(decoder)>(std::move(encoder), std::move(decoder),
                                                          std::move(likelihood));
}

}  // namespace detail

/// A model whose scaling is learned from these records (give the training part alone), with dense networks: the sizes of the
/// encoder's hidden layers, then the number of latents; the decoder's hidden layers mirror them. A missing cell is shown to the
/// encoder as the mean, with a column beside it that says so. record_vae<Jet, double, 16, 4>(jets) computes in double.
/// Errors: ArgumentError for no records, DataError for values outside of their field's domain.
template <class Type, class Scalar, int... Sizes, std::ranges::input_range Records>
[[nodiscard]] auto record_vae(const Records& records, const RecordVaeOptions& options = {}) {
  return detail::record_vae_around<Type, Scalar, Sizes...>(
      dense_encoder<Scalar, RecordLayout<Type>::inputs, Sizes...>(
          {.activation = options.activation, .seed = options.seed}),
      RecordLikelihood<Type, Scalar>(records), options);
}

/// The same in float.
template <class Type, int... Sizes, std::ranges::input_range Records>
[[nodiscard]] auto record_vae(const Records& records, const RecordVaeOptions& options = {}) {
  return record_vae<Type, float, Sizes...>(records, options);
}

/// The same with a ProductOfExperts as encoder, right by construction for missing cells: so many hidden units for each cell, then
/// the number of latents. The decoder has one hidden layer of as many units.
template <class Type, class Scalar, int Hidden, int Latents, std::ranges::input_range Records>
[[nodiscard]] auto expert_record_vae(const Records& records, const RecordVaeOptions& options = {}) {
  return detail::record_vae_around<Type, Scalar, Hidden, Latents>(
      ProductOfExperts<Type, Hidden, Latents, Scalar>(options.seed), RecordLikelihood<Type, Scalar>(records), options);
}

/// The same in float.
template <class Type, int Hidden, int Latents, std::ranges::input_range Records>
[[nodiscard]] auto expert_record_vae(const Records& records, const RecordVaeOptions& options = {}) {
  return expert_record_vae<Type, float, Hidden, Latents>(records, options);
}

}  // namespace betavae
