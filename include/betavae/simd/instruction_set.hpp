// SPDX-License-Identifier: MIT
// Which instructions the processor has, asked once, while the program runs. No compiler flag of the user's is needed.
//
// The environment variable BETAVAE_ISA (baseline, avx2 or avx512) forces a weaker path than the best one, so that tests can run
// all that the machine has. The paths with fused multiply-add give the same bits; the baseline rounds twice.
#pragma once

#include <betavae/core/errors.hpp>

#include <cstdlib>
#include <string_view>

namespace betavae::simd {

enum class InstructionSet { baseline, avx2, avx512 };

[[nodiscard]] constexpr std::string_view name(InstructionSet set) {
  switch (set) {
    case InstructionSet::avx512:
      return "avx512";
    case InstructionSet::avx2:
      return "avx2";
    default:
      return "baseline";
  }
}

/// Whether processor and operating system can run these instructions.
[[nodiscard]] inline bool is_available(InstructionSet set) {
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

/// The best instruction set of this machine, or the one that `forced` names. Errors: ArgumentError when the name is unknown or
/// the machine does not have it.
[[nodiscard]] inline InstructionSet choose_instruction_set(const char* forced) {
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

/// The instruction set that all kernels use, chosen at the first call. Errors: as `choose_instruction_set`.
[[nodiscard]] inline InstructionSet instruction_set() {
  static const InstructionSet chosen = choose_instruction_set(std::getenv("BETAVAE_ISA"));
  return chosen;
}

}  // namespace betavae::simd
