// SPDX-License-Identifier: MIT
// The version of the library, and the compiler settings that it refuses. CMake reads the numbers from here: they stand nowhere else.
#pragma once

#define BETAVAE_VERSION_MAJOR 0
#define BETAVAE_VERSION_MINOR 1
#define BETAVAE_VERSION_PATCH 0

#if defined(__FAST_MATH__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__)
#error \
    "betavae: build without -ffast-math and -ffinite-math-only: they make every test for NaN and infinity a constant."
#endif

#if !defined(__cpp_exceptions)
#error "betavae: build with exceptions (without -fno-exceptions): bad input is reported by throwing."
#endif

#if !defined(__cplusplus) || __cplusplus < 202002L
#error "betavae: build as C++20 or later (-std=c++20)."
#endif
