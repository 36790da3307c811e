// SPDX-License-Identifier: MIT
// Records as a data set: any range of a described type becomes numbers batch by batch, as layout.hpp has them.
#pragma once

#include <betavae/data/data_set.hpp>
#include <betavae/data/record/scaling.hpp>

#include <cstdint>
#include <span>

namespace betavae {

namespace detail {

/// u as a Scalar that is still inside of the domain of the kind's likelihood, where rounding could carry it to the end.
template <class Kind, class Scalar>
[[nodiscard]] Scalar round_inside(double u) {
  if constexpr (Kind::coordinates == Coordinates::interval) {
    const Scalar below_one = Scalar(1) - std::numeric_limits<Scalar>::epsilon() / Scalar(2);
    return std::min(rounded_positive<Scalar>(u), below_one);
  } else if constexpr (Kind::coordinates == Coordinates::scaled) {
    return rounded_positive<Scalar>(u);
  } else {
    return Scalar(u);
  }
}

/// The numbers of one record, from the top of its column; 0 for a missing value, whose exposure and error are not read. `OnlyConditions` leaves all others as they are.
/// Errors: DataError for a value outside of its field's domain, naming type, record and field.
template <bool OnlyConditions = false, class Type, class Scalar>
void write_record(const RecordScaling<Type>& scaling, const Type& record, Index number, Scalar* column) {
  using Layout = RecordLayout<Type>;
  Layout::for_each([&]<class Field>(const Field& field, auto index) {
    if constexpr (Field::role == Role::condition || (Field::role == Role::modelled && !OnlyConditions)) {
      using Kind = typename Field::Kind;
      constexpr int columns = Field::columns;
      const auto& place = Layout::place(index);
      const auto& likelihood = Layout::template likelihood<index>();
      const auto* const member = Field::Place::find(record);
      Scalar* input = column + place.input;
      for (Index cell = 0; cell < Field::cells; ++cell) {
        double x = 0;
        const bool is_present = load_cell<Type>(field, likelihood, member, cell, number, x);
        std::array<double, static_cast<std::size_t>(columns)> seen{};
        if (is_present) {
          load_columns<Type>(field, x, cell, number, seen.data());
        }
        for (int c = 0; c < columns; ++c) {
          const auto& affine = scaling.columns[static_cast<std::size_t>(place.column + cell * columns + c)];
          *input++ = is_present ? Scalar(affine.apply(seen[static_cast<std::size_t>(c)])) : Scalar(0);
        }
        if constexpr (Field::may_miss) {
          *input++ = Scalar(is_present ? 1 : 0);
        }
        if constexpr (Field::role == Role::modelled) {
          const Index row = Layout::first_value + place.value + cell;
          const Affine& affine = scaling.values[static_cast<std::size_t>(place.value + cell)];
          column[row] = is_present ? round_inside<Kind, Scalar>(to_coordinates<Kind>(affine, x)) : Scalar(0);
          if constexpr (Field::has_exposure) {
            column[Layout::first_exposure + place.exposure + cell] =
                is_present ? Scalar(load_log_exposure<Type, Field>(record, cell, number)) : Scalar(0);
          }
          if constexpr (Field::has_measurement_error) {
            using Option = typename Field::MeasurementError;
            column[Layout::first_error + place.error + cell] =
                is_present ? Scalar(load_beside<Type, Option>(record, cell, number) / affine.scale) : Scalar(0);
          }
        }
      }
    }
  });
}

/// The mask of one record: 0 for a missing value, 1 for all other numbers of its column.
template <class Type>
void write_mask(const Type& record, std::uint8_t* mask) {
  using Layout = RecordLayout<Type>;
  std::fill_n(mask, Layout::rows, std::uint8_t{1});
  Layout::for_each_modelled(
      [&]<class Field>(const Field& /*field*/, const auto& place, const auto& /*likelihood*/, std::size_t) {
        if constexpr (Field::may_miss) {
          const auto* const member = Field::Place::find(record);
          for (Index cell = 0; cell < Field::cells; ++cell) {
            double x = 0;
            const bool is_present = member != nullptr && Field::CellsOfMember::load(*member, cell, x);
            mask[Layout::first_value + place.value + cell] = is_present ? 1 : 0;
          }
        }
      });
}

/// A range whose elements can be reached by their number.
template <class Records, class Type>
concept RecordsOf = std::ranges::random_access_range<const Records> && std::ranges::sized_range<const Records> &&
                    std::convertible_to < std::ranges::range_reference_t<const Records>,
const Type& > ;

}  // namespace detail

/// A view of records that live elsewhere and must outlive it. Records are scaled as `scaling` says, which must outlive it, too.
template <class Type, detail::RecordsOf<Type> Records>
class RecordSet {
 public:
  using Layout = RecordLayout<Type>;

  RecordSet(const Records& records, const RecordScaling<Type>& scaling) : records_(&records), scaling_(&scaling) {}

  [[nodiscard]] Index size() const { return static_cast<Index>(std::ranges::size(*records_)); }
  [[nodiscard]] Index features() const { return Layout::rows; }

  /// Errors of all: ArgumentError for an index outside of the set; DataError for what a field may not hold.
  template <class Scalar>
  void fill(std::span<const Index> samples, Scalar* values) const {
    for (const Index sample : samples) {
      detail::write_record<false, Type>(*scaling_, at(sample), sample, values);
      values += Layout::rows;
    }
  }
  void fill_mask(std::span<const Index> samples, std::uint8_t* mask) const requires(Layout::may_miss) {
    for (const Index sample : samples) {
      detail::write_mask<Type>(at(sample), mask);
      mask += Layout::rows;
    }
  }
  template <class Scalar>
  requires(Layout::has_weight) void fill_weights(std::span<const Index> samples, Scalar* weights) const {
    for (const Index sample : samples) {
      *weights++ = Scalar(detail::weight_of<Type>(at(sample), sample));
    }
  }

 private:
  [[nodiscard]] decltype(auto) at(Index sample) const {
    require_index("RecordSet", "sample", sample, size());
    return std::ranges::begin(*records_)[static_cast<std::ranges::range_difference_t<Records>>(sample)];
  }

  const Records* records_;
  const RecordScaling<Type>* scaling_;
};

/// Records in three parts, for training, validation and testing: chosen at random by the seed (see `split`), each in its old order.
template <class Type>
struct SplitRecords {
  std::vector<Type> training;
  std::vector<Type> validation;
  std::vector<Type> test;
};

/// Errors: ArgumentError for shares outside of [0, 1), or that leave nothing to train on.
template <class Type>
[[nodiscard]] SplitRecords<Type> split_records(const std::vector<Type>& records, const SplitOptions& options = {}) {
  struct Numbered {
    Index count;
    [[nodiscard]] Index size() const { return count; }
    [[nodiscard]] Index features() const { return 1; }
    void fill(std::span<const Index> /*samples*/, float* /*values*/) const {}
  };
  const Numbered numbers{static_cast<Index>(records.size())};
  const auto parts = split(numbers, options);
  const auto copy = [&](const auto& part) {
    std::vector<Type> result;
    for (const Index sample : part.samples()) {
      result.push_back(records[static_cast<std::size_t>(sample)]);
    }
    return result;
  };
  return {copy(parts.training), copy(parts.validation), copy(parts.test)};
}

}  // namespace betavae
