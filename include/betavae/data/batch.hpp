// SPDX-License-Identifier: MIT
// The numbers of one batch, and what is known beside them, kept from batch to batch.
#pragma once

#include <betavae/core/aligned.hpp>
#include <betavae/data/data_set.hpp>
#include <betavae/vae/likelihood/observed.hpp>

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace betavae {

/// As long as nothing was missing, and where every weight is 1 or every offset 0, the batch has no mask, no weights, no offsets, and
/// costs as little as one of a set that does not know of them. Once something was missing there is a mask, also for batches that
/// need none (the bits are the same), so that every step of a training takes the same memory.
template <class Scalar>
class Batch {
 public:
  /// Fills the batch with these samples.
  template <class Data>
  void fill(const Data& data, std::span<const Index> samples) {
    static_assert(HasWeights<Data, Scalar> || !(HasWeights<Data, float> || HasWeights<Data, double>),
                  "betavae: fill_weights(samples, weights) must write numbers of the model's scalar type");
    static_assert(HasOffsets<Data, Scalar> || !(HasOffsets<Data, float> || HasOffsets<Data, double>),
                  "betavae: fill_offsets(samples, offsets) must write numbers of the model's scalar type");
    features_ = data.features();
    samples_ = static_cast<Index>(samples.size());
    data.fill(samples, grown(values_, features_ * samples_));
    has_weights_ = has_offsets_ = false;
    if constexpr (HasMask<Data>) {
      data.fill_mask(samples, grown(mask_, features_ * samples_));
      has_mask_ = has_mask_ || count_of(mask_, features_ * samples_, std::uint8_t{0}) > 0;
    } else {
      has_mask_ = false;
    }
    if constexpr (HasWeights<Data, Scalar>) {
      data.fill_weights(samples, grown(weights_, samples_));
      has_weights_ = count_of(weights_, samples_, Scalar(1)) < samples_;
    }
    if constexpr (HasOffsets<Data, Scalar>) {
      data.fill_offsets(samples, grown(offsets_, samples_));
      has_offsets_ = count_of(offsets_, samples_, Scalar(0)) < samples_;
    }
  }

  [[nodiscard]] Index samples() const { return samples_; }
  [[nodiscard]] MatrixView<const Scalar> view() const { return {values_.data(), features_, samples_, features_}; }
  /// features × samples, 0 where a value is missing. Null where none was.
  [[nodiscard]] const std::uint8_t* mask() const { return has_mask_ ? mask_.data() : nullptr; }
  /// One a sample. Null where each is 1.
  [[nodiscard]] const Scalar* weights() const { return has_weights_ ? weights_.data() : nullptr; }
  /// One a sample. Null where each is 0.
  [[nodiscard]] const Scalar* offsets() const { return has_offsets_ ? offsets_.data() : nullptr; }

  [[nodiscard]] bool is_present(Index feature, Index sample) const {
    return !has_mask_ || mask_[static_cast<std::size_t>(sample * features_ + feature)] != 0;
  }
  [[nodiscard]] double weight(Index sample) const {
    return has_weights_ ? static_cast<double>(weights_[static_cast<std::size_t>(sample)]) : 1.0;
  }
  /// Of all samples together: their number, where they have no weights.
  [[nodiscard]] double weight() const {
    double sum = 0;
    for (Index j = 0; j < samples_; ++j) {
      sum += weight(j);
    }
    return sum;
  }
  /// How many values are present, each counted by the weight of its sample.
  [[nodiscard]] double present() const {
    double sum = 0;
    for (Index j = 0; j < samples_; ++j) {
      const std::uint8_t* const mask = mask_.data() + (has_mask_ ? j * features_ : 0);
      const auto missing = has_mask_ ? std::count(mask, mask + features_, std::uint8_t{0}) : 0;
      sum += weight(j) * static_cast<double>(features_ - static_cast<Index>(missing));
    }
    return sum;
  }

  /// The batch as constants on a tape: features × samples, read in place.
  /// Errors: ArgumentError when the data have another number of features.
  template <int Features>
  [[nodiscard]] Observed<Constant<Scalar, Features>> on(Tape<Scalar>& tape) {
    if constexpr (Features != dynamic) {
      require_same_size("Batch", "features of the data", features_, "inputs of the model", Features);
    }
    const Constant<Scalar, Features> values{tape, {values_.data(), features_, samples_, features_}};
    return {values, mask(), weights(), offsets()};
  }

 private:
  /// The memory of a vector that has at least so many numbers: a smaller batch does not give it back.
  template <class Vector>
  [[nodiscard]] static auto* grown(Vector& vector, Index count) {
    if (vector.size() < static_cast<std::size_t>(count)) {
      vector.resize(static_cast<std::size_t>(count));
    }
    return vector.data();
  }
  /// How many of the first so many numbers equal this one.
  template <class Vector, class Number>
  [[nodiscard]] static Index count_of(const Vector& vector, Index among, Number number) {
    return static_cast<Index>(std::count(vector.data(), vector.data() + among, number));
  }

  AlignedVector<Scalar> values_;
  std::vector<std::uint8_t> mask_;
  std::vector<Scalar> weights_;
  std::vector<Scalar> offsets_;
  Index features_ = 0;
  Index samples_ = 0;
  bool has_mask_ = false;
  bool has_weights_ = false;
  bool has_offsets_ = false;
};

}  // namespace betavae
