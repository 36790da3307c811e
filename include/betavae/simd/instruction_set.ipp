// SPDX-License-Identifier: MIT
// The processor is asked, and the environment.
#pragma once

#include <betavae/core/errors.hpp>
#include <betavae/simd/instruction_set.hpp>

#include <cstdlib>

namespace betavae::simd {

BETAVAE_DEFINITION bool is_available(InstructionSet set) {
#if defined(__x86_64__) || defined(__i386__)
  switch (set) {
    case InstructionSet::avx512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma");
    case InstructionSet::avx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    default:
      return true;
  }
#else
  return set == InstructionSet::baseline;
#endif
}

BETAVAE_DEFINITION InstructionSet choose_instruction_set(const char* forced) {
  constexpr InstructionSet best_first[] = {InstructionSet::avx512, InstructionSet::avx2, InstructionSet::baseline};
  const bool is_forced = forced != nullptr && *forced != '\0';
  for (const InstructionSet set : best_first) {
    if (is_forced ? name(set) == forced : is_available(set)) {
      require(is_available(set), "instruction_set", "BETAVAE_ISA", "an instruction set that this processor has",
              name(set));
      return set;
    }
  }
  betavae::detail::fail<ArgumentError>("instruction_set", "BETAVAE_ISA", "baseline, avx2 or avx512", forced);
}

BETAVAE_DEFINITION InstructionSet instruction_set() {
  static const InstructionSet chosen = choose_instruction_set(std::getenv("BETAVAE_ISA"));
  return chosen;
}

}  // namespace betavae::simd
