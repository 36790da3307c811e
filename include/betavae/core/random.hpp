// SPDX-License-Identifier: MIT
// Counter-based random numbers: a value is a function of its address and of nothing else.
//
// Philox4x32-10 (Salmon, Moraes, Dror and Shaw, 2011, "Parallel random numbers: as easy as 1, 2, 3") maps a counter of four
// 32-bit words and a key of two to four random words, by ten rounds of multiplication and exclusive-or. Here
//
//     key     = seed                                                             (64 bits)
//     counter = (block of dimensions, sample, low step, high step | stream)      (32, 32, 32, 24 + 8 bits)
//
// so no state is carried from one number to the next, and threads, batch order or skipped samples change nothing.
// Normals are Box and Muller's (1958): √(−2 ln u₁) · (cos, sin)(2π u₂), with u₁ in (0, 1].
#pragma once

#include <betavae/core/index.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <type_traits>

namespace betavae {

/// What numbers are drawn for. Streams of one seed never meet.
enum class Stream : std::uint8_t {
  posterior,         ///< z ~ q(z|x)
  prior,             ///< z ~ p(z)
  likelihood,        ///< x ~ p(x|z)
  encoder_weights,   ///< initial parameters of the encoder
  decoder_weights,   ///< initial parameters of the decoder
  shuffle,           ///< order of the samples in an epoch
  split,             ///< which samples are held out
  evaluation,        ///< z ~ q(z|x) while measuring, apart from the training's draws
  user,              ///< free for the user's own
  dropout,           ///< what a training step drops
  comparison,        ///< z ~ p(z) that the codes of a batch are compared with
  permutation,       ///< order in which dimensions of codes are mixed across samples
  discriminator,     ///< initial parameters of a discriminator
  prior_parameters,  ///< initial parameters of a prior
};

/// Where a number lives. `step` counts to 2⁵⁶, `sample` and `dimension` to 2³².
struct NoiseAddress {
  std::uint64_t step = 0;
  std::uint64_t sample = 0;
  std::uint64_t dimension = 0;
};

using PhiloxBlock = std::array<std::uint32_t, 4>;

/// Philox4x32-10: four random words for a counter and a key.
[[nodiscard]] constexpr PhiloxBlock philox4x32(PhiloxBlock counter, std::array<std::uint32_t, 2> key) noexcept {
  constexpr std::uint64_t multiplier_0 = 0xD2511F53;
  constexpr std::uint64_t multiplier_1 = 0xCD9E8D57;
  constexpr std::uint32_t weyl_0 = 0x9E3779B9;
  constexpr std::uint32_t weyl_1 = 0xBB67AE85;
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product_0 = multiplier_0 * counter[0];
    const std::uint64_t product_1 = multiplier_1 * counter[2];
    counter = {static_cast<std::uint32_t>(product_1 >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(product_1),
               static_cast<std::uint32_t>(product_0 >> 32) ^ counter[3] ^ key[1],
               static_cast<std::uint32_t>(product_0)};
    key = {key[0] + weyl_0, key[1] + weyl_1};
  }
  return counter;
}

/// Uniforms and normals of one seed and stream. A value type; copying it copies no state, for there is none.
class Random {
 public:
  constexpr explicit Random(std::uint64_t seed, Stream stream = Stream::user) : seed_(seed), stream_(stream) {}

  [[nodiscard]] constexpr std::uint64_t seed() const { return seed_; }

  /// The four words of one block of dimensions (`address.dimension` counts blocks here).
  [[nodiscard]] constexpr PhiloxBlock block(NoiseAddress address) const noexcept {
    const auto low = [](std::uint64_t word) { return static_cast<std::uint32_t>(word); };
    const std::uint32_t high = (low(address.step >> 32) & 0x00FFFFFFU) | (static_cast<std::uint32_t>(stream_) << 24);
    return philox4x32({low(address.dimension), low(address.sample), low(address.step), high},
                      {low(seed_), low(seed_ >> 32)});
  }

  /// A uniform number in (0, 1]: 24 random bits for float, 53 for wider types.
  template <class Scalar>
  [[nodiscard]] Scalar uniform(NoiseAddress address) const noexcept {
    constexpr std::uint64_t per_block = std::is_same_v<Scalar, float> ? 4 : 2;
    const auto word = static_cast<std::size_t>(address.dimension % per_block);
    address.dimension /= per_block;
    const PhiloxBlock words = block(address);
    if constexpr (std::is_same_v<Scalar, float>) {
      return static_cast<float>((words[word] >> 8) + 1) * 0x1p-24F;
    } else {
      return Scalar(uniform_53(words[2 * word], words[2 * word + 1]));
    }
  }

  /// A standard normal number.
  template <class Scalar>
  [[nodiscard]] Scalar normal(NoiseAddress address) const noexcept {
    const bool odd = address.dimension % 2 == 1;
    address.dimension /= 2;
    const auto pair = normal_pair<Scalar>(address);
    return odd ? pair[1] : pair[0];
  }

  /// Fills `count` numbers of consecutive dimensions, beginning at dimension 0, with standard normals: the same values as
  /// `normal` at each address, each pair computed once.
  template <class Scalar>
  void fill_normals(Scalar* values, Index count, std::uint64_t step, std::uint64_t sample) const noexcept {
    for (Index dimension = 0; dimension < count; dimension += 2) {
      const auto pair = normal_pair<Scalar>({step, sample, static_cast<std::uint64_t>(dimension) / 2});
      values[dimension] = pair[0];
      if (dimension + 1 < count) {
        values[dimension + 1] = pair[1];
      }
    }
  }

  /// A whole number in [0, bound), for bound ≥ 1. The bias is below bound / 2⁶⁴.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound, NoiseAddress address) const noexcept {
    const PhiloxBlock words = block(address);
    __extension__ using Wide = unsigned __int128;
    const std::uint64_t bits = (static_cast<std::uint64_t>(words[0]) << 32) | words[1];
    return static_cast<std::uint64_t>((static_cast<Wide>(bits) * bound) >> 64);
  }

 private:
  [[nodiscard]] static double uniform_53(std::uint32_t high, std::uint32_t low) noexcept {
    const std::uint64_t bits = (static_cast<std::uint64_t>(high) << 32) | low;
    return static_cast<double>((bits >> 11) + 1) * 0x1p-53;
  }

  /// The two normals of one pair of dimensions (`address.dimension` counts pairs here). Float takes half a block, and all 32
  /// bits of the first word, so that its tail reaches √(2 ln 2³²) = 6.66; wider types take a whole block, and reach 8.57.
  template <class Scalar>
  [[nodiscard]] std::array<Scalar, 2> normal_pair(NoiseAddress address) const noexcept {
    using std::cos;
    using std::log;
    using std::sin;
    using std::sqrt;
    Scalar radius_uniform;
    Scalar angle_uniform;
    if constexpr (std::is_same_v<Scalar, float>) {
      const auto half = 2 * static_cast<std::size_t>(address.dimension % 2);
      address.dimension /= 2;
      const PhiloxBlock words = block(address);
      radius_uniform = (static_cast<float>(words[half]) + 1.0F) * 0x1p-32F;
      angle_uniform = static_cast<float>(words[half + 1] >> 8) * 0x1p-24F;
    } else {
      const PhiloxBlock words = block(address);
      radius_uniform = Scalar(uniform_53(words[0], words[1]));
      angle_uniform = Scalar(uniform_53(words[2], words[3]));
    }
    const Scalar radius = sqrt(Scalar(-2) * log(radius_uniform));
    const Scalar angle = Scalar(2 * std::numbers::pi_v<double>) * angle_uniform;
    return {radius * cos(angle), radius * sin(angle)};
  }

  std::uint64_t seed_;
  Stream stream_;
};

}  // namespace betavae
