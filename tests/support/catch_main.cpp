// SPDX-License-Identifier: MIT
// The main function of Catch2 2, where the installed Catch2 brings none. See CMakeLists.txt.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
