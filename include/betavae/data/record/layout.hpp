// SPDX-License-Identifier: MIT
// Where each field of a record stands among the numbers of a sample and among the outputs of a decoder.
//
// One sample is one column of numbers, from the top:
//
//     inputs       what the encoder sees: of each modelled field, then of each condition, its columns for cell 0, 1, …; where a
//                  cell may be missing, one more column is 1 if it is there
//     values       of each modelled field, each cell in its likelihood's coordinates
//     exposures    of each field that has one, of each cell: ln exposure
//     errors       of each field that has one, of each cell: the error of measurement in the likelihood's coordinates
//
// A decoder's outputs are, of each modelled field, its parameters that are not common to all samples, planar as in pointwise.hpp:
// the first parameter of all cells, then the second.
#pragma once

#include <betavae/data/record/rules.hpp>

namespace betavae {

namespace detail {

template <class Type>
concept DescribedRecord = requires {
  Record<Type>::fields;
};

template <DescribedRecord Type>
using FieldsOf = std::remove_cvref_t<decltype(Record<Type>::fields)>;

/// Which parameters of a field's likelihood come from the decoder: those that are not common to all samples.
template <class FieldType>
struct ParametersOf {
  using Likelihood = LikelihoodOf<FieldType>;
  static constexpr int all = Likelihood::parameters_per_value;
  static constexpr int common = FieldType::dispersion_from_decoder ? 0 : Likelihood::common_parameters.count;
  static constexpr int decoded = all - common;
  [[nodiscard]] static constexpr bool is_common(int k) {
    return k >= Likelihood::common_parameters.first && k < Likelihood::common_parameters.first + common;
  }
};

}  // namespace detail

/// Sizes and places, all known at compile time.
template <class Type>
class RecordLayout {
  static_assert(
      detail::DescribedRecord<Type>,
      "betavae: a record needs a description: a specialisation of betavae::Record for its type, with a member fields");

 public:
  using Fields = detail::FieldsOf<Type>;
  static constexpr std::size_t count = std::tuple_size_v<Fields>;

  /// The first row of a field in each part; rows of what it does not have mean nothing.
  struct Place {
    Index input = 0;
    Index value = 0;
    Index exposure = 0;
    Index error = 0;
    Index output = 0;  ///< among the decoder's outputs
    Index common = 0;  ///< among the parameters common to all samples
    Index column = 0;  ///< among the columns, without those that say whether a cell is there
  };

  /// f(field, place) for each field, weights included.
  template <class Function>
  static constexpr void for_each(Function&& function) {
    [&]<std::size_t... I>(std::index_sequence<I...> /*all*/) {
      (function(std::get<I>(Record<Type>::fields), std::integral_constant<std::size_t, I>{}), ...);
    }
    (std::make_index_sequence<count>{});
  }

 private:
  struct Sizes {
    std::array<Place, count> places{};
    Place end;  ///< the sizes of the parts
    Index modelled_inputs = 0;
    Index modelled_columns = 0;
    Index weights = 0;
    Index modelled = 0;
    bool may_miss = false;
  };

  static constexpr Sizes sizes = [] {
    Sizes s;
    Place at;
    const auto take_inputs = [&](detail::Role role) {
      for_each([&]<class FieldType>(const FieldType& /*field*/, auto index) {
        if constexpr (FieldType::role != detail::Role::weight) {
          if (FieldType::role == role) {
            s.places[index].input = at.input;
            s.places[index].column = at.column;
            at.input += FieldType::cells * (FieldType::columns + (FieldType::may_miss ? 1 : 0));
            at.column += FieldType::cells * FieldType::columns;
          }
        }
      });
    };
    take_inputs(detail::Role::modelled);
    s.modelled_inputs = at.input;
    s.modelled_columns = at.column;
    take_inputs(detail::Role::condition);
    for_each([&]<class FieldType>(const FieldType& /*field*/, auto index) {
      static_assert(std::is_same_v<typename FieldType::Owner, Type>,
                    "betavae: a field of a record must be a member of its type");
      static_assert(detail::keeps_rules<FieldType>());
      if constexpr (FieldType::role == detail::Role::weight) {
        ++s.weights;
      } else if constexpr (FieldType::role == detail::Role::modelled) {
        using Parameters = detail::ParametersOf<FieldType>;
        Place& place = s.places[index];
        place.value = at.value;
        place.exposure = at.exposure;
        place.error = at.error;
        place.output = at.output;
        place.common = at.common;
        at.value += FieldType::cells;
        at.exposure += FieldType::has_exposure ? FieldType::cells : 0;
        at.error += FieldType::has_measurement_error ? FieldType::cells : 0;
        at.output += FieldType::cells * Parameters::decoded;
        at.common += FieldType::cells * Parameters::common;
        ++s.modelled;
        s.may_miss = s.may_miss || FieldType::may_miss;
      }
    });
    s.end = at;
    return s;
  }();

 public:
  static constexpr int inputs = static_cast<int>(sizes.end.input);  ///< that an encoder sees
  static constexpr int modelled_inputs = static_cast<int>(sizes.modelled_inputs);
  static constexpr int conditions = inputs - modelled_inputs;  ///< of the inputs, that a decoder sees, too
  static constexpr int modelled_columns = static_cast<int>(sizes.modelled_columns);
  static constexpr int columns = static_cast<int>(sizes.end.column);
  static constexpr int values = static_cast<int>(sizes.end.value);
  static constexpr int outputs = static_cast<int>(sizes.end.output);  ///< that a decoder gives
  static constexpr int common = static_cast<int>(sizes.end.common);
  static constexpr int modelled_fields = static_cast<int>(sizes.modelled);
  static constexpr bool has_weight = sizes.weights > 0;
  static constexpr bool may_miss = sizes.may_miss;  ///< whether any value may be missing

  static constexpr int first_value = inputs;
  static constexpr int first_exposure = first_value + values;
  static constexpr int first_error = first_exposure + static_cast<int>(sizes.end.exposure);
  static constexpr int rows = first_error + static_cast<int>(sizes.end.error);  ///< numbers of a sample in all

  static_assert(values > 0, "betavae: a record needs at least one field that is modelled");
  static_assert(sizes.weights <= 1, "betavae: a record has at most one weight");

  [[nodiscard]] static constexpr const Place& place(std::size_t field) { return sizes.places[field]; }

  /// f(field, place, likelihood, number) for each modelled field, `number` counting them from 0.
  template <class Function>
  static void for_each_modelled(Function&& function) {
    std::size_t number = 0;
    for_each([&]<class FieldType>(const FieldType& field, auto index) {
      if constexpr (FieldType::role == detail::Role::modelled) {
        function(field, sizes.places[index], likelihood<index>(), number++);
      }
    });
  }

  /// The likelihood of the field with this index, which is no weight: made once.
  template <std::size_t Index>
  [[nodiscard]] static const auto& likelihood() {
    static const auto made = std::get<Index>(Record<Type>::fields).likelihood();
    return made;
  }

  /// The name of a cell of a field, as errors and reports have it: "pt", or "genes[17]".
  template <class FieldType>
  [[nodiscard]] static std::string name_of(const FieldType& /*field*/, Index cell) {
    return detail::indexed(FieldType::name, FieldType::cells, cell);
  }
};

}  // namespace betavae
