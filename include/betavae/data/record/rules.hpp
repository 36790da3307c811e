// SPDX-License-Identifier: MIT
// What the compiler checks of a description, field by field: one sentence for each rule, beside which its output names the field.
#pragma once

#include <betavae/data/record/field.hpp>

namespace betavae::detail {

template <class FieldType>
using LikelihoodOf = decltype(std::declval<const FieldType&>().likelihood());

/// The likelihood of one value: what a field needs of it.
template <class Type>
concept LikelihoodOfValue = requires(const Type& likelihood, const double* p, double x, double* partial, Draws& draws) {
  { Type::parameters_per_value } -> std::convertible_to<int>;
  { Type::common_parameters } -> std::convertible_to<CommonParameters>;
  { Type::domain } -> std::convertible_to<std::string_view>;
  { likelihood.nats(p, x, partial) } -> std::convertible_to<double>;
  { likelihood.estimate(p) } -> std::convertible_to<double>;
  { likelihood.draw(p, draws) } -> std::convertible_to<double>;
  { likelihood.contains(x) } -> std::same_as<bool>;
};

/// Values reach a likelihood in coordinates that are made for the domain of the kind's own.
template <class Likelihood, class Own>
[[nodiscard]] consteval bool suits() {
  if constexpr (requires { Own::categories; }) {
    if constexpr (requires { Likelihood::categories; }) {
      return Likelihood::categories == Own::categories && std::string_view(Likelihood::domain) == Own::domain;
    }
    return false;
  } else {
    return std::string_view(Likelihood::domain) == Own::domain;
  }
}

template <class FieldType>
[[nodiscard]] consteval bool keeps_rules_beside() {
  if constexpr (FieldType::has_exposure) {
    using Exposure = typename FieldType::Exposure::Path;
    static_assert(FieldType::Kind::coordinates == Coordinates::about_log_mean,
                  "betavae: an exposure is an option of counts");
    static_assert(
        Cells<typename Exposure::Member>::count == 1 || Cells<typename Exposure::Member>::count == FieldType::cells,
        "betavae: an exposure must be one number, or an array of as many as its field has");
    static_assert(!Exposure::may_miss, "betavae: an exposure must not be optional");
  }
  if constexpr (FieldType::has_measurement_error) {
    using Error = typename FieldType::MeasurementError::Path;
    static_assert(std::is_same_v<LikelihoodOf<FieldType>, GaussianHeteroscedastic> &&
                      FieldType::Kind::coordinates == Coordinates::standardised,
                  "betavae: a measurement error is an option of real fields with a Gaussian likelihood");
    static_assert(Cells<typename Error::Member>::count == 1 || Cells<typename Error::Member>::count == FieldType::cells,
                  "betavae: a measurement error must be one number, or an array of as many as its field has");
    static_assert(!Error::may_miss, "betavae: a measurement error must not be optional");
  }
  return true;
}

template <class FieldType>
[[nodiscard]] consteval bool keeps_rules() {
  if constexpr (FieldType::role == Role::weight) {
    static_assert(FieldType::cells == 1 && !FieldType::may_miss, "betavae: a weight must be one number, not optional");
    return true;
  } else {
    using Likelihood = LikelihoodOf<FieldType>;
    using Kind = typename FieldType::Kind;
    static_assert(LikelihoodOfValue<Likelihood>,
                  "betavae: a field's likelihood must be one of single values, such as StudentT or Laplace; see "
                  "vae/likelihood/detail/pointwise.hpp");
    if constexpr (LikelihoodOfValue<Likelihood>) {
      static_assert(suits<Likelihood, typename Kind::Likelihood>(),
                    "betavae: a field's likelihood must be one for the values of its kind: their constants domain (and "
                    "categories) must be those of the kind's own likelihood");
    }
    static_assert(!FieldType::is_on_log_scale || Kind::coordinates == Coordinates::logarithmic,
                  "betavae: log_scale is an option of real fields");
    static_assert(
        !FieldType::has_names || requires { Kind::Likelihood::categories; },
        "betavae: names are an option of categories");
    return keeps_rules_beside<FieldType>();
  }
}

}  // namespace betavae::detail
