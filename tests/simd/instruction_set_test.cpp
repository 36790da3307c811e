// SPDX-License-Identifier: MIT
#include <betavae/core/errors.hpp>
#include <betavae/simd/instruction_set.hpp>

#include "catch.hpp"
#include "error_text.hpp"

#include <cstdlib>
#include <string>
#include <tuple>
#include <utility>

namespace simd = betavae::simd;
namespace test = betavae::test;
using simd::InstructionSet;

namespace {

constexpr InstructionSet all[] = {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512};

}  // namespace

TEST_CASE("Every instruction set has the name that BETAVAE_ISA takes", "[simd][instruction_set]") {
  static_assert(simd::name(InstructionSet::baseline) == "baseline");
  static_assert(simd::name(InstructionSet::avx2) == "avx2");
  static_assert(simd::name(InstructionSet::avx512) == "avx512");
  CHECK(simd::is_available(InstructionSet::baseline));
}

TEST_CASE("A name forces its instruction set where the processor has it, and is an error where not",
          "[simd][instruction_set]") {
  for (const InstructionSet set : all) {
    const std::string name(simd::name(set));
    CAPTURE(name);
    if (simd::is_available(set)) {
      CHECK(simd::choose_instruction_set(name.c_str()) == set);
    } else {
      CHECK(test::error_text<betavae::ArgumentError>([&] {
              std::ignore = simd::choose_instruction_set(name.c_str());
            }) == "instruction_set: BETAVAE_ISA: expected an instruction set that this processor has, got " + name);
    }
  }
}

TEST_CASE("Without a name the best instruction set is chosen", "[simd][instruction_set]") {
  InstructionSet best = InstructionSet::baseline;
  for (const InstructionSet set : all) {
    if (simd::is_available(set)) {
      best = set;
    }
  }
  CHECK(simd::choose_instruction_set(nullptr) == best);
  CHECK(simd::choose_instruction_set("") == best);
}

TEST_CASE("An unknown name is an error that lists the known ones", "[simd][instruction_set]") {
  for (const char* const unknown : {"sse2", "AVX2", "avx5", "avx512 ", "native"}) {
    CHECK(test::error_text<betavae::ArgumentError>([&] { std::ignore = simd::choose_instruction_set(unknown); }) ==
          std::string("instruction_set: BETAVAE_ISA: expected baseline, avx2 or avx512, got ") + unknown);
  }
}

TEST_CASE("The choice follows BETAVAE_ISA and does not change", "[simd][instruction_set]") {
  const InstructionSet chosen = simd::instruction_set();
  CHECK(chosen == simd::choose_instruction_set(std::getenv("BETAVAE_ISA")));
  CHECK(simd::instruction_set() == chosen);
  CHECK(simd::is_available(chosen));
}

TEST_CASE("A processor with AVX-512 has AVX2 too", "[simd][instruction_set]") {
  CHECK((!simd::is_available(InstructionSet::avx512) || simd::is_available(InstructionSet::avx2)));
}
