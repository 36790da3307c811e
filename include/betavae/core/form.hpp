// SPDX-License-Identifier: MIT
// The two forms of the library: header-only, which is the default, or compiled once, by linking betavae::compiled.
//
// One macro decides, BETAVAE_COMPILED, which that target sets. A header X.hpp declares; beside it, X.ipp defines what does not
// depend on a user's types. In the header-only form X.hpp includes X.ipp at its end. In the compiled form only the sources in
// cmake/compiled/ include it, together with instances for float and double, and a user's file sees declarations alone.
//
//     BETAVAE_HEADER_ONLY    1 or 0
//     BETAVAE_API            in front of each declaration whose definition is compiled: the library hides every other symbol
//     BETAVAE_DEFINITION     in front of each definition in an .ipp
//     BETAVAE_INSTANCES      at the end of a header whose templates take any scalar: that their instances for float and double are
//                            compiled. Its argument is a macro of (keyword, scalar), which the source in cmake/compiled/ uses too
//
// All units of a program use one form. Each unit of the compiled form refers to a symbol whose name holds the library's version and
// what changes its interface, so that a library that does not fit is refused by the linker.
#pragma once

#include <betavae/core/version.hpp>

#if defined(BETAVAE_COMPILED)

#define BETAVAE_HEADER_ONLY 0
#define BETAVAE_API __attribute__((visibility("default")))  // clang takes no [[…]] in front of an instance
#define BETAVAE_DEFINITION
#define BETAVAE_INSTANCES(LIST) LIST(extern, float) LIST(extern, double)

#include <cstddef>  // for _GLIBCXX_USE_CXX11_ABI

#define BETAVAE_JOIN_NAMES(major, minor, patch, strings) \
  betavae_compiled_of_version_##major##_##minor##_##patch##_with_cxx11_abi_##strings
#define BETAVAE_LINKED_NAME(major, minor, patch, strings) BETAVAE_JOIN_NAMES(major, minor, patch, strings)
#if defined(_GLIBCXX_USE_CXX11_ABI)
#define BETAVAE_LINKED_STRINGS _GLIBCXX_USE_CXX11_ABI
#else
#define BETAVAE_LINKED_STRINGS 1
#endif
#define BETAVAE_LINKED \
  BETAVAE_LINKED_NAME(BETAVAE_VERSION_MAJOR, BETAVAE_VERSION_MINOR, BETAVAE_VERSION_PATCH, BETAVAE_LINKED_STRINGS)

#if defined(_GLIBCXX_DEBUG) && !defined(BETAVAE_COMPILED_WITH_GLIBCXX_DEBUG)
#error \
    "betavae: betavae::compiled was built without _GLIBCXX_DEBUG, which changes the types of the standard library: \
build it with that macro too (add it to CMAKE_CXX_FLAGS), or link betavae::betavae, the header-only form."
#endif

extern "C" BETAVAE_API const int BETAVAE_LINKED;
namespace {
[[gnu::used]] const int* const betavae_linked = &BETAVAE_LINKED;
}

#else

#define BETAVAE_HEADER_ONLY 1
#define BETAVAE_API
#define BETAVAE_DEFINITION inline
#define BETAVAE_INSTANCES(LIST)

#endif
