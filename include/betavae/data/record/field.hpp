// SPDX-License-Identifier: MIT
// The description of a struct, beside it: which member is what.
//
//     template <>
//     struct betavae::Record<Jet> {
//       static constexpr auto fields = betavae::fields(betavae::real<&Jet::pt>(betavae::log_scale), betavae::angle<&Jet::phi>(),
//                                                      betavae::count<&Jet::tracks>(), betavae::category<&Jet::flavour, 4>());
//     };
//
// A member may be a number, a bool, an enum, a std::optional (a missing value, which is masked) or a std::array of one, or another
// record. Its name comes with it.
#pragma once

#include <betavae/data/record/kind.hpp>
#include <betavae/data/record/options.hpp>

#include <utility>

namespace betavae {

/// Specialise it for a type of your own: see above.
template <class Type>
struct Record {};

namespace detail {

/// The place of the first true among the arguments; their number where none is.
[[nodiscard]] constexpr std::size_t first_true(std::initializer_list<bool> all) {
  std::size_t place = 0;
  for (const bool one : all) {
    if (one) {
      return place;
    }
    ++place;
  }
  return place;
}

/// The option at a place, void past the last.
template <std::size_t Place, class... Options>
using OptionAt = std::tuple_element_t<Place, std::tuple<Options..., void>>;

enum class Role { modelled, condition, weight };

struct WeightKind {};

template <Role RoleOfField, class KindType, class PathType, class... Options>
class Field;

template <Role RoleOfField, class KindType, auto... Members, class... Options>
class Field<RoleOfField, KindType, Path<Members...>, Options...> {
  static_assert((std::is_base_of_v<FieldOption, Options> && ...),
                "betavae: an option of a field must be log_scale, likelihood<…>(…), names(…), seen_as(…), exposure<…>, "
                "measurement_error<…> or dispersion_from_decoder");

 public:
  static constexpr Role role = RoleOfField;
  using Kind = KindType;
  using Place = Path<Members...>;
  using Owner = typename Place::Owner;
  using CellsOfMember = Cells<typename Place::Member>;
  static constexpr Index cells = CellsOfMember::count;
  static constexpr bool may_miss = Place::may_miss;
  static constexpr std::string_view name = Place::name;  ///< "lead.pt" for a field of a record inside

  constexpr Field(Kind kind_of_field, std::tuple<Options...> all) : kind(kind_of_field), options(std::move(all)) {}

  /// The option for which the flags say so.
  template <bool... Is>
  static constexpr bool has = (Is || ...);
  static constexpr bool has_exposure = has<is_exposure_option<Options>...>;
  static constexpr bool has_measurement_error = has<is_measurement_error_option<Options>...>;
  static constexpr bool has_likelihood = has<is_likelihood_option<Options>...>;
  static constexpr bool has_names = has<is_names_option<Options>...>;
  static constexpr bool is_seen_as = has<is_seen_as_option<Options>...>;
  static constexpr bool dispersion_from_decoder = has<std::is_same_v<Options, DispersionFromDecoder>...>;
  static constexpr bool is_on_log_scale = has<std::is_same_v<Options, LogScale>...>;

  using Exposure = OptionAt<first_true({is_exposure_option<Options>...}), Options...>;  ///< void for none
  using MeasurementError = OptionAt<first_true({is_measurement_error_option<Options>...}), Options...>;

  [[nodiscard]] auto likelihood() const {
    if constexpr (has_likelihood) {
      return std::get<first_true({is_likelihood_option<Options>...})>(options).make();
    } else {
      return typename Kind::Likelihood{};
    }
  }
  /// The numbers that an encoder sees of a present value.
  void see(double x, double* seen) const {
    if constexpr (is_seen_as) {
      seen[0] = std::get<first_true({is_seen_as_option<Options>...})>(options).function(x);
    } else {
      Kind::see(x, seen);
    }
  }
  static constexpr int columns = is_seen_as ? 1 : Kind::columns;
  static constexpr bool standardises_columns = is_seen_as || Kind::standardises_columns;

  /// The name of a category, or nothing where none was given.
  [[nodiscard]] constexpr std::string_view name_of(int category) const {
    if constexpr (has_names) {
      const auto& names = std::get<first_true({is_names_option<Options>...})>(options).names;
      return category >= 0 && static_cast<std::size_t>(category) < names.size()
                 ? names[static_cast<std::size_t>(category)]
                 : std::string_view{};
    } else {
      return {};
    }
  }

  /// The same field of a record inside.
  template <auto Prefix>
  [[nodiscard]] constexpr auto inside() const {
    return std::apply(
        [&](const auto&... each) {
          return Field<role, Kind, Path<Prefix, Members...>, decltype(prefixed<Path<Prefix>>(each))...>(
              kind, std::tuple{prefixed<Path<Prefix>>(each)...});
        },
        options);
  }
  [[nodiscard]] constexpr auto as_condition() const {
    static_assert(role != Role::weight, "betavae: a weight cannot be a condition");
    return Field<Role::condition, Kind, Place, Options...>(kind, options);
  }

  Kind kind;
  std::tuple<Options...> options;
};

template <auto Member, class Kind, class... Options>
[[nodiscard]] constexpr auto make_field(Kind kind, Options... options) {
  return Field<Role::modelled, Kind, Path<Member>, Options...>(kind, std::tuple<Options...>(options...));
}

[[noreturn]] inline void interval_needs_its_lower_end_first() {
  throw ArgumentError("interval: expected a lower end below the upper end");
}

/// The number of categories: as given, or that of the names.
template <auto Member, int Given, class... Options>
[[nodiscard]] consteval int number_of_categories() {
  int named = 0;
  (
      [&] {
        if constexpr (is_names_option<Options>) {
          named = Options::count;
        }
      }(),
      ...);
  return Given == 0 ? named : named == 0 || named == Given ? Given : -1;
}

template <auto Member, int Given, class... Options>
[[nodiscard]] consteval int require_categories() {
  constexpr int count = number_of_categories<Member, Given, Options...>();
  static_assert(
      count != 0,
      "betavae: a category needs the number of its categories, as in category<&Type::field, 3>(), or their names");
  static_assert(count != -1, "betavae: a category must have as many names as categories");
  static_assert(count == 0 || count == -1 || count >= 2, "betavae: a category needs at least two categories");
  return count < 2 ? 2 : count;
}

}  // namespace detail

/// Any finite number. On a log scale, any above 0.
template <auto Member, class... Options>
[[nodiscard]] constexpr auto real(Options... options) {
  if constexpr ((std::is_same_v<Options, detail::LogScale> || ...)) {
    return detail::make_field<Member>(detail::RealOnLogScale{}, options...);
  } else {
    return detail::make_field<Member>(detail::Real{}, options...);
  }
}

/// A number above 0, gamma distributed.
template <auto Member, class... Options>
[[nodiscard]] constexpr auto positive(Options... options) {
  return detail::make_field<Member>(detail::Positive{}, options...);
}

/// A number above `lower` and below `upper`, beta distributed.
template <auto Member, class... Options>
[[nodiscard]] constexpr auto interval(double lower, double upper, Options... options) {
  if (!(lower < upper)) {
    detail::interval_needs_its_lower_end_first();  // a constant expression ends here, and the compiler says this name
  }
  return detail::make_field<Member>(detail::Interval{{}, lower, upper}, options...);
}

/// An angle in radians, x and x + 2π being one.
template <auto Member, class... Options>
[[nodiscard]] constexpr auto angle(Options... options) {
  return detail::make_field<Member>(detail::Angle{}, options...);
}

/// A whole number of at least 0.
template <auto Member, class... Options>
[[nodiscard]] constexpr auto count(Options... options) {
  return detail::make_field<Member>(detail::Count{}, options...);
}

/// 0 or 1, or a bool.
template <auto Member, class... Options>
[[nodiscard]] constexpr auto binary(Options... options) {
  return detail::make_field<Member>(detail::Binary{}, options...);
}

/// One of so many categories, 0, 1, …, or of those whose names are given. An enum's values are its numbers.
template <auto Member, int Categories = 0, class... Options>
[[nodiscard]] constexpr auto category(Options... options) {
  constexpr int count = detail::require_categories<Member, Categories, Options...>();
  return detail::make_field<Member>(detail::Category<count>{}, options...);
}

/// The same for categories that have an order.
template <auto Member, int Categories = 0, class... Options>
[[nodiscard]] constexpr auto ordered(Options... options) {
  constexpr int count = detail::require_categories<Member, Categories, Options...>();
  return detail::make_field<Member>(detail::Ordered<count>{}, options...);
}

/// How often a sample counts: a finite number above 0. At most one field of a record.
template <auto Member>
[[nodiscard]] constexpr auto weight() {
  return detail::Field<detail::Role::weight, detail::WeightKind, detail::Path<Member>>({}, {});
}

/// A field, or all fields of a record inside, that encoder and decoder are given and that is not modelled: p(x | z, condition).
template <class FieldType>
[[nodiscard]] constexpr auto condition(const FieldType& field) {
  return field.as_condition();
}

template <class... Fields>
[[nodiscard]] constexpr auto condition(const std::tuple<Fields...>& nested_fields) {
  return std::apply([](const auto&... each) { return std::tuple{each.as_condition()...}; }, nested_fields);
}

/// All fields of a member that is itself a record, or a std::optional of one.
template <auto Member>
[[nodiscard]] constexpr auto nested() {
  using Inner = typename detail::WithoutOptional<typename detail::MemberPointer<decltype(Member)>::MemberType>::type;
  static_assert(
      requires { Record<Inner>::fields; },
      "betavae: a nested field needs a description of its own type: a specialisation of betavae::Record");
  return std::apply([](const auto&... each) { return std::tuple{each.template inside<Member>()...}; },
                    Record<Inner>::fields);
}

namespace detail {

template <class Type>
[[nodiscard]] constexpr auto as_fields(const Type& one) {
  return std::tuple{one};
}
template <class... Each>
[[nodiscard]] constexpr auto as_fields(const std::tuple<Each...>& nested_fields) {
  return nested_fields;
}

}  // namespace detail

/// The description of a record: its fields, in the order in which reports and files have them.
template <class... Fields>
[[nodiscard]] constexpr auto fields(const Fields&... all) {
  return std::tuple_cat(detail::as_fields(all)...);
}

}  // namespace betavae
