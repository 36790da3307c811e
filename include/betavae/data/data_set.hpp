// SPDX-License-Identifier: MIT
// What training reads: anything that knows its size and can fill a batch. A matrix, a set of images, part of another set.
#pragma once

#include <betavae/autodiff/variable.hpp>
#include <betavae/core/errors.hpp>
#include <betavae/core/random.hpp>
#include <betavae/data/shuffle.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <numeric>
#include <span>
#include <string_view>
#include <vector>

namespace betavae {

/// A type with size(), features() and fill(samples, values), which writes the chosen samples one after the other (features ×
/// samples.size(), contiguous). A batch becomes numbers only then: a set may keep its data in any form.
///
/// What else is known of a batch comes from members that a set may have or lack (see ObservedSet, which has them all):
/// fill_mask(samples, std::uint8_t*), features × samples.size() bytes, 0 where a value is missing; fill_weights(samples, Scalar*), one
/// finite number above 0 a sample, how often it counts; fill_offsets(samples, Scalar*), one finite number a sample, which the
/// likelihood adds to the first parameter of every value.
template <class Type, class Scalar = float>
concept DataSet = requires(const Type& data, std::span<const Index> samples, Scalar* values) {
  { data.size() } -> std::convertible_to<Index>;
  { data.features() } -> std::convertible_to<Index>;
  { data.fill(samples, values) } -> std::same_as<void>;
};

/// Whether a set knows of missing values, weights and offsets.
template <class Type>
concept HasMask = requires(const Type& data, std::span<const Index> samples, std::uint8_t* mask) {
  data.fill_mask(samples, mask);
};
template <class Type, class Scalar>
concept HasWeights = requires(const Type& data, std::span<const Index> samples, Scalar* weights) {
  data.fill_weights(samples, weights);
};
template <class Type, class Scalar>
concept HasOffsets = requires(const Type& data, std::span<const Index> samples, Scalar* offsets) {
  data.fill_offsets(samples, offsets);
};

/// A matrix features × samples that lives elsewhere, read in place. It must outlive this view.
template <class Scalar>
class MatrixSet {
 public:
  template <class Derived>
  explicit MatrixSet(const Eigen::DenseBase<Derived>& matrix)
      : view_{matrix.derived().data(), matrix.rows(), matrix.cols(), matrix.derived().colStride()} {
    static_assert((Derived::Flags & Eigen::DirectAccessBit) != 0 && (Derived::Flags & Eigen::RowMajorBit) == 0 &&
                      Derived::InnerStrideAtCompileTime == 1,
                  "betavae: a MatrixSet reads in place, so it needs a column-major matrix and not an expression");
  }

  /// A temporary would be gone before it is read.
  template <class Derived>
  explicit MatrixSet(const Eigen::PlainObjectBase<Derived>&&) = delete;

  [[nodiscard]] Index size() const { return view_.columns; }
  [[nodiscard]] Index features() const { return view_.rows; }

  /// Errors: ArgumentError for an index outside of the set.
  template <class Other>
  void fill(std::span<const Index> samples, Other* values) const {
    for (const Index sample : samples) {
      require_index("MatrixSet::fill", "sample", sample, size());
      if constexpr (std::is_same_v<Other, Scalar>) {
        values = std::copy_n(view_.column(sample), view_.rows, values);
      } else {
        values = std::transform(view_.column(sample), view_.column(sample) + view_.rows, values,
                                [](Scalar value) { return Other(value); });
      }
    }
  }

 private:
  MatrixView<const Scalar> view_;
};

template <class Derived>
MatrixSet(const Eigen::DenseBase<Derived>&) -> MatrixSet<typename Derived::Scalar>;

/// Some samples of another set, in the order given. The set must outlive it.
template <class Data>
class Subset {
  static_assert(
      requires(const Data& data) {
        { data.size() } -> std::convertible_to<Index>;
        { data.features() } -> std::convertible_to<Index>;
      },
      "betavae: a part is taken of a data set, with size(), features() and fill(samples, values); MatrixSet makes a "
      "matrix one");

 public:
  /// Errors: ArgumentError for an index outside of the set.
  Subset(const Data& data, std::vector<Index> samples) : data_(&data), samples_(std::move(samples)) {
    for (const Index sample : samples_) {
      require_index("Subset", "sample", sample, data.size());
    }
  }
  Subset(const Data&& data, std::vector<Index> samples) = delete;  // it would be gone at once

  [[nodiscard]] Index size() const { return static_cast<Index>(samples_.size()); }
  [[nodiscard]] Index features() const { return data_->features(); }
  [[nodiscard]] const std::vector<Index>& samples() const { return samples_; }

  /// Errors: ArgumentError for an index outside of this part.
  template <class Scalar>
  void fill(std::span<const Index> samples, Scalar* values) const {
    for_each(samples, [&](std::span<const Index> one) {
      data_->fill(one, values);
      values += features();
    });
  }
  void fill_mask(std::span<const Index> samples, std::uint8_t* mask) const requires HasMask<Data> {
    for_each(samples, [&](std::span<const Index> one) {
      data_->fill_mask(one, mask);
      mask += features();
    });
  }
  template <class Scalar>
  requires HasWeights<Data, Scalar>
  void fill_weights(std::span<const Index> samples, Scalar* weights) const {
    for_each(samples, [&](std::span<const Index> one) { data_->fill_weights(one, weights++); });
  }
  template <class Scalar>
  requires HasOffsets<Data, Scalar>
  void fill_offsets(std::span<const Index> samples, Scalar* offsets) const {
    for_each(samples, [&](std::span<const Index> one) { data_->fill_offsets(one, offsets++); });
  }

 private:
  /// f(one sample of the whole set) for each of the samples.
  template <class Function>
  void for_each(std::span<const Index> samples, const Function& f) const {
    for (const Index sample : samples) {
      require_index("Subset::fill", "sample", sample, size());
      f(std::span<const Index>{&samples_[static_cast<std::size_t>(sample)], 1});
    }
  }

  const Data* data_;
  std::vector<Index> samples_;
};

/// The parts of a set. They share no sample, and together are the whole.
template <class Data>
struct Split {
  Subset<Data> training;
  Subset<Data> validation;
  Subset<Data> test;
};

/// What shares to hold out, each at least 0 and together below 1; the rest is for training.
struct SplitOptions {
  double validation = 0.1;
  double test = 0;
  std::uint64_t seed = 1;
};

namespace detail {

/// The samples of each part, ascending: memory is read in order.
struct SplitSamples {
  std::vector<Index> training, validation, test;
};
[[nodiscard]] BETAVAE_API SplitSamples split_samples(Index size, const SplitOptions& options);

}  // namespace detail

/// Holds out random samples. A share above 0 gets at least one sample. `data` must outlive the parts.
/// Errors: ArgumentError for shares out of range, or when nothing is left to train on.
template <class Data>
[[nodiscard]] Split<Data> split(const Data& data, const SplitOptions& options = {}) {
  detail::SplitSamples samples = detail::split_samples(data.size(), options);
  return {Subset<Data>(data, std::move(samples.training)), Subset<Data>(data, std::move(samples.validation)),
          Subset<Data>(data, std::move(samples.test))};
}
template <class Data>
Split<Data> split(const Data&& data, const SplitOptions& options = {}) = delete;  // the parts would outlive it

namespace detail {

/// Errors: DataError unless the weight of this sample is finite and above 0.
BETAVAE_API void require_weight(std::string_view where, Index sample, double weight);

/// Errors: DataError unless the offset of this sample is finite.
BETAVAE_API void require_offset(std::string_view where, Index sample, double offset);

/// Calls f with the data as a data set for this model: a matrix becomes a view of itself, an expression is evaluated first, and what
/// only the likelihood can read (records of one's own) goes through its member data_set(data).
template <class Model, class Data, class Function>
auto with_data_set(const Model& model, const Data& data, const Function& function) {
  using Scalar = typename Model::Scalar;
  if constexpr (requires { model.likelihood.data_set(data); }) {
    return function(model.likelihood.data_set(data));
  } else if constexpr (std::is_base_of_v<Eigen::EigenBase<Data>, Data>) {
    static_assert(std::is_same_v<typename Data::Scalar, Scalar>,
                  "betavae: the data must have the scalar type of the model");
    if constexpr ((Data::Flags & Eigen::DirectAccessBit) != 0 && (Data::Flags & Eigen::RowMajorBit) == 0 &&
                  Data::InnerStrideAtCompileTime == 1) {
      return function(MatrixSet<Scalar>(data));
    } else {
      const Matrix<Scalar> matrix = data;
      return function(MatrixSet<Scalar>(matrix));
    }
  } else {
    static_assert(DataSet<Data, Scalar>, "betavae: a data set needs size(), features() and fill(samples, values)");
    return function(data);
  }
}

}  // namespace detail
}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/data/data_set.ipp>
#endif
