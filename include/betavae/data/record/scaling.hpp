// SPDX-License-Identifier: MIT
// What a record's model learns of its data before training: where each cell's values lie and how far they spread.
//
// Likelihoods see values in coordinates of about unit scale (see kind.hpp), and the encoder sees columns of mean 0 and variance 1.
// So every floor of a model is relative to the scale of its data, and changing the unit of a field by a factor changes nothing but
// the distortion, by its logarithm for each value observed. Learned from the training part alone; part of the model, kept with it.
#pragma once

#include <betavae/data/record/domain.hpp>

#include <ranges>
#include <string>
#include <vector>

namespace betavae {

namespace detail {

/// An affine map u = (x − location)/scale.
struct Affine {
  double location = 0;
  double scale = 1;
  [[nodiscard]] double apply(double x) const { return (x - location) / scale; }
  [[nodiscard]] double invert(double u) const { return location + scale * u; }
  friend bool operator==(const Affine&, const Affine&) = default;
};

/// Weighted mean and variance of one stream of numbers (West, 1979): no cancellation, and scaling all numbers by a power of two
/// scales the results exactly.
class Moments {
 public:
  BETAVAE_API void add(double x, double weight);
  [[nodiscard]] Index count() const { return count_; }
  [[nodiscard]] double mean() const { return mean_; }
  [[nodiscard]] BETAVAE_API double deviation() const;
  [[nodiscard]] bool is_constant() const { return count_ > 0 && least_ == most_; }
  /// Mean and standard deviation; for constant numbers, their size if they have one, else 1.
  [[nodiscard]] BETAVAE_API Affine standardising(bool has_size) const;

 private:
  Index count_ = 0;
  double weight_ = 0;
  double mean_ = 0;
  double squares_ = 0;
  double least_ = 0;
  double most_ = 0;
};

/// What of a field its scaling depends on.
struct ScaledField {
  std::string_view record, name;
  Coordinates coordinates;
  bool is_modelled, standardises_columns, has_exposure;
  double lower, upper;   ///< of an interval
  Index cells, columns;  ///< columns of one cell
  Index column, value;   ///< the first of each of the field's

  /// Where a cell's columns begin.
  [[nodiscard]] std::size_t first_column(Index cell) const { return static_cast<std::size_t>(column + cell * columns); }
};

/// What is learned of columns and cells while records go by.
class LearnedScaling {
 public:
  explicit LearnedScaling(Index all_columns)
      : columns_(static_cast<std::size_t>(all_columns)), cells_(columns_), exposures_(columns_) {}

  /// A present value, and the columns that the encoder sees of it.
  BETAVAE_API void add(const ScaledField& field, Index cell, double x, const double* seen, double weight);
  BETAVAE_API void add_exposure(const ScaledField& field, Index cell, double exposure, double weight);
  /// Sets the field's values and columns; a sentence for each way in which its cells are odd.
  BETAVAE_API void finish(const ScaledField& field, std::vector<Affine>& values, std::vector<Affine>& columns,
                          std::vector<std::string>& warnings) const;

 private:
  std::vector<Moments> columns_;
  // Of each cell, at the place of its first column:
  std::vector<Moments> cells_;  ///< x, or ln x on a log scale
  std::vector<Moments> exposures_;
};

/// x in the coordinates of its kind's likelihood, and back.
template <class Kind>
[[nodiscard]] double to_coordinates(const Affine& scaling, double x) {
  switch (Kind::coordinates) {
    case Coordinates::standardised:
    case Coordinates::interval:
    case Coordinates::scaled:
      return scaling.apply(x);
    case Coordinates::logarithmic:
      return scaling.apply(std::log(x));
    case Coordinates::own:
    case Coordinates::about_log_mean:
      return x;
  }
  return x;
}
template <class Kind>
[[nodiscard]] double from_coordinates(const Affine& scaling, double u) {
  switch (Kind::coordinates) {
    case Coordinates::standardised:
    case Coordinates::interval:
    case Coordinates::scaled:
      return scaling.invert(u);
    case Coordinates::logarithmic:
      return std::exp(scaling.invert(u));
    case Coordinates::own:
    case Coordinates::about_log_mean:
      return u;
  }
  return u;
}

/// ln |dx/du|, in nats. `log_scale` is ln of the scale.
template <class Kind, class Number>
[[nodiscard]] Number log_jacobian(const Affine& scaling, double log_scale, Number u) {
  switch (Kind::coordinates) {
    case Coordinates::standardised:
    case Coordinates::interval:
    case Coordinates::scaled:
      return Number(log_scale);
    case Coordinates::logarithmic:  // + ln x
      return Number(log_scale) + Number(scaling.location) + Number(scaling.scale) * u;
    case Coordinates::own:
    case Coordinates::about_log_mean:
      return Number(0);
  }
  return Number(0);
}

}  // namespace detail

/// Of each value and each column of a record, the location and scale. Two models with the same scaling see data alike.
template <class Type>
struct RecordScaling {
  using Layout = RecordLayout<Type>;

  std::vector<detail::Affine> values = std::vector<detail::Affine>(static_cast<std::size_t>(Layout::values));
  std::vector<detail::Affine> columns = std::vector<detail::Affine>(static_cast<std::size_t>(Layout::columns));
  std::vector<std::string>
      warnings;  ///< a sentence for each field with cells that are constant, or missing in all records

  RecordScaling() = default;

  /// Learned from these records, each counted by its weight.
  /// Errors: ArgumentError for no records, DataError for values outside of their field's domain.
  template <std::ranges::input_range Records>
  explicit RecordScaling(const Records& records) {
    detail::LearnedScaling learned(Layout::columns);
    Index number = 0;
    for (const Type& record : records) {
      const double weight = detail::weight_of(record, number);
      Layout::for_each([&]<class FieldType>(const FieldType& field, auto index) {
        if constexpr (FieldType::role != detail::Role::weight) {
          add(field, Layout::template likelihood<index>(), Layout::place(index), record, number, weight, learned);
        }
      });
      ++number;
    }
    require(number > 0, "RecordScaling", "records", "at least one", number);
    Layout::for_each([&]<class FieldType>(const FieldType& field, auto index) {
      if constexpr (FieldType::role != detail::Role::weight) {
        learned.finish(scaled(field, Layout::place(index)), values, columns, warnings);
      }
    });
  }

  friend bool operator==(const RecordScaling& a, const RecordScaling& b) {
    return a.values == b.values && a.columns == b.columns;
  }

 private:
  template <class FieldType>
  static detail::ScaledField scaled(const FieldType& field, const typename Layout::Place& place) {
    using Kind = typename FieldType::Kind;
    detail::ScaledField result{.record = detail::type_name<Type>(),
                               .name = FieldType::name,
                               .coordinates = Kind::coordinates,
                               .is_modelled = FieldType::role == detail::Role::modelled,
                               .standardises_columns = FieldType::standardises_columns,
                               .has_exposure = false,
                               .lower = 0,
                               .upper = 0,
                               .cells = FieldType::cells,
                               .columns = FieldType::columns,
                               .column = place.column,
                               .value = place.value};
    if constexpr (FieldType::role == detail::Role::modelled) {
      result.has_exposure = FieldType::has_exposure;
    }
    if constexpr (Kind::coordinates == detail::Coordinates::interval) {
      result.lower = field.kind.lower;
      result.upper = field.kind.upper;
    }
    return result;
  }

  template <class FieldType, class Likelihood>
  static void add(const FieldType& field, const Likelihood& likelihood, const typename Layout::Place& place,
                  const Type& record, Index number, double weight, detail::LearnedScaling& learned) {
    const auto* const member = FieldType::Place::find(record);
    const detail::ScaledField described = scaled(field, place);
    for (Index cell = 0; cell < FieldType::cells; ++cell) {
      double x = 0;
      if (!detail::load_cell<Type>(field, likelihood, member, cell, number, x)) {
        continue;
      }
      std::array<double, static_cast<std::size_t>(FieldType::columns)> seen{};
      detail::load_columns<Type>(field, x, cell, number, seen.data());
      learned.add(described, cell, x, seen.data(), weight);
      if constexpr (FieldType::role == detail::Role::modelled) {
        if constexpr (FieldType::has_exposure) {
          learned.add_exposure(described, cell,
                               detail::load_beside<Type, typename FieldType::Exposure>(record, cell, number), weight);
        }
        if constexpr (FieldType::has_measurement_error) {
          (void)detail::load_beside<Type, typename FieldType::MeasurementError>(record, cell, number);
        }
      }
    }
  }
};

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/data/record/scaling.ipp>
#endif
