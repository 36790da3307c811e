// SPDX-License-Identifier: MIT
#include <betavae/core/version.hpp>

#include "catch.hpp"

#include <string>

TEST_CASE("The version in the header is the one that CMake read", "[core][version]") {
  const std::string version = std::to_string(BETAVAE_VERSION_MAJOR) + "." + std::to_string(BETAVAE_VERSION_MINOR) +
                              "." + std::to_string(BETAVAE_VERSION_PATCH);
  CHECK(version == BETAVAE_TEST_CMAKE_VERSION);
}
