// SPDX-License-Identifier: MIT
// Which instructions the processor has, asked once, while the program runs. No compiler flag of the user's is needed.
//
// The environment variable BETAVAE_ISA (baseline, avx2 or avx512) forces a weaker path than the best one, so that tests can run
// all that the machine has. The paths with fused multiply-add give the same bits; the baseline rounds twice.
#pragma once

#include <betavae/core/form.hpp>

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
[[nodiscard]] BETAVAE_API bool is_available(InstructionSet set);

/// The best instruction set of this machine, or the one that `forced` names. Errors: ArgumentError when the name is unknown or
/// the machine does not have it.
[[nodiscard]] BETAVAE_API InstructionSet choose_instruction_set(const char* forced);

/// The instruction set that all kernels use, chosen at the first call. Errors: as `choose_instruction_set`.
[[nodiscard]] BETAVAE_API InstructionSet instruction_set();

}  // namespace betavae::simd

#if BETAVAE_HEADER_ONLY
#include <betavae/simd/instruction_set.ipp>
#endif
