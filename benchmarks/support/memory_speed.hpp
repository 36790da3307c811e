// SPDX-License-Identifier: MIT
// What the memory gives at most, by the size of what is touched: first-level cache, second, third, memory.
//
// Passes over distinct arrays with almost no arithmetic, in the vectors of the instruction set in use. Bytes are those that the
// program asks for, as McCalpin's STREAM (1995) counts them: where an array is only written, the processor reads each line of it
// first, and that is not counted. Ordinary stores, since a kernel's result is read again soon.
#pragma once

#include <betavae/core/aligned.hpp>
#include <betavae/core/index.hpp>
#include <betavae/simd/dispatch.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace betavae::benchmarks {

/// Which numbers a pass moves.
enum class Traffic : std::uint8_t {
  read,   ///< Σ a: one array read
  triad,  ///< a = b + s · c: two arrays read, a third written
  update,  ///< a += d, b += d, c += d: four arrays read, three of them written. An optimizer's traffic without its arithmetic.
};

/// How many arrays a pass touches.
[[nodiscard]] constexpr Index arrays(Traffic traffic) {
  return traffic == Traffic::read ? 1 : traffic == Traffic::triad ? 3 : 4;
}

/// How many numbers a pass moves for each element of an array.
[[nodiscard]] constexpr Index moves(Traffic traffic) {
  return traffic == Traffic::read ? 1 : traffic == Traffic::triad ? 3 : 7;
}

template <Traffic traffic>
struct TrafficBody {
  /// `count` is a multiple of 128, and every array begins on a cache line.
  template <class Path>
  BETAVAE_INLINE static void run(Index count, float* a, float* b, float* c, float* d) {
    using Vector = simd::Vector<Path, float>;
    constexpr Index step = simd::lanes<Path, float>;
    if constexpr (traffic == Traffic::read) {
      constexpr int chains = 8;  // enough to hide the latency of an addition
      Vector sums[chains] = {};
      for (Index i = 0; i < count; i += chains * step) {
        BETAVAE_UNROLL
        for (int chain = 0; chain < chains; ++chain) {
          sums[chain] += *reinterpret_cast<const Vector*>(a + i + chain * step);
        }
      }
      BETAVAE_UNROLL
      for (int chain = 1; chain < chains; ++chain) {
        sums[0] += sums[chain];
      }
      asm volatile("" : : "m"(sums[0]));  // somebody looks at the sum
    } else {
      const Vector factor = 0.5F - Vector{};
      constexpr int vectors = 4;
      for (Index i = 0; i < count; i += vectors * step) {
        BETAVAE_CONTRACT
        BETAVAE_UNROLL
        for (int vector = 0; vector < vectors; ++vector) {
          const Index k = i + vector * step;
          if constexpr (traffic == Traffic::triad) {
            *reinterpret_cast<Vector*>(a + k) =
                *reinterpret_cast<const Vector*>(b + k) + factor * *reinterpret_cast<const Vector*>(c + k);
          } else {
            const Vector increment = *reinterpret_cast<const Vector*>(d + k);
            *reinterpret_cast<Vector*>(a + k) += increment;
            *reinterpret_cast<Vector*>(b + k) += increment;
            *reinterpret_cast<Vector*>(c + k) += increment;
          }
        }
      }
      asm volatile("" : : "r"(a) : "memory");  // somebody looks at the arrays, so that no pass may be left out
    }
  }
};

/// The arrays of one kind of traffic, about `footprint` bytes in all.
class MemoryPass {
 public:
  MemoryPass(Traffic traffic, double footprint)
      : traffic_(traffic),
        count_(std::max<Index>(1, static_cast<Index>(footprint / (4.0 * 128) / static_cast<double>(arrays(traffic)))) *
               128),
        memory_(static_cast<std::size_t>(arrays(traffic) * (count_ + stagger)), 0.0F) {}

  /// Bytes that one pass moves.
  [[nodiscard]] double bytes() const { return 4.0 * static_cast<double>(moves(traffic_) * count_); }

  void run(long passes) {
    for (long pass = 0; pass < passes; ++pass) {
      switch (traffic_) {
        case Traffic::read:
          simd::dispatch<TrafficBody<Traffic::read>>(count_, array(0), array(0), array(0), array(0));
          break;
        case Traffic::triad:
          simd::dispatch<TrafficBody<Traffic::triad>>(count_, array(0), array(1), array(2), array(2));
          break;
        default:
          simd::dispatch<TrafficBody<Traffic::update>>(count_, array(0), array(1), array(2), array(3));
      }
    }
  }

 private:
  /// Numbers between the arrays, so that they do not all fall into the same sets of the first-level cache.
  static constexpr Index stagger = 5 * 16;

  [[nodiscard]] float* array(Index index) { return memory_.data() + index * (count_ + stagger); }

  Traffic traffic_;
  Index count_;
  AlignedVector<float> memory_;
};

/// Bytes per second of one core at this footprint: the best of twenty runs of at least 2 ms.
[[nodiscard]] inline double measure_memory_speed(Traffic traffic, double footprint) {
  using Clock = std::chrono::steady_clock;
  MemoryPass pass(traffic, footprint);
  const long passes = 1 + static_cast<long>(2e-3 * 100e9 / pass.bytes());
  pass.run(1);
  double best = 0;
  for (int run = 0; run < 20; ++run) {
    const auto start = Clock::now();
    pass.run(passes);
    const std::chrono::duration<double> elapsed = Clock::now() - start;
    best = std::max(best, static_cast<double>(passes) * pass.bytes() / elapsed.count());
  }
  return best;
}

}  // namespace betavae::benchmarks
