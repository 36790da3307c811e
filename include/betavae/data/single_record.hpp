// SPDX-License-Identifier: MIT
// A trained model of records for one record at a time, as a trigger or a stream of events needs it: nothing is allocated, no tape.
//
//     const SingleRecord scorer(model);           // a copy: training the model further does not change it
//     auto nats = scorer.surprise(jet);
#pragma once

#include <betavae/data/record_vae.hpp>
#include <betavae/nn/single_sample.hpp>

namespace betavae {

template <class Model>
class SingleRecord {
  static_assert(
      sizeof(Model) == 0,
      "betavae: SingleRecord takes a RecordVae whose encoder and decoder are dense networks, as record_vae makes it");
};

template <class Type, class EncoderNetwork, class DecoderNetwork, class Prior>
class SingleRecord<RecordVae<Type, GaussianEncoder<EncoderNetwork>, DecoderNetwork, Prior>> {
  using Model = RecordVae<Type, GaussianEncoder<EncoderNetwork>, DecoderNetwork, Prior>;
  using Layout = RecordLayout<Type>;

 public:
  using Scalar = typename Model::Scalar;
  static constexpr int latents = Model::latents;
  static constexpr int fields = Model::fields;

  explicit SingleRecord(const Model& model)
      : encoder_(model.encoder.inner.network), decoder_(model.decoder.inner), likelihood_(model.likelihood) {}

  /// RecordVae::surprise, but for rounding: −ln p(x|z) of each modelled field at the posterior's mean, in nats, 0 where it is missing.
  /// Errors: DataError for a value outside of its field's domain.
  [[nodiscard]] std::array<double, static_cast<std::size_t>(fields)> surprise(const Type& record) const {
    std::array<Scalar, static_cast<std::size_t>(Layout::rows)> numbers{};
    std::array<std::uint8_t, static_cast<std::size_t>(Layout::rows)> mask{};
    detail::write_record(likelihood_.scaling(), record, 0, numbers.data());
    detail::write_mask(record, mask.data());
    const auto posterior = encoder_(std::span<const Scalar, Layout::inputs>(numbers.data(), Layout::inputs));
    std::array<Scalar, static_cast<std::size_t>(latents + Layout::conditions)> code;
    std::copy_n(posterior.begin(), latents, code.begin());  // the means stand above the log-variances
    std::copy_n(numbers.begin() + Layout::modelled_inputs, Layout::conditions, code.begin() + latents);
    const auto outputs = decoder_(std::span<const Scalar, latents + Layout::conditions>(code));
    return likelihood_.nats_by_field(outputs.data(), numbers.data(), mask.data());
  }

 private:
  SingleSample<EncoderNetwork> encoder_;
  SingleSample<DecoderNetwork> decoder_;
  RecordLikelihood<Type, Scalar> likelihood_;
};

template <class Type, class InnerEncoder, class InnerDecoder, class Prior>
SingleRecord(const RecordVae<Type, InnerEncoder, InnerDecoder, Prior>&)
    -> SingleRecord<RecordVae<Type, InnerEncoder, InnerDecoder, Prior>>;

}  // namespace betavae
