// SPDX-License-Identifier: MIT
// Catch2, version 2.13 or 3. Write Catch::Matchers::WithinRel and WithinAbs in full, and leave alone what only one version has
// (SKIP, STATIC_CHECK) or both call differently (Approx).
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
