// SPDX-License-Identifier: MIT
#include <betavae/autodiff/gradient_check.hpp>
#include <betavae/vae/likelihood/observed.hpp>

#include "catch.hpp"
#include "model_check.hpp"

namespace bv = betavae;

TEST_CASE("Data without anything beside them count whole, once, and with no offset", "[vae][observed]") {
  const bv::Matrix<double> x = bv::test::normals(3, 4, 1);
  bv::Tape<double> tape;
  const bv::Observed observed{bv::constant(tape, x)};
  CHECK(observed.features() == 3);
  CHECK(observed.samples() == 4);
  CHECK(observed.mask_of(2) == nullptr);
  CHECK(observed.weight_of(2) == 1);
  CHECK(observed.offset_of(2) == 0);
  CHECK(bv::detail::present_values(observed).value_view().data == x.data());  // nothing is copied
}

TEST_CASE("Masks, weights and offsets are read sample by sample", "[vae][observed]") {
  const bv::Matrix<double> x = bv::test::normals(3, 2, 1);
  const std::uint8_t mask[] = {1, 0, 1, 0, 1, 1};
  const double weights[] = {2, 3};
  const double offsets[] = {-1, 5};
  bv::Tape<double> tape;
  const bv::Observed<bv::Constant<double>> observed{bv::constant(tape, x), mask, weights, offsets};
  CHECK(observed.mask_of(1) == mask + 3);
  CHECK(observed.weight_of(1) == 3);
  CHECK(observed.offset_of(1) == 5);
}

TEST_CASE("An encoder sees 0 where a value is missing", "[vae][observed]") {
  bv::Matrix<double> x = bv::test::normals(3, 2, 1);
  x(1, 0) = x(0, 1) = std::nan("");
  const std::uint8_t mask[] = {1, 0, 1, 0, 1, 1};
  bv::Tape<double> tape;
  const bv::Observed<bv::Constant<double>> observed{bv::constant(tape, x), mask};
  bv::Matrix<double> expected = x;
  expected(1, 0) = expected(0, 1) = 0;
  CHECK((bv::detail::present_values(observed).value() == expected));
}

TEST_CASE("Data that are variables get a gradient where they are present", "[vae][observed]") {
  const std::uint8_t mask[] = {1, 0, 1, 0, 1, 1};
  const auto check = bv::gradient_check(
      [&](const auto& x) {
        return bv::square(
            bv::detail::present_values(bv::Observed<std::remove_cvref_t<decltype(x)>>{x, mask, nullptr, nullptr}));
      },
      bv::test::normals(3, 2, 1));
  CHECK(check.error <= bv::GradientCheck::tolerance);
}
