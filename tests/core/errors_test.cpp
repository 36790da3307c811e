// SPDX-License-Identifier: MIT
#include <betavae/core/errors.hpp>

#include "catch.hpp"

#include <stdexcept>
#include <string>
#include <type_traits>

namespace bv = betavae;

namespace {

/// The text of what a call throws, or "nothing" when it throws nothing.
template <class Error, class Call>
std::string text_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing";
}

}  // namespace

TEST_CASE("Each error can be caught as the standard exception that it is", "[core][errors]") {
  CHECK(std::is_base_of_v<std::invalid_argument, bv::ArgumentError>);
  CHECK(std::is_base_of_v<std::domain_error, bv::DataError>);
  CHECK(std::is_base_of_v<std::runtime_error, bv::FileError>);
  CHECK(std::is_base_of_v<std::runtime_error, bv::NotFiniteError>);
}

TEST_CASE("require lets a true condition pass", "[core][errors]") {
  CHECK_NOTHROW(bv::require(true, "fit", "options.batch", "at least 1", 128));
}

TEST_CASE("require says where, which argument, what was expected and what came", "[core][errors]") {
  CHECK(text_of<bv::ArgumentError>([] { bv::require(false, "fit", "options.batch", "at least 1", 0); }) ==
        "fit: options.batch: expected at least 1, got 0");
  CHECK(text_of<bv::DataError>([] { bv::require<bv::DataError>(false, "Bernoulli", "x(3, 1)", "in [0, 1]", 1.5); }) ==
        "Bernoulli: x(3, 1): expected in [0, 1], got 1.5");
}

TEST_CASE("An argument's text may hold braces without being taken for a format", "[core][errors]") {
  CHECK(text_of<bv::FileError>([] {
          bv::require<bv::FileError>(false, "{}/a.idx", "{0}", "{no format}", std::string{"{"});
        }) == "{}/a.idx: {0}: expected {no format}, got {");
}

TEST_CASE("require_same_size names both things and both sizes", "[core][errors]") {
  CHECK_NOTHROW(bv::require_same_size("encode", "features", 784, "weights", 784));
  CHECK(text_of<bv::ArgumentError>([] { bv::require_same_size("encode", "features", 3, "weights", 784); }) ==
        "encode: expected as many features as weights, got 3 and 784");
}
