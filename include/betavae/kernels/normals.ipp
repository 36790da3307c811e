// SPDX-License-Identifier: MIT
// Philox, and Box and Muller's method, in vectors.
#pragma once

#include <betavae/core/random.hpp>
#include <betavae/kernels/detail/blocks.hpp>
#include <betavae/kernels/detail/philox.hpp>
#include <betavae/kernels/normals.hpp>
#include <betavae/simd/circular.hpp>
#include <betavae/simd/logarithm.hpp>

#include <algorithm>
#include <utility>

namespace betavae::kernels {

namespace detail {

/// Numbers that one block of Philox makes.
template <class Scalar>
inline constexpr Index normals_per_block = std::is_same_v<Scalar, float> ? 4 : 2;

/// The last two words of a counter in one number.
[[nodiscard]] constexpr std::uint64_t step_and_stream(std::uint64_t step, Stream stream) {
  return (step & 0x00FFFFFFFFFFFFFFU) | (std::uint64_t{static_cast<std::uint8_t>(stream)} << 56);
}

/// The blocks that the body fills, one column's after another's: `count` of them, beginning with `first_block` of `first_sample`.
struct NormalBlocks {
  std::uint64_t seed;
  std::uint64_t step_and_stream;
  std::int64_t first_sample;
  std::int64_t first_block;
  std::int64_t blocks_per_column;
};

/// 32-bit numbers as floats, rounded once.
template <class Path>
BETAVAE_INLINE simd::Pack<Path, float> to_float(const Words<Path>& x) {
  BETAVAE_CONTRACT
  using Halves = simd::Vector<Path, std::uint32_t>;
  using Floats = simd::Vector<Path, float>;
  if constexpr (Path::bytes == 64) {
    return {__builtin_convertvector((Halves)x.value, Floats)};
  } else {
    // Only signed numbers have an instruction.
    using Whole = simd::Vector<Path, std::int32_t>;
    const Floats upper = __builtin_convertvector((Whole)((Halves)x.value >> 16), Floats);
    const Floats lower = __builtin_convertvector((Whole)((Halves)x.value & 0xFFFFU), Floats);
    return {lower + upper * 0x1p16F};
  }
}

/// Whole numbers below 2⁵³ + 1 as doubles.
template <class Path>
BETAVAE_INLINE simd::Pack<Path, double> to_double(const Words<Path>& x) {
  using Vector = simd::Vector<Path, double>;
  // The halves stand in the fractions of 2⁵² and 2⁸⁴.
  const auto low = (Vector)((x.value & 0xFFFFFFFFU) | 0x4330000000000000U);
  const auto high = (Vector)((x.value >> 32) | 0x4530000000000000U);
  return {(high - (0x1p84 + 0x1p52)) + low};
}

/// Lanes of two vectors in turn (a₀ b₀ a₁ b₁ …): the vector of them that begins with lane `First` of each.
template <int First, class Path, class Scalar, int... Lane>
BETAVAE_INLINE simd::Pack<Path, Scalar> interleave(const simd::Pack<Path, Scalar>& a, const simd::Pack<Path, Scalar>& b,
                                                   std::integer_sequence<int, Lane...> /*lanes*/) {
#if defined(__clang__)
  return {__builtin_shufflevector(a.value, b.value, (First + Lane / 2 + Lane % 2 * int(sizeof...(Lane)))...)};
#else
  using Places = simd::Vector<Path, std::conditional_t<sizeof(Scalar) == 4, std::int32_t, std::int64_t>>;
  constexpr Places places = {(First + Lane / 2 + Lane % 2 * int(sizeof...(Lane)))...};
  return {__builtin_shuffle(a.value, b.value, places)};
#endif
}

/// The blocks of the lanes of one vector, and the step to those of the next.
template <class Path>
struct BlockPlaces {
  simd::Vector<Path, std::int64_t> block, sample;
  std::int64_t more_blocks, more_samples, blocks_per_column;
};

template <class Path>
BETAVAE_INLINE BlockPlaces<Path> first_places(const NormalBlocks& blocks) {
  constexpr int lanes = simd::lanes<Path, std::int64_t>;
  std::int64_t block[lanes];
  std::int64_t sample[lanes];
  block[0] = blocks.first_block;
  sample[0] = blocks.first_sample;
  for (int lane = 1; lane < lanes; ++lane) {
    const bool is_in_column = block[lane - 1] + 1 < blocks.blocks_per_column;
    block[lane] = is_in_column ? block[lane - 1] + 1 : 0;
    sample[lane] = sample[lane - 1] + (is_in_column ? 0 : 1);
  }
  using Unaligned = simd::Unaligned<Path, std::int64_t>;
  return {*reinterpret_cast<const Unaligned*>(block), *reinterpret_cast<const Unaligned*>(sample),
          lanes % blocks.blocks_per_column, lanes / blocks.blocks_per_column, blocks.blocks_per_column};
}

template <class Path>
BETAVAE_INLINE BlockPlaces<Path> next_places(const BlockPlaces<Path>& places) {
  BlockPlaces<Path> next = places;
  next.block += places.more_blocks;
  const simd::Vector<Path, std::int64_t> wraps = next.block >= places.blocks_per_column;  // −1 or 0
  next.block -= wraps & places.blocks_per_column;
  next.sample += places.more_samples - wraps;
  return next;
}

/// Philox for thirty-two blocks, then Box and Muller for them: each part keeps more independent work at hand than their chain would.
template <class Scalar>
struct NormalsBody {
  static constexpr Index blocks_at_once = 32;
  static constexpr int chains = 4;  // a round's latency is four times the time that its instructions take

  template <class Path>
  BETAVAE_INLINE static void run(Index count, Scalar* values, const NormalBlocks* where) {
    using Vector = simd::Vector<Path, std::uint64_t>;
    constexpr int lanes = simd::lanes<Path, std::uint64_t>;
    const std::uint64_t key_0 = where->seed & 0xFFFFFFFFU;
    const std::uint64_t key_1 = where->seed >> 32;
    Vector step = (where->step_and_stream & 0xFFFFFFFFU) - Vector{};
    Vector step_high = (where->step_and_stream >> 32) - Vector{};
    BETAVAE_KEEP_IN_REGISTER(step);  // or g++ puts each copy together lane by lane
    BETAVAE_KEEP_IN_REGISTER(step_high);
    BlockPlaces<Path> places = first_places<Path>(*where);
    for (Index i = 0; i < count; i += blocks_at_once) {
      Vector radius_words[blocks_at_once / lanes];
      Vector angle_words[blocks_at_once / lanes];
      for (int part = 0; part < blocks_at_once / lanes; part += chains) {
        PhiloxBlocks<Path> words[chains];
        BETAVAE_UNROLL
        for (PhiloxBlocks<Path>& block : words) {
          block = {(Vector)places.block, (Vector)places.sample, step, step_high};
          places = next_places<Path>(places);
        }
        BETAVAE_UNROLL
        for (std::uint64_t round = 0; round < 10; ++round) {
          BETAVAE_UNROLL
          for (PhiloxBlocks<Path>& block : words) {
            block = philox_round<Path>(block, key_0 + round * 0x9E3779B9U, key_1 + round * 0xBB67AE85U);
          }
        }
        BETAVAE_UNROLL
        for (int chain = 0; chain < chains; ++chain) {
          radius_words[part + chain] = radius_word<Path>(words[chain]).value;
          angle_words[part + chain] = angle_word<Path>(words[chain]).value;
        }
      }
      for (int part = 0; part < blocks_at_once / lanes; ++part) {
        store_normals<Path>({radius_words[part]}, {angle_words[part]},
                            values + (i + Index{part} * lanes) * normals_per_block<Scalar>);
      }
    }
  }

  /// What u₁ is made of: float's are the words of both pairs of a block, double's both words of the one pair.
  template <class Path>
  BETAVAE_INLINE static Words<Path> radius_word(const PhiloxBlocks<Path>& words) {
    return std::is_same_v<Scalar, float> ? lower_halves<Path>({words.word_0}, {words.word_2})
                                         : lower_halves<Path>({words.word_1}, {words.word_0});
  }

  /// What u₂ is made of.
  template <class Path>
  BETAVAE_INLINE static Words<Path> angle_word(const PhiloxBlocks<Path>& words) {
    return std::is_same_v<Scalar, float> ? lower_halves<Path>({words.word_1}, {words.word_3})
                                         : lower_halves<Path>({words.word_3}, {words.word_2});
  }

  template <class Path>
  BETAVAE_INLINE static void store_normals(const Words<Path>& radius_word, const Words<Path>& angle_word, Scalar* out) {
    using Unaligned = simd::Unaligned<Path, Scalar>;
    constexpr int lanes = simd::lanes<Path, Scalar>;
    constexpr auto all = std::make_integer_sequence<int, lanes>();
    const auto log = simd::detail::log_of_normal<Path, Scalar>(radius_uniform<Path>(radius_word));
    const auto radius = simd::sqrt<Path, Scalar>({log.value * Scalar(-2)});
    const auto angle = direction<Path>(angle_word);
    const simd::Pack<Path, Scalar> first{radius.value * angle.cosine};
    const simd::Pack<Path, Scalar> second{radius.value * angle.sine};
    *reinterpret_cast<Unaligned*>(out) = interleave<0>(first, second, all).value;
    *reinterpret_cast<Unaligned*>(out + lanes) = interleave<lanes / 2>(first, second, all).value;
  }

  /// u₁ in (0, 1]
  template <class Path>
  BETAVAE_INLINE static simd::Pack<Path, Scalar> radius_uniform(const Words<Path>& word) {
    if constexpr (std::is_same_v<Scalar, float>) {
      return {(to_float<Path>(word).value + 1.0F) * 0x1p-32F};
    } else {
      return {to_double<Path>({(word.value >> 11) + 1}).value * 0x1p-53};
    }
  }

  /// Sine and cosine of 2π u₂, with float's u₂ in [0, 1) and double's in (0, 1].
  template <class Path>
  BETAVAE_INLINE static simd::SinCos<Path, Scalar> direction(const Words<Path>& word) {
    if constexpr (std::is_same_v<Scalar, float>) {
      // The 24 upper bits are u₂: two of them, rounded, count quarters, and those below are what is left, with its sign.
      using Halves = simd::Vector<Path, std::uint32_t>;
      const Halves bits = (Halves)word.value & 0xFFFFFF00U;
      const auto rest = (simd::Vector<Path, std::int32_t>)(bits << 2);
      using Floats = simd::Vector<Path, float>;
      return simd::detail::sin_cos_of_quarter<Path, float>({__builtin_convertvector(rest, Floats) * 0x1p-34F},
                                                           {bits + 0x20000000U});
    } else {
      return simd::sin_cos_of_turns<Path, double>(radius_uniform<Path>(word));
    }
  }
};

/// Fills matrices block by block: straight into the columns where whole blocks follow each other there, else by way of a buffer.
template <class Scalar>
void fill_normals_in_blocks(Index dimensions, Index samples, Scalar* values, Index column_stride,
                            const NormalsAddress& address) {
  constexpr Index per_block = normals_per_block<Scalar>;
  constexpr Index at_once = NormalsBody<Scalar>::blocks_at_once;
  constexpr Index buffered = 2 * at_once;
  const Index blocks_per_column = (dimensions + per_block - 1) / per_block;
  NormalBlocks where{.seed = address.seed,
                     .step_and_stream = step_and_stream(address.step, address.stream),
                     .first_sample = static_cast<std::int64_t>(address.first_sample),
                     .first_block = 0,
                     .blocks_per_column = blocks_per_column};
  const bool is_contiguous = dimensions % per_block == 0 && column_stride == dimensions;
  const Index straight = is_contiguous ? blocks_per_column * samples : (samples == 1 ? dimensions / per_block : 0);
  Index done = straight / at_once * at_once;
  if (done > 0) {
    simd::dispatch<NormalsBody<Scalar>>(done, values, static_cast<const NormalBlocks*>(&where));
  }
  Scalar buffer[static_cast<std::size_t>(buffered * per_block)];
  Index sample = done / blocks_per_column;
  Index block = done % blocks_per_column;
  while (sample < samples) {
    const Index left = std::min((samples - sample) * blocks_per_column - block, buffered);
    where.first_block = block;
    where.first_sample = static_cast<std::int64_t>(address.first_sample) + sample;
    simd::dispatch<NormalsBody<Scalar>>((left + at_once - 1) / at_once * at_once, &buffer[0],
                                        static_cast<const NormalBlocks*>(&where));
    for (Index i = 0; i < left; ++i) {
      const Scalar* const from = &buffer[i * per_block];
      Scalar* const to = values + sample * column_stride + block * per_block;
      const Index numbers = dimensions - block * per_block;
      if (numbers >= per_block) {
        std::copy_n(from, per_block, to);  // of a size that the compiler knows
      } else {
        std::copy_n(from, numbers, to);
      }
      if (++block == blocks_per_column) {
        block = 0;
        ++sample;
      }
    }
  }
}

}  // namespace detail

namespace vectors {

template <class Scalar>
void fill_normals(Index dimensions, Index samples, Scalar* values, Index column_stride, const NormalsAddress& address) {
  detail::fill_normals_in_blocks(dimensions, samples, values, column_stride, address);
}

template <class Scalar>
Scalar normal(std::uint64_t seed, Stream stream, const NoiseAddress& address) {
  using Body = detail::NormalsBody<Scalar>;
  constexpr Index per_block = detail::normals_per_block<Scalar>;
  const auto dimension = static_cast<Index>(address.dimension);
  const detail::NormalBlocks where{.seed = seed,
                                   .step_and_stream = detail::step_and_stream(address.step, stream),
                                   .first_sample = static_cast<std::int64_t>(address.sample),
                                   .first_block = dimension / per_block,
                                   .blocks_per_column = Index{1} << 32};
  Scalar buffer[static_cast<std::size_t>(Body::blocks_at_once * per_block)];
  simd::dispatch<Body>(Body::blocks_at_once, &buffer[0], &where);
  return buffer[dimension % per_block];
}

}  // namespace vectors
}  // namespace betavae::kernels
