// SPDX-License-Identifier: MIT
// What a field of a record may be told beside its kind: another likelihood, names of categories, what the encoder sees, and which
// other members of the struct belong to it.
#pragma once

#include <betavae/data/record/cells.hpp>

#include <tuple>

namespace betavae {

namespace detail {

struct FieldOption {};

struct LogScale : FieldOption {};

template <class Likelihood, class... Arguments>
struct LikelihoodOption : FieldOption {
  constexpr explicit LikelihoodOption(Arguments... all) : arguments(all...) {}
  [[nodiscard]] Likelihood make() const {
    return std::apply([](const auto&... each) { return Likelihood(each...); }, arguments);
  }
  std::tuple<Arguments...> arguments;
};

template <std::size_t Count>
struct NamesOption : FieldOption {
  static constexpr int count = static_cast<int>(Count);
  std::array<std::string_view, Count> names;
};

template <class Function>
struct SeenAsOption : FieldOption {
  Function function;
};

struct DispersionFromDecoder : FieldOption {};

template <class PathType>
struct ExposureOption : FieldOption {
  using Path = PathType;
  static constexpr bool may_be_zero = false;
  static constexpr std::string_view domain = "an exposure that is finite and above 0";
};
template <class PathType>
struct MeasurementErrorOption : FieldOption {
  using Path = PathType;
  static constexpr bool may_be_zero = true;
  static constexpr std::string_view domain = "a measurement error that is finite and at least 0";
};

template <class Type>
inline constexpr bool is_likelihood_option = false;
template <class Likelihood, class... Arguments>
inline constexpr bool is_likelihood_option<LikelihoodOption<Likelihood, Arguments...>> = true;
template <class Type>
inline constexpr bool is_names_option = false;
template <std::size_t Count>
inline constexpr bool is_names_option<NamesOption<Count>> = true;
template <class Type>
inline constexpr bool is_seen_as_option = false;
template <class Function>
inline constexpr bool is_seen_as_option<SeenAsOption<Function>> = true;
template <class Type>
inline constexpr bool is_exposure_option = false;
template <class PathType>
inline constexpr bool is_exposure_option<ExposureOption<PathType>> = true;
template <class Type>
inline constexpr bool is_measurement_error_option = false;
template <class PathType>
inline constexpr bool is_measurement_error_option<MeasurementErrorOption<PathType>> = true;

template <class PathOfPrefix, class PathOfRest>
struct JoinedPath;
template <auto Prefix, auto... Rest>
struct JoinedPath<Path<Prefix>, Path<Rest...>> {
  using type = Path<Prefix, Rest...>;
};

/// Options that name a member of the same struct are reached by the same way as the field.
template <class Prefix, class Type>
constexpr auto prefixed(const Type& option) {
  if constexpr (is_exposure_option<Type>) {
    return ExposureOption<typename JoinedPath<Prefix, typename Type::Path>::type>{};
  } else if constexpr (is_measurement_error_option<Type>) {
    return MeasurementErrorOption<typename JoinedPath<Prefix, typename Type::Path>::type>{};
  } else {
    return option;
  }
}

}  // namespace detail

/// Of a real field: its logarithm is what is Gaussian.
inline constexpr detail::LogScale log_scale{};

/// Another likelihood than the kind's own, and the arguments of its constructor: likelihood<StudentT>(3.0).
template <class Likelihood, class... Arguments>
[[nodiscard]] constexpr auto likelihood(Arguments... arguments) {
  return detail::LikelihoodOption<Likelihood, Arguments...>(arguments...);
}

/// The names of categories, in the order of their numbers.
template <class... Names>
[[nodiscard]] constexpr auto names(const Names&... all) {
  return detail::NamesOption<sizeof...(Names)>{{}, {std::string_view(all)...}};
}

/// What the encoder sees of a value x: function(x), standardised. The likelihood does not change.
template <class Function>
[[nodiscard]] constexpr auto seen_as(Function function) {
  return detail::SeenAsOption<Function>{{}, function};
}

/// Of a count: the member that holds its exposure (time, area, library size), above 0. Its logarithm is added to that of the mean.
template <auto Member>
inline constexpr detail::ExposureOption<detail::Path<Member>> exposure{};

/// Of a real field: the member that holds the known standard deviation of its measurement, in the field's own units, at least 0.
template <auto Member>
inline constexpr detail::MeasurementErrorOption<detail::Path<Member>> measurement_error{};

/// The spread of the field's values comes from the decoder, for each sample its own. Else it is trained once for all samples.
inline constexpr detail::DispersionFromDecoder dispersion_from_decoder{};

}  // namespace betavae
