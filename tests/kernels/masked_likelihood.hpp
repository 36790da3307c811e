// SPDX-License-Identifier: MIT
// What every kernel of a likelihood owes to missing values.
#pragma once

#include "catch.hpp"
#include "paths.hpp"

#include <cstdint>
#include <limits>
#include <vector>

namespace betavae::test {

/// Checks that a mask of ones changes no bit, and that any mask gives what the specification gives, at every length and address.
/// `likelihood` and `specification` take (count, parameters, values, mask, offset, partial) as the kernels do, and give a sum.
template <class Scalar, class Likelihood, class Specification>
void check_masks(const Likelihood& likelihood, const Specification& specification) {
  const auto check = [&](betavae::Index count, betavae::Index shift) {
    const auto parameters = Shifted<Scalar>::numbers(1, count, shift, 4);
    const auto values = Shifted<Scalar>::numbers(2, count, shift / 2);
    Shifted<Scalar> partials[4] = {{count, shift}, {count, shift}, {count, shift}, {count, shift}};
    std::vector<std::uint8_t> mask(static_cast<std::size_t>(count), 1);
    const auto sum = [&](const auto& kernel, const std::uint8_t* present, Shifted<Scalar>& partial) -> Scalar {
      return kernel(count, parameters.data(), values.data(), present, Scalar(-0.625), partial.data());
    };
    const Scalar without = sum(likelihood, nullptr, partials[0]);
    const Scalar with = sum(likelihood, mask.data(), partials[1]);
    for (std::size_t i = 0; i < mask.size(); ++i) {
      mask[i] = i % 3 == 1 || i % 7 == 0 ? 0 : 2;
    }
    const Scalar masked = sum(likelihood, mask.data(), partials[2]);
    const Scalar expected = sum(specification, mask.data(), partials[3]);
    constexpr auto tolerance = static_cast<double>(8 * std::numeric_limits<Scalar>::epsilon());
    CAPTURE(count, shift);
    CHECK(same_bits(with, without));
    CHECK(partials[1].same_bits(partials[0]));
    CHECK_THAT(static_cast<double>(masked), Catch::Matchers::WithinRel(static_cast<double>(expected), tolerance));
    CHECK(partials[2].error(partials[3]) <= tolerance);
  };
  for_lengths_and_shifts(check);
  for (const betavae::Index count : {255, 256, 257, 784}) {
    check(count, 1);
  }
}

}  // namespace betavae::test
