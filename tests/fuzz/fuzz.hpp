// SPDX-License-Identifier: MIT
// What the fuzzers share. Each defines run(bytes): it hands the bytes to a reader, which may take them or throw an error of the
// library. Anything else ends the program, and the fuzzer keeps the bytes: another exception, a wrong access (found by the
// sanitizers), a check that fails, ten seconds or two gigabytes.
#pragma once

#include <betavae/core/errors.hpp>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <span>
#include <string_view>

namespace betavae::fuzz {

/// Ends the program with the text unless the condition holds.
inline void check(bool holds, const char* what) {
  if (!holds) {
    std::fprintf(stderr, "fuzz: does not hold: %s\n", what);
    std::abort();
  }
}

/// What `read` returns, or nothing when it throws FileError, whose text must begin with the name of the file.
template <class Read>
auto unless_refused(std::string_view name, const Read& read) -> std::optional<decltype(read())> {
  try {
    return read();
  } catch (const FileError& error) {
    check(std::string_view(error.what()).starts_with(name), "the error's text begins with the file's name");
    return std::nullopt;
  }
}

/// To be defined by each fuzzer.
void run(std::span<const std::uint8_t> bytes);

}  // namespace betavae::fuzz

// The name that libFuzzer looks for.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size);  // NOLINT(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  betavae::fuzz::run({data, size});
  return 0;
}
