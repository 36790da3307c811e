// SPDX-License-Identifier: MIT
// Vectors of the compiler's own (`vector_size`), and the few words that keep a kernel in registers.
//
// A kernel body is an always-inline template over a path below; one thin function per path, with that path's target attribute,
// instantiates it. What keeps this sound in a header-only library: no vector type in any signature, no lambda in a body, and the
// path a template parameter, so that no linker can exchange one path's code for another's. Loads, stores, broadcasts and
// multiply-adds are therefore plain expressions inside the body; helpers for them would take vectors by value (an ABI that
// changes with the flags) or by reference (accumulators get an address, and with g++ a place in memory: 16 GFLOP/s for 160):
//
//     load       vector = *reinterpret_cast<const Unaligned*>(pointer)
//     store      *reinterpret_cast<Unaligned*>(pointer) = vector
//     broadcast  vector = number - Vector{}      x − 0 is x; x + 0 is not for −0, and would cost an addition
//     fused      sum += a * b                    in a block that begins with BETAVAE_CONTRACT
//
// Functions of vectors (simd/math.hpp) take and return them as Pack, by value, where no accumulators are at stake.
#pragma once

#include <betavae/core/index.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>

#define BETAVAE_INLINE [[gnu::always_inline]] inline

// Loops over accumulators must be unrolled whatever the optimisation level, or they live in memory (g++ -O2 leaves them rolled).
#if defined(__clang__)
#define BETAVAE_UNROLL _Pragma("unroll")
#else
#define BETAVAE_UNROLL _Pragma("GCC unroll 32")
#endif

// g++ folds a load into every instruction that uses it, one load becoming many. An empty asm pins the value to a register.
#if defined(__clang__) || !defined(__x86_64__)
#define BETAVAE_KEEP_IN_REGISTER(value)
#else
#define BETAVAE_KEEP_IN_REGISTER(value) asm("" : "+v"(value))
#endif

// Multiplication and addition in one expression round once where the processor can. g++ does so by default, clang when told; both
// only when they optimise (g++ from -O2 on, clang from -O1), and round twice otherwise, on every path alike.
#if defined(__clang__)
#define BETAVAE_CONTRACT _Pragma("clang fp contract(fast)")
#else
#define BETAVAE_CONTRACT
#endif

#if defined(__x86_64__) || defined(__i386__)
#define BETAVAE_X86 1
#define BETAVAE_TARGET_AVX2 [[gnu::target("avx2,fma")]]
#if defined(__clang__)
#define BETAVAE_TARGET_AVX512 \
  [[gnu::target("avx2,fma,avx512f,avx512dq,avx512bw,avx512vl"), clang::min_vector_width(512)]]
#else
#define BETAVAE_TARGET_AVX512 [[gnu::target("avx2,fma,avx512f,avx512dq,avx512bw,avx512vl")]]
#endif
#else
#define BETAVAE_X86 0
#endif

namespace betavae::simd {

/// The paths. `bytes` is the width of a vector, `registers` how many the processor has.
struct Baseline {
  static constexpr int bytes = 16;
  static constexpr int registers = 16;
};
struct Avx2 {
  static constexpr int bytes = 32;
  static constexpr int registers = 16;
};
struct Avx512 {
  static constexpr int bytes = 64;
  static constexpr int registers = 32;
};

/// `type` is a vector of Path::bytes / sizeof(Scalar) lanes; `unaligned` the same for loads and stores at any address.
template <class Path, class Scalar>
struct VectorOf {
  // NOLINTNEXTLINE(modernize-use-using): the attribute takes a dependent size in a typedef only.
  typedef Scalar type __attribute__((vector_size(Path::bytes)));
  // NOLINTNEXTLINE(modernize-use-using)
  typedef Scalar unaligned __attribute__((vector_size(Path::bytes), aligned(alignof(Scalar)), may_alias));
};

template <class Path, class Scalar>
using Vector = typename VectorOf<Path, Scalar>::type;

template <class Path, class Scalar>
using Unaligned = typename VectorOf<Path, Scalar>::unaligned;

template <class Path, class Scalar>
inline constexpr int lanes = Path::bytes / static_cast<int>(sizeof(Scalar));

/// A vector on its way into or out of an always-inline function. A bare vector in a signature, even of a function that is never
/// emitted, makes compilers warn that its ABI changes with the flags.
template <class Path, class Scalar>
struct Pack {
  Vector<Path, Scalar> value;
};

/// Fetches what a loop that walks through memory will read 2 KiB further on: the processor's own prefetcher stops at the end of a
/// page, and starts late on the next one. Past the end of an array it does nothing.
template <class Scalar>
BETAVAE_INLINE void prefetch_stream(const Scalar* from) {
  __builtin_prefetch(reinterpret_cast<const char*>(from) + 2048, 0, 3);
}

/// Stores a vector without reading its line first, and past the caches: for results larger than they are. `to` is aligned to
/// Path::bytes. Other threads may read it after `finish_streaming`.
template <class Path, class Scalar>
BETAVAE_INLINE void stream(Scalar* to, const Pack<Path, Scalar>& x) {
  auto& target = *reinterpret_cast<Vector<Path, Scalar>*>(to);
#if defined(__clang__)
  __builtin_nontemporal_store(x.value, &target);
#elif BETAVAE_X86 && defined(__SSE2__)
  if constexpr (Path::bytes > 16) {
    asm volatile("vmovntps %1, %0" : "=m"(target) : "v"(x.value));
  } else {
    asm volatile("movntps %1, %0" : "=m"(target) : "x"(x.value));
  }
#else
  target = x.value;
#endif
}
BETAVAE_INLINE void finish_streaming() {
#if BETAVAE_X86 && defined(__SSE2__)
  asm volatile("sfence" ::: "memory");
#endif
}

/// √x, lane by lane, correctly rounded. There is no operator for it; builtins differ from compiler to compiler and version to version.
template <class Path, class Scalar>
BETAVAE_INLINE Pack<Path, Scalar> sqrt(const Pack<Path, Scalar>& x) {
  Pack<Path, Scalar> root;
#if BETAVAE_X86 && defined(__SSE2__)
  constexpr bool is_float = sizeof(Scalar) == 4;
#if defined(__clang__)
  // clang checks the size of an operand before it inlines, when it does not know yet that wider registers may be used.
  constexpr int step = 16 / static_cast<int>(sizeof(Scalar));
#else
  constexpr int step = lanes<Path, Scalar>;
#endif
  typedef Scalar Part __attribute__((vector_size(step * sizeof(Scalar))));  // NOLINT(modernize-use-using)
  BETAVAE_UNROLL
  for (int i = 0; i < lanes<Path, Scalar> / step; ++i) {
    Part part = reinterpret_cast<const Part*>(&x.value)[i];
    if constexpr (Path::bytes > 16) {
      if constexpr (is_float) {
        asm("vsqrtps %0, %0" : "+x"(part));
      } else {
        asm("vsqrtpd %0, %0" : "+x"(part));
      }
    } else if constexpr (is_float) {
      asm("sqrtps %0, %0" : "+x"(part));
    } else {
      asm("sqrtpd %0, %0" : "+x"(part));
    }
    reinterpret_cast<Part*>(&root.value)[i] = part;
  }
#else
  for (int i = 0; i < lanes<Path, Scalar>; ++i) {
    root.value[i] = std::sqrt(x.value[i]);
  }
#endif
  return root;
}

}  // namespace betavae::simd
