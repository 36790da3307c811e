// SPDX-License-Identifier: MIT
#include <betavae/core/index.hpp>
#include <Eigen/Core>

#include "catch.hpp"

#include <type_traits>

TEST_CASE("An index is signed, as wide as a pointer, and Eigen's own", "[core][index]") {
  CHECK(std::is_signed_v<betavae::Index>);
  CHECK(sizeof(betavae::Index) == sizeof(void*));
  CHECK(std::is_same_v<betavae::Index, Eigen::Index>);
}
