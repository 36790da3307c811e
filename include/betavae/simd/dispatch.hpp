// SPDX-License-Identifier: MIT
// From a kernel's body, written once for every path, to the path that this machine runs.
//
// A body is a type with `template <class Path> BETAVAE_INLINE static void run(…)`. Inlining it into one thin function per path, whose
// target attribute names that path's instructions, makes the compiler use them without any flag of the user's. The names of these
// functions say which instructions they hold.
#pragma once

#include <betavae/simd/instruction_set.hpp>
#include <betavae/simd/vector.hpp>

#include <type_traits>

namespace betavae::simd {

namespace detail {

template <class Body, class... Arguments>
[[gnu::noinline]] void run_baseline(Arguments... arguments) {
  Body::template run<Baseline>(arguments...);
}

#if BETAVAE_X86
template <class Body, class... Arguments>
BETAVAE_TARGET_AVX2 [[gnu::noinline]] void run_avx2(Arguments... arguments) {
  Body::template run<Avx2>(arguments...);
}

template <class Body, class... Arguments>
BETAVAE_TARGET_AVX512 [[gnu::noinline]] void run_avx512(Arguments... arguments) {
  Body::template run<Avx512>(arguments...);
}
#endif

/// One of the functions above.
template <class Path, class Body, class... Arguments>
constexpr void (*function_of())(Arguments...) {
#if BETAVAE_X86
  if constexpr (std::is_same_v<Path, Avx512>) {
    return run_avx512<Body, Arguments...>;
  } else if constexpr (std::is_same_v<Path, Avx2>) {
    return run_avx2<Body, Arguments...>;
  }
#endif
  if constexpr (std::is_same_v<Path, Baseline>) {
    return run_baseline<Body, Arguments...>;
  }
}

}  // namespace detail

/// Body::run on the instruction set in use. Arguments are plain: pointers, counts, structures of them; no vectors.
template <class Body, class... Arguments>
void dispatch(Arguments... arguments) {
#if BETAVAE_X86
  switch (instruction_set()) {
    case InstructionSet::avx512:
      return detail::run_avx512<Body>(arguments...);
    case InstructionSet::avx2:
      return detail::run_avx2<Body>(arguments...);
    default:
      break;
  }
#endif
  detail::run_baseline<Body>(arguments...);
}

}  // namespace betavae::simd
