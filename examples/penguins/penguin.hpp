// SPDX-License-Identifier: MIT
// The type of the third example, and its description.
#pragma once

#include <betavae/data/record/field.hpp>

#include <optional>

enum class Species { adelie, chinstrap, gentoo };
enum class Island { biscoe, dream, torgersen };
enum class Sex { female, male };

/// A bird of Horst, Hill and Gorman's palmerpenguins (2020). Any cell may be missing.
struct Penguin {
  std::optional<Species> species;
  std::optional<Island> island;
  std::optional<float> bill_length_mm, bill_depth_mm, flipper_length_mm, body_mass_g;
  std::optional<Sex> sex;
};

template <>
struct betavae::Record<Penguin> {
  static constexpr auto fields = betavae::fields(
      betavae::category<&Penguin::species>(betavae::names("Adelie", "Chinstrap", "Gentoo")),
      betavae::category<&Penguin::island>(betavae::names("Biscoe", "Dream", "Torgersen")),
      betavae::real<&Penguin::bill_length_mm>(), betavae::real<&Penguin::bill_depth_mm>(),
      betavae::real<&Penguin::flipper_length_mm>(), betavae::real<&Penguin::body_mass_g>(betavae::log_scale),
      betavae::category<&Penguin::sex>(betavae::names("female", "male")));
};
