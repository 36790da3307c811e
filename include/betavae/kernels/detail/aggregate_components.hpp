// SPDX-License-Identifier: MIT
// The components of an aggregate posterior in the order in which its kernel reads them.
#pragma once

#include <betavae/kernels/aggregate_posterior_arguments.hpp>
#include <betavae/kernels/detail/blocks.hpp>
#include <betavae/kernels/detail/pack.hpp>
#include <betavae/simd/math.hpp>

#include <algorithm>
#include <limits>

namespace betavae::kernels::detail {

BETAVAE_INLINE constexpr Index whole_blocks(Index count) { return (count + block_size - 1) / block_size * block_size; }

/// Draws are taken in so many parts, each with sums of its own over its draws: a fixed number, so that the sums do not depend on the
/// number of threads.
[[nodiscard]] constexpr Index aggregate_parts(Index samples) { return std::clamp<Index>(samples / block_size, 1, 8); }

/// The components dimension by dimension, one sample after the other, and rows padded to whole blocks with components of weight 0.
template <class Scalar>
struct AggregateComponents {
  Index latents, samples, padded;
  Scalar *means, *half_precisions, *log_peaks;  ///< row k begins at k · padded
  Scalar* highest_peaks;                        ///< one a latent
  Scalar* weights;

  explicit AggregateComponents(const AggregatePosteriorArguments<Scalar>& a)
      : latents(a.z.rows),
        samples(a.z.columns),
        padded(whole_blocks(samples)),
        means(a.workspace),
        half_precisions(means + latents * padded),
        log_peaks(half_precisions + latents * padded),
        highest_peaks(log_peaks + latents * padded),
        weights(highest_peaks + whole_blocks(latents)) {}

  /// Where the memory of the parts begins.
  [[nodiscard]] Scalar* end() const { return weights + padded; }
};

/// What a part of the draws needs for itself.
template <class Scalar>
struct AggregatePart {
  Index first, count;
  Scalar* terms;    ///< latents × padded: of one draw, Wᵢⱼ exp(tᵢⱼₖ − shiftₖ)
  Scalar* whole;    ///< padded: Σₖ tᵢⱼₖ, then Wᵢⱼ exp(… − shift)
  Scalar* weights;  ///< padded: Wᵢⱼ
  Scalar* sums;     ///< of `terms` in each dimension, and last that of `whole`
  Scalar* shifts;
  Scalar* logarithms;
  Scalar* mean_partial;          ///< latents × padded, half of it, or null
  Scalar* log_variance_partial;  ///< latents × padded

  [[nodiscard]] static Index size(Index latents, Index padded, bool differentiates) {
    return latents * padded * (differentiates ? 3 : 1) + 2 * padded + 3 * whole_blocks(latents + 1);
  }
  AggregatePart(Index part, const AggregateComponents<Scalar>& of, bool differentiates, Scalar* memory) {
    const Index length = (of.samples + aggregate_parts(of.samples) - 1) / aggregate_parts(of.samples);
    const Index sums_size = whole_blocks(of.latents + 1);
    first = std::min(part * length, of.samples);
    count = std::min(length, of.samples - first);
    terms = memory;
    whole = terms + of.latents * of.padded;
    weights = whole + of.padded;
    sums = weights + of.padded;
    shifts = sums + sums_size;
    logarithms = shifts + sums_size;
    mean_partial = differentiates ? logarithms + sums_size : nullptr;
    log_variance_partial = differentiates ? mean_partial + of.latents * of.padded : nullptr;
  }
};

template <class Scalar>
struct PrepareAggregateBody {
  template <class Path>
  BETAVAE_INLINE static void run(const AggregatePosteriorArguments<Scalar>* a, AggregateComponents<Scalar> to) {
    using Vector = simd::Vector<Path, Scalar>;
    using Unaligned = simd::Unaligned<Path, Scalar>;
    constexpr Index width = simd::lanes<Path, Scalar>;
    if (to.samples == 0) {
      return;
    }
    pack<width>(to.latents, to.samples, a->mean.data, Index(1), a->mean.stride, to.means, to.padded);
    pack<width>(to.latents, to.samples, a->log_variance.data, Index(1), a->log_variance.stride, to.log_peaks,
                to.padded);
    for (Index k = 0; k < to.latents; ++k) {
      Scalar* const means = to.means + k * to.padded;
      Scalar* const half_precisions = to.half_precisions + k * to.padded;
      Scalar* const log_peaks = to.log_peaks + k * to.padded;
      for (Index j = to.samples; j < to.padded; ++j) {  // like the first, but for their weight
        means[j] = means[0];
        log_peaks[j] = log_peaks[0];
      }
      constexpr Scalar lowest = std::numeric_limits<Scalar>::lowest();
      Vector highest = lowest - Vector{};
      for (Index j = 0; j < to.padded; j += width) {
        BETAVAE_CONTRACT
        const Vector log_variance = *reinterpret_cast<const Unaligned*>(log_peaks + j);
        const Vector peak = Scalar(-0.5) * log_variance - Scalar(0.91893853320467274178);
        *reinterpret_cast<Unaligned*>(log_peaks + j) = peak;
        *reinterpret_cast<Unaligned*>(half_precisions + j) =
            Scalar(0.5) * simd::exp<Path, Scalar>({-log_variance}).value;
        highest = highest > peak ? highest : peak;
      }
      to.highest_peaks[k] = highest[0];
      for (Index lane = 1; lane < width; ++lane) {
        to.highest_peaks[k] = highest[lane] > to.highest_peaks[k] ? highest[lane] : to.highest_peaks[k];
      }
    }
    for (Index j = 0; j < to.padded; ++j) {
      to.weights[j] = j < to.samples ? a->weights[j] : Scalar(0);
    }
  }
};

}  // namespace betavae::kernels::detail
