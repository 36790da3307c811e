// SPDX-License-Identifier: MIT
// The heart of aggregate_posterior.hpp: one draw after the other, its densities in all components, then their derivatives.
#pragma once

#include <betavae/kernels/detail/aggregate_components.hpp>

namespace betavae::kernels::detail {

/// The sum of sixteen lanes, in the order of LaneSum::total.
template <class Scalar>
BETAVAE_INLINE Scalar total_of_lanes(const Scalar* lanes) {
  using Four = simd::Vector<Numbers<4, Scalar>, Scalar>;
  using FourAnywhere = simd::Unaligned<Numbers<4, Scalar>, Scalar>;
  const Four a = *reinterpret_cast<const FourAnywhere*>(lanes);
  const Four b = *reinterpret_cast<const FourAnywhere*>(lanes + 4);
  const Four c = *reinterpret_cast<const FourAnywhere*>(lanes + 8);
  const Four d = *reinterpret_cast<const FourAnywhere*>(lanes + 12);
  const Four sum = (a + c) + (b + d);
  return (sum[0] + sum[2]) + (sum[1] + sum[3]);
}

template <class Scalar>
struct AggregateBody {
  /// Exponents of terms relative to the shift stay below: no sum of them leaves the range.
  static constexpr Scalar highest_exponent = 50;

  template <class Path>
  BETAVAE_INLINE static void run(const AggregatePosteriorArguments<Scalar>* a, const AggregateComponents<Scalar>* of,
                                 AggregatePart<Scalar> part) {
    for (Index j = 0; j < of->padded; ++j) {
      part.weights[j] = of->weights[j];
    }
    for (Index i = 0; part.mean_partial != nullptr && i < of->latents * of->padded; ++i) {
      part.mean_partial[i] = Scalar(0);
      part.log_variance_partial[i] = Scalar(0);
    }
    for (Index i = part.first; i < part.first + part.count; ++i) {
      part.weights[i] = a->own_weights[i];
      run_densities<Path>(*a, *of, part, i);
      if (part.mean_partial != nullptr) {
        run_partials<Path>(*a, *of, part, i);
      }
      part.weights[i] = of->weights[i];
    }
  }

 private:
  template <class Path>
  BETAVAE_INLINE static void run_densities(const AggregatePosteriorArguments<Scalar>& a,
                                           const AggregateComponents<Scalar>& of, const AggregatePart<Scalar>& part,
                                           Index i) {
    using Vector = simd::Vector<Path, Scalar>;
    using Unaligned = simd::Unaligned<Path, Scalar>;
    constexpr Index width = simd::lanes<Path, Scalar>;
    constexpr Index vectors = block_size / width;
    constexpr Scalar lowest = std::numeric_limits<Scalar>::lowest();
    alignas(64) Scalar lanes[static_cast<std::size_t>(block_size)];
    for (Index j = 0; j < of.padded; ++j) {
      part.whole[j] = Scalar(0);
    }
    for (Index k = 0; k < of.latents; ++k) {
      const Scalar* const means = of.means + k * of.padded;
      const Scalar* const half_precisions = of.half_precisions + k * of.padded;
      const Scalar* const log_peaks = of.log_peaks + k * of.padded;
      Scalar* const terms = part.terms + k * of.padded;
      const Scalar z = a.z.data[i * a.z.stride + k];
      const Scalar distance = z - means[i];
      Scalar shift = log_peaks[i] - distance * distance * half_precisions[i];
      // An own component of weight 0 is no term of the sum.
      if (!(of.highest_peaks[k] - shift < highest_exponent && part.weights[i] > Scalar(0))) {
        shift = lowest;
        for (Index j = 0; j < of.samples; ++j) {
          const Scalar far = z - means[j];
          const Scalar term = log_peaks[j] - far * far * half_precisions[j];
          shift = part.weights[j] > Scalar(0) && term > shift ? term : shift;
        }
      }
      Vector sums[vectors] = {};
      for (Index j = 0; j < of.padded; j += block_size) {
        BETAVAE_CONTRACT
        BETAVAE_UNROLL
        for (Index v = 0; v < vectors; ++v) {
          const Index at = j + v * width;
          const Vector d = z - *reinterpret_cast<const Unaligned*>(means + at);
          const Vector term = *reinterpret_cast<const Unaligned*>(log_peaks + at) -
                              d * d * *reinterpret_cast<const Unaligned*>(half_precisions + at);
          *reinterpret_cast<Unaligned*>(part.whole + at) += term;
          // Beyond the limit lie components of weight 0 alone.
          const Vector weighted =
              simd::detail::exp_of_small<Path, Scalar>(simd::at_most<Path, Scalar>({term - shift}, highest_exponent))
                  .value *
              *reinterpret_cast<const Unaligned*>(part.weights + at);
          *reinterpret_cast<Unaligned*>(terms + at) = weighted;
          sums[v] += weighted;
        }
      }
      BETAVAE_UNROLL
      for (Index v = 0; v < vectors; ++v) {
        *reinterpret_cast<Unaligned*>(lanes + v * width) = sums[v];
      }
      part.sums[k] = total_of_lanes(lanes);
      part.shifts[k] = shift;
    }
    a.log_conditional[i] = part.whole[i];

    Vector greatest = lowest - Vector{};
    for (Index j = 0; j < of.padded; j += width) {
      const Vector term = *reinterpret_cast<const Unaligned*>(part.whole + j);
      const Vector counted = *reinterpret_cast<const Unaligned*>(part.weights + j) > Vector{} ? term : greatest;
      greatest = greatest > counted ? greatest : counted;
    }
    Scalar shift = greatest[0];
    for (Index lane = 1; lane < width; ++lane) {
      shift = greatest[lane] > shift ? greatest[lane] : shift;
    }
    Vector sums[vectors] = {};
    for (Index j = 0; j < of.padded; j += block_size) {
      BETAVAE_CONTRACT
      BETAVAE_UNROLL
      for (Index v = 0; v < vectors; ++v) {
        Unaligned& term = *reinterpret_cast<Unaligned*>(part.whole + j + v * width);
        const Vector weighted =
            simd::detail::exp_of_small<Path, Scalar>(simd::at_most<Path, Scalar>({term - shift}, highest_exponent))
                .value *
            *reinterpret_cast<const Unaligned*>(part.weights + j + v * width);
        term = weighted;
        sums[v] += weighted;
      }
    }
    BETAVAE_UNROLL
    for (Index v = 0; v < vectors; ++v) {
      *reinterpret_cast<Unaligned*>(lanes + v * width) = sums[v];
    }
    part.sums[of.latents] = total_of_lanes(lanes);
    part.shifts[of.latents] = shift;
    for (Index k = of.latents + 1; k < whole_blocks(of.latents + 1); ++k) {
      part.sums[k] = Scalar(1);
      part.shifts[k] = Scalar(0);
    }
    for (Index k = 0; k <= of.latents; k += width) {
      *reinterpret_cast<Unaligned*>(part.logarithms + k) =
          *reinterpret_cast<const Unaligned*>(part.shifts + k) +
          simd::log<Path, Scalar>({*reinterpret_cast<const Unaligned*>(part.sums + k)}).value;
    }
    for (Index k = 0; k < of.latents; ++k) {
      a.log_marginals.data[i * a.log_marginals.stride + k] = part.logarithms[k];
    }
    a.log_density[i] = part.logarithms[of.latents];
  }

  template <class Path>
  BETAVAE_INLINE static void run_partials(const AggregatePosteriorArguments<Scalar>& a,
                                          const AggregateComponents<Scalar>& of, const AggregatePart<Scalar>& part,
                                          Index i) {
    using Vector = simd::Vector<Path, Scalar>;
    using Unaligned = simd::Unaligned<Path, Scalar>;
    constexpr Index width = simd::lanes<Path, Scalar>;
    constexpr Index vectors = block_size / width;
    alignas(64) Scalar lanes[static_cast<std::size_t>(block_size)];
    const Scalar share = a.shares[i];
    if (share == Scalar(0)) {
      for (Index k = 0; k < of.latents; ++k) {
        a.z_partial.data[i * a.z_partial.stride + k] = Scalar(0);
      }
      return;
    }
    const Scalar of_whole = share / part.sums[of.latents];
    for (Index j = 0; j < of.padded; j += width) {
      *reinterpret_cast<Unaligned*>(part.whole + j) *= of_whole;
    }
    for (Index k = 0; k < of.latents; ++k) {
      const Scalar* const means = of.means + k * of.padded;
      const Scalar* const half_precisions = of.half_precisions + k * of.padded;
      const Scalar* const terms = part.terms + k * of.padded;
      Scalar* const mean_partial = part.mean_partial + k * of.padded;
      Scalar* const log_variance_partial = part.log_variance_partial + k * of.padded;
      const Scalar z = a.z.data[i * a.z.stride + k];
      const Scalar of_dimension = share / part.sums[k];
      Vector sums[vectors] = {};
      for (Index j = 0; j < of.padded; j += block_size) {
        BETAVAE_CONTRACT
        BETAVAE_UNROLL
        for (Index v = 0; v < vectors; ++v) {
          const Index at = j + v * width;
          const Vector d = z - *reinterpret_cast<const Unaligned*>(means + at);
          const Vector g = *reinterpret_cast<const Unaligned*>(part.whole + at) -
                           of_dimension * *reinterpret_cast<const Unaligned*>(terms + at);
          const Vector half = g * (d * *reinterpret_cast<const Unaligned*>(half_precisions + at));
          sums[v] += half;
          *reinterpret_cast<Unaligned*>(mean_partial + at) += half;
          Unaligned& by_log_variance = *reinterpret_cast<Unaligned*>(log_variance_partial + at);
          by_log_variance = by_log_variance + half * d - Scalar(0.5) * g;
        }
      }
      BETAVAE_UNROLL
      for (Index v = 0; v < vectors; ++v) {
        *reinterpret_cast<Unaligned*>(lanes + v * width) = sums[v];
      }
      a.z_partial.data[i * a.z_partial.stride + k] = Scalar(-2) * total_of_lanes(lanes);
    }
  }
};

}  // namespace betavae::kernels::detail
