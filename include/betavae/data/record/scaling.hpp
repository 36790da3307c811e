// SPDX-License-Identifier: MIT
// What a record's model learns of its data before training: where each cell's values lie and how far they spread.
//
// Likelihoods see values in coordinates of about unit scale (see kind.hpp), and the encoder sees columns of mean 0 and variance 1.
// So every floor of a model is relative to the scale of its data, and changing the unit of a field by a factor changes nothing but
// the distortion, by its logarithm for each value observed. Learned from the training part alone; part of the model, kept with it.
#pragma once

#include <betavae/data/record/domain.hpp>

#include <algorithm>
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
  void add(double x, double weight) {
    least_ = count_ == 0 || x < least_ ? x : least_;
    most_ = count_ == 0 || x > most_ ? x : most_;
    ++count_;
    weight_ += weight;
    const double difference = x - mean_;
    mean_ += difference * (weight / weight_);
    squares_ += weight * difference * (x - mean_);
  }
  [[nodiscard]] Index count() const { return count_; }
  [[nodiscard]] double mean() const { return mean_; }
  [[nodiscard]] double deviation() const { return weight_ > 0 ? std::sqrt(squares_ / weight_) : 0; }
  [[nodiscard]] bool is_constant() const { return count_ > 0 && least_ == most_; }
  /// Mean and standard deviation; for constant numbers, their size if they have one, else 1.
  [[nodiscard]] Affine standardising(bool has_size) const {
    const double spread = deviation();
    const double size = has_size ? std::abs(mean_) : 0;
    return {mean_, !is_constant() && spread > 0 ? spread : size > 0 ? size : 1};
  }

 private:
  Index count_ = 0;
  double weight_ = 0;
  double mean_ = 0;
  double squares_ = 0;
  double least_ = 0;
  double most_ = 0;
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
    Learned learned;
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
        finish(field, Layout::place(index), learned);
      }
    });
  }

  friend bool operator==(const RecordScaling& a, const RecordScaling& b) {
    return a.values == b.values && a.columns == b.columns;
  }

 private:
  using AllMoments = std::vector<detail::Moments>;
  struct Learned {
    AllMoments columns = AllMoments(static_cast<std::size_t>(Layout::columns));
    // Of each cell, at the place of its first column:
    AllMoments cells = AllMoments(static_cast<std::size_t>(Layout::columns));  ///< x, or ln x on a log scale
    AllMoments exposures = AllMoments(static_cast<std::size_t>(Layout::columns));
  };

  template <class FieldType, class Likelihood>
  static void add(const FieldType& field, const Likelihood& likelihood, const typename Layout::Place& place,
                  const Type& record, Index number, double weight, Learned& learned) {
    using Kind = typename FieldType::Kind;
    const auto* const member = FieldType::Place::find(record);
    for (Index cell = 0; cell < FieldType::cells; ++cell) {
      double x = 0;
      if (!detail::load_cell<Type>(field, likelihood, member, cell, number, x)) {
        continue;
      }
      std::array<double, static_cast<std::size_t>(FieldType::columns)> seen{};
      detail::load_columns<Type>(field, x, cell, number, seen.data());
      for (int c = 0; c < FieldType::columns; ++c) {
        learned.columns[static_cast<std::size_t>(place.column + cell * FieldType::columns + c)].add(
            seen[static_cast<std::size_t>(c)], weight);
      }
      const auto first = static_cast<std::size_t>(place.column + cell * FieldType::columns);
      learned.cells[first].add(Kind::coordinates == detail::Coordinates::logarithmic ? std::log(x) : x, weight);
      if constexpr (FieldType::role == detail::Role::modelled) {
        if constexpr (FieldType::has_exposure) {
          learned.exposures[first].add(detail::load_beside<Type, typename FieldType::Exposure>(record, cell, number),
                                       weight);
        }
        if constexpr (FieldType::has_measurement_error) {
          (void)detail::load_beside<Type, typename FieldType::MeasurementError>(record, cell, number);
        }
      }
    }
  }

  template <class FieldType>
  void finish(const FieldType& field, const typename Layout::Place& place, const Learned& learned) {
    using detail::Coordinates;
    constexpr Coordinates coordinates = FieldType::Kind::coordinates;
    // The logarithm of a constant has no size of its own: which one it has depends on the unit.
    constexpr bool is_logarithm = coordinates == Coordinates::logarithmic || coordinates == Coordinates::scaled ||
                                  coordinates == Coordinates::about_log_mean;
    std::vector<detail::Moments> of_cells;
    for (Index cell = 0; cell < FieldType::cells; ++cell) {
      const auto first = static_cast<std::size_t>(place.column + cell * FieldType::columns);
      const detail::Moments& x = learned.cells[first];
      of_cells.push_back(x);
      for (int c = 0; FieldType::standardises_columns && c < FieldType::columns; ++c) {
        const std::size_t column = first + static_cast<std::size_t>(c);
        columns[column] = learned.columns[column].standardising(!is_logarithm);
      }
      if constexpr (FieldType::role == detail::Role::modelled) {
        detail::Affine& value = values[static_cast<std::size_t>(place.value + cell)];
        if constexpr (coordinates == Coordinates::standardised || coordinates == Coordinates::logarithmic) {
          value = x.standardising(!is_logarithm);
        } else if constexpr (coordinates == Coordinates::scaled) {
          value.scale = x.count() > 0 ? x.mean() : 1;
        } else if constexpr (coordinates == Coordinates::interval) {
          value = {field.kind.lower, field.kind.upper - field.kind.lower};
        } else if constexpr (coordinates == Coordinates::about_log_mean) {
          const double exposure = FieldType::has_exposure && x.count() > 0 ? learned.exposures[first].mean() : 1;
          value.location = std::log((x.count() > 0 && x.mean() > 0 ? x.mean() : 1) / exposure);
        }
      }
    }
    warn(FieldType::name, of_cells);
  }

  /// One sentence for each way in which cells of a field are odd, however many they are.
  void warn(std::string_view field, const std::vector<detail::Moments>& of_cells) {
    const auto warn_if = [&](std::string_view sentence, const auto& is_odd) {
      const auto odd = std::count_if(of_cells.begin(), of_cells.end(), is_odd);
      if (odd > 0) {
        const auto first = std::find_if(of_cells.begin(), of_cells.end(), is_odd) - of_cells.begin();
        const auto others = odd > 1 ? detail::format_text(" (and {} more of its cells)", {odd - 1}) : std::string();
        warnings.push_back(detail::format_text(
            "{}: {}{}: {}", {detail::type_name<Type>(),
                             detail::indexed(field, static_cast<Index>(of_cells.size()), first), others, sentence}));
      }
    };
    warn_if("missing in all records, so nothing is learned of it",
            [](const detail::Moments& cell) { return cell.count() == 0; });
    warn_if("present in one record alone, so how it varies cannot be learned",
            [](const detail::Moments& cell) { return cell.count() == 1; });
    warn_if("the same in all records that have it, so how it varies cannot be learned",
            [](const detail::Moments& cell) { return cell.count() > 1 && cell.is_constant(); });
  }
};

}  // namespace betavae
