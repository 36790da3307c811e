// SPDX-License-Identifier: MIT
// Philox4x32-10 (see core/random.hpp) for many blocks at once, one block a lane.
//
// Every 32-bit word stands in the lower half of a 64-bit lane, where the multiplication that gives 64 bits looks for it. What the
// upper halves hold means nothing and is never cleared: multiplication does not see it, exclusive-or does not move it.
#pragma once

#include <betavae/simd/vector.hpp>

#include <cstdint>
#include <utility>

namespace betavae::kernels::detail {

template <class Path>
using Words = simd::Pack<Path, std::uint64_t>;

/// The product of the low 32 bits of each lane and a number.
template <class Path>
BETAVAE_INLINE Words<Path> multiply_low_words(const Words<Path>& a, std::uint64_t b) {
  const simd::Vector<Path, std::uint64_t> factor = b - simd::Vector<Path, std::uint64_t>{};
#if BETAVAE_X86 && defined(__SSE2__) && !defined(__clang__)
  // One instruction, which clang makes of the product below, and g++ does not.
  simd::Vector<Path, std::uint64_t> product = factor;
  if constexpr (Path::bytes > 16) {
    asm("vpmuludq %2, %1, %0" : "=v"(product) : "v"(factor), "v"(a.value));
  } else {
    asm("pmuludq %1, %0" : "+x"(product) : "x"(a.value));
  }
  return {product};
#else
  return {(a.value & 0xFFFFFFFFU) * factor};
#endif
}

/// The upper 32 bits of each lane in the lower ones, and anything in the upper.
template <class Path, int... Lane>
BETAVAE_INLINE Words<Path> upper_halves(const Words<Path>& a,
                                        std::integer_sequence<int, Lane...> /*lanes of 32 bits*/) {
  // A shuffle, for multiplications and shifts would wait for one and the same port of some processors.
  using Halves = simd::Vector<Path, std::uint32_t>;
#if defined(__clang__)
  return {(simd::Vector<Path, std::uint64_t>)__builtin_shufflevector((Halves)a.value, (Halves)a.value, (Lane | 1)...)};
#else
  constexpr Halves places = {(Lane | 1)...};
  return {(simd::Vector<Path, std::uint64_t>)__builtin_shuffle((Halves)a.value, places)};
#endif
}

/// The lower 32 bits of each lane of `low`, and above them those of `high`.
template <class Path>
BETAVAE_INLINE Words<Path> lower_halves(const Words<Path>& low, const Words<Path>& high) {
  return {(low.value & 0xFFFFFFFFU) | (high.value << 32)};
}

/// Four words of a block in four vectors, one block a lane. The upper halves of the lanes mean nothing, before and after.
template <class Path>
struct PhiloxBlocks {
  simd::Vector<Path, std::uint64_t> word_0, word_1, word_2, word_3;
};

/// One of the ten rounds.
template <class Path>
BETAVAE_INLINE PhiloxBlocks<Path> philox_round(const PhiloxBlocks<Path>& c, std::uint64_t key_0, std::uint64_t key_1) {
  constexpr auto halves = std::make_integer_sequence<int, simd::lanes<Path, std::uint32_t>>();
  const Words<Path> product_0 = multiply_low_words<Path>({c.word_0}, 0xD2511F53U);
  const Words<Path> product_1 = multiply_low_words<Path>({c.word_2}, 0xCD9E8D57U);
  return {upper_halves<Path>(product_1, halves).value ^ c.word_1 ^ key_0, product_1.value,
          upper_halves<Path>(product_0, halves).value ^ c.word_3 ^ key_1, product_0.value};
}

}  // namespace betavae::kernels::detail
