// SPDX-License-Identifier: MIT
// A matrix of data with what is known beside it: which values are missing, how often each sample counts, and its offset.
//
// A missing value is masked, not imputed: the encoder sees 0 there, the likelihood skips it, and what is stored changes no nat and
// no gradient. A sample of weight w counts in every mean as w samples would.
#pragma once

#include <betavae/data/data_set.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace betavae {

/// What is known beside the values. What is empty is not known: then nothing is missing, every weight is 1, every offset 0.
template <class Scalar>
struct BesideValues {
  std::vector<std::uint8_t> mask = {};  ///< features × samples, sample by sample: 0 where a value is missing
  std::vector<Scalar> weights = {};     ///< one a sample, finite and above 0
  std::vector<Scalar> offsets = {};  ///< one a sample, finite: added to every value's first parameter (a log exposure)
};

/// The mask of a matrix in which NaN stands for a missing value: features × samples, sample by sample.
template <class Derived>
[[nodiscard]] std::vector<std::uint8_t> missing_where_nan(const Eigen::DenseBase<Derived>& matrix) {
  using std::isnan;
  std::vector<std::uint8_t> mask;
  mask.reserve(static_cast<std::size_t>(matrix.size()));
  for (Index j = 0; j < matrix.cols(); ++j) {
    for (Index i = 0; i < matrix.rows(); ++i) {
      mask.push_back(isnan(matrix.derived().coeff(i, j)) ? 0 : 1);
    }
  }
  return mask;
}

/// A matrix features × samples that lives elsewhere, which must outlive this, and what is known beside it.
template <class ScalarType>
class ObservedSet {
 public:
  using Scalar = ScalarType;

  /// Errors: ArgumentError for parts whose sizes do not fit the matrix; DataError for a weight that is not finite and above 0, or an
  /// offset that is not finite.
  template <class Derived>
  explicit ObservedSet(const Eigen::DenseBase<Derived>& matrix, BesideValues<Scalar> beside = {})
      : values_(matrix), beside_(std::move(beside)) {
    require_fits("numbers of the mask", beside_.mask.size(), "values of the matrix",
                 values_.features() * values_.size());
    require_fits("weights", beside_.weights.size(), "samples of the matrix", values_.size());
    require_fits("offsets", beside_.offsets.size(), "samples of the matrix", values_.size());
    for (std::size_t j = 0; j < beside_.weights.size(); ++j) {
      detail::require_weight("ObservedSet", static_cast<Index>(j), static_cast<double>(beside_.weights[j]));
    }
    for (std::size_t j = 0; j < beside_.offsets.size(); ++j) {
      detail::require_offset("ObservedSet", static_cast<Index>(j), static_cast<double>(beside_.offsets[j]));
    }
  }
  /// A temporary would be gone before it is read.
  template <class Derived>
  explicit ObservedSet(const Eigen::PlainObjectBase<Derived>&&, BesideValues<Scalar> = {}) = delete;

  [[nodiscard]] Index size() const { return values_.size(); }
  [[nodiscard]] Index features() const { return values_.features(); }

  /// Errors of all four: ArgumentError for an index outside of the set.
  template <class Other>
  void fill(std::span<const Index> samples, Other* values) const {
    values_.fill(samples, values);
  }
  void fill_mask(std::span<const Index> samples, std::uint8_t* mask) const {
    for (const Index sample : samples) {
      require_index("ObservedSet::fill_mask", "sample", sample, size());
      if (beside_.mask.empty()) {
        mask = std::fill_n(mask, features(), std::uint8_t{1});
      } else {
        mask = std::copy_n(beside_.mask.data() + sample * features(), features(), mask);
      }
    }
  }
  template <class Other>
  void fill_weights(std::span<const Index> samples, Other* weights) const {
    fill_each("ObservedSet::fill_weights", samples, beside_.weights, Scalar(1), weights);
  }
  template <class Other>
  void fill_offsets(std::span<const Index> samples, Other* offsets) const {
    fill_each("ObservedSet::fill_offsets", samples, beside_.offsets, Scalar(0), offsets);
  }

 private:
  static void require_fits(std::string_view what, std::size_t size, std::string_view of_matrix, Index expected) {
    if (size > 0) {
      require_same_size("ObservedSet", what, static_cast<Index>(size), of_matrix, expected);
    }
  }
  template <class Other>
  void fill_each(std::string_view where, std::span<const Index> samples, const std::vector<Scalar>& of_samples,
                 Scalar otherwise, Other* into) const {
    for (const Index sample : samples) {
      require_index(where, "sample", sample, size());
      *into++ = Other(of_samples.empty() ? otherwise : of_samples[static_cast<std::size_t>(sample)]);
    }
  }

  MatrixSet<Scalar> values_;
  BesideValues<Scalar> beside_;
};

template <class Derived>
ObservedSet(const Eigen::DenseBase<Derived>&) -> ObservedSet<typename Derived::Scalar>;
template <class Derived>
ObservedSet(const Eigen::DenseBase<Derived>&, BesideValues<typename Derived::Scalar>)
    -> ObservedSet<typename Derived::Scalar>;

}  // namespace betavae
