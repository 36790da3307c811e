// SPDX-License-Identifier: MIT
// How far codes are from draws of the prior: the squared maximum mean discrepancy, unbiased, as one operation on the tape.
//
//     MMD²(q ‖ p) = E k(z, z′) − 2 E k(z, y) + E k(y, y′),   z, z′ ~ q, y, y′ ~ p, all independent  (Gretton et al., 2012)
//
// for a positive definite kernel k. For M codes zᵢ and m draws yⱼ the estimate is the U-statistic
//
//     Σ_{i≠i′} k(zᵢ, zᵢ′) / M(M−1) − 2 Σᵢⱼ k(zᵢ, yⱼ) / Mm + Σ_{j≠j′} k(yⱼ, yⱼ′) / m(m−1)
//
// whose mean is MMD² exactly. Where q = p that mean is 0, and the estimate is below 0 more often than above, for its distribution has
// a long tail to the right. (With the terms i = i′, as in the V-statistic, its mean would be too great by (1 − E k)/M for each sample.)
// By weight: Σ_{i≠i′} wᵢ wᵢ′ k / Σ_{i≠i′} wᵢ wᵢ′ and Σᵢⱼ wᵢ k / m Σᵢ wᵢ.
//
// The kernels are functions of the squared distance r² with a scale s, by default twice the number of latents: the mean squared
// distance of two draws of a prior with variances of 1, as Tolstikhin et al. (2018) take it. Then k is neither 0 nor 1 for the pairs
// that there are.
//
//     Gaussian                k = e^(−r²/s)          the bandwidth h, as in e^(−r²/2h²), is √(s/2)
//     inverse multiquadratic  k = s/(s + r²)         whose tails also tell far codes from farther ones
//
// r² is |z|² + |y|² − 2 z·y, by one product of matrices, and so has an error of some ε (|z|² + |y|²).
#pragma once

#include <betavae/autodiff/dense.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <type_traits>

namespace betavae {

/// A kernel at some r², and its derivative in r².
template <class Scalar>
struct KernelValue {
  Scalar value;
  Scalar slope;
};

/// e^(−r²/s)
struct GaussianKernel {
  double scale = 0;  ///< s; 0 for twice the number of latents

  template <class Scalar>
  [[nodiscard]] static KernelValue<Scalar> at(Scalar square, Scalar one_over_scale) {
    using std::exp;
    const Scalar value = exp(-square * one_over_scale);
    return {value, -one_over_scale * value};
  }
};

/// s/(s + r²)
struct InverseMultiquadraticKernel {
  double scale = 0;  ///< s; 0 for twice the number of latents

  template <class Scalar>
  [[nodiscard]] static KernelValue<Scalar> at(Scalar square, Scalar one_over_scale) {
    const Scalar value = Scalar(1) / (Scalar(1) + square * one_over_scale);
    return {value, -one_over_scale * value * value};
  }
};

/// kernel.scale, and kernel.at(r², 1/s), which gives a KernelValue of the same scalar.
template <class Type>
concept DiscrepancyKernel = requires(const Type& kernel) {
  { kernel.scale } -> std::convertible_to<double>;
  { kernel.at(double{}, double{}) } -> std::same_as<KernelValue<double>>;
};

namespace detail {

/// The estimate on the tape. Rows of `slopes` belong to codes, columns to all points: codes, then draws.
template <class Scalar>
struct MeanDiscrepancy {
  Tape<Scalar>* tape;
  MatrixView<Scalar> z, y, z_adjoint, result, result_adjoint;
  const Scalar* weights;
  Scalar one_over_scale;
  MatrixView<Scalar> points = {};  ///< codes and draws side by side
  Scalar* slopes = nullptr;        ///< 2 ∂result/∂r² of each code with each point

  [[nodiscard]] Scalar weight(Index i) const { return weights != nullptr ? weights[i] : Scalar(1); }

  /// The scalar products of the first `rows` points from `first` on with `columns` points from there on.
  void products(Index first, Index rows, Index columns, Scalar* into) const {
    const Scalar* const from = points.column(first);
    product_on_tape(*tape, {.rows = rows,
                            .columns = columns,
                            .depth = points.rows,
                            .a = from,
                            .a_row_stride = points.stride,
                            .a_depth_stride = 1,
                            .b = from,
                            .b_depth_stride = 1,
                            .b_column_stride = points.stride,
                            .c = into,
                            .c_row_stride = columns});
  }

  template <class Kernel>
  void forward(const Kernel& kernel) {
    const Index codes = z.columns;
    const Index draws = y.columns;
    const Index all = codes + draws;
    points = {tape->allocate(z.rows * all), z.rows, all, z.rows};
    slopes = tape->allocate(codes * all);
    const typename Tape<Scalar>::Nested nested(*tape);
    Scalar* const squares = tape->allocate(all);
    for (Index j = 0; j < all; ++j) {
      std::copy_n(j < codes ? z.column(j) : y.column(j - codes), z.rows, points.column(j));
      squares[j] = Scalar(0);
      for (Index k = 0; k < z.rows; ++k) {
        squares[j] += points.column(j)[k] * points.column(j)[k];
      }
    }
    const auto of_pair = [&](Index i, Index j, Scalar product) {
      return kernel.at(std::max(Scalar(0), Scalar(squares[i] + squares[j] - Scalar(2) * product)), one_over_scale);
    };

    Scalar total(0);
    Scalar pairs(0);  // Σ_{i≠i′} wᵢ wᵢ′ / 2, without the cancellation of (Σw)² − Σw²
    for (Index i = 0; i < codes; ++i) {
      pairs += weight(i) * total;
      total += weight(i);
    }
    require(pairs > Scalar(0), "squared_maximum_mean_discrepancy", "weights", "at least two above 0", "fewer");
    const Scalar same_factor = Scalar(1) / (Scalar(2) * pairs);
    const Scalar cross_factor = Scalar(-2) / (total * Scalar(draws));

    products(0, codes, all, slopes);
    kernels::LaneSum<Scalar> same;
    kernels::LaneSum<Scalar> cross;
    for (Index i = 0; i < codes; ++i) {
      Scalar* const row = slopes + i * all;
      for (Index j = 0; j < i; ++j) {
        const auto [value, slope] = of_pair(i, j, row[j]);
        const Scalar factor = Scalar(2) * same_factor * weight(i) * weight(j);  // both orders of the pair
        same.add(j, factor * value);
        row[j] = Scalar(2) * factor * slope;
        slopes[j * all + i] = row[j];
      }
      row[i] = Scalar(0);
      const Scalar factor = cross_factor * weight(i);
      for (Index j = codes; j < all; ++j) {
        const auto [value, slope] = of_pair(i, j, row[j]);
        cross.add(j, factor * value);
        row[j] = Scalar(2) * factor * slope;
      }
    }

    Scalar* const own = tape->allocate(draws * draws);
    products(codes, draws, draws, own);
    kernels::LaneSum<Scalar> of_draws;
    for (Index i = 0; i < draws; ++i) {
      for (Index j = 0; j < i; ++j) {
        of_draws.add(j, of_pair(codes + i, codes + j, own[i * draws + j]).value);
      }
    }
    const Scalar draw_pairs = Scalar(0.5) * Scalar(draws) * Scalar(draws - 1);
    *result.data = (same.total() + of_draws.total() / draw_pairs) + cross.total();
  }

  /// The reverse pass: ∂/∂zᵢ = Σⱼ slopeᵢⱼ (zᵢ − pointⱼ).
  void operator()() const {
    const Index all = points.columns;
    const Scalar adjoint = *result_adjoint.data;
    const typename Tape<Scalar>::Nested nested(*tape);
    Scalar* const scaled = tape->allocate(points.rows * all);
    for (Index n = 0; n < points.rows * all; ++n) {
      scaled[n] = -adjoint * points.data[n];
    }
    product_on_tape(*tape, {.rows = z.columns,
                            .columns = z.rows,
                            .depth = all,
                            .a = slopes,
                            .a_row_stride = all,
                            .a_depth_stride = 1,
                            .b = scaled,
                            .b_depth_stride = points.stride,
                            .start = z_adjoint.data,
                            .start_row_stride = z_adjoint.stride,
                            .c = z_adjoint.data,
                            .c_row_stride = z_adjoint.stride});
    for (Index i = 0; i < z.columns; ++i) {
      const Scalar factor = adjoint * kernels::sum(all, slopes + i * all);
      for (Index k = 0; k < z.rows; ++k) {
        z_adjoint.column(i)[k] += factor * z.column(i)[k];
      }
    }
  }
};

}  // namespace detail

/// The unbiased estimate of MMD² between codes z (latents × samples) and draws of the prior (latents × draws, a constant): 1 × 1, no unit,
/// at most 2. `weights`, one of at least 0 a code, may be null for ones; they must live as long as the tape's contents.
/// Errors: ArgumentError for fewer than two codes of some weight or fewer than two draws, unequal numbers of latents, or a scale that is not finite and
/// at least 0.
template <Operand Z, Operand Y, DiscrepancyKernel Kernel>
[[nodiscard]] ResultOf<typename Z::Scalar, 1, Z> squared_maximum_mean_discrepancy(
    const Z& z, const Y& prior_draws, const Kernel& kernel, const typename Z::Scalar* weights = nullptr) {
  using Scalar = typename Z::Scalar;
  static_assert(
      !is_variable<Y>,
      "betavae: squared_maximum_mean_discrepancy: draws of the prior are constants: nothing is differentiated by them");
  static_assert(std::is_same_v<typename Y::Scalar, Scalar>,
                "betavae: squared_maximum_mean_discrepancy: codes and draws must have the same scalar type");
  constexpr auto where = "squared_maximum_mean_discrepancy";
  require_same_size(where, "rows of the codes", z.rows(), "rows of the draws", prior_draws.rows());
  require(z.columns() > 1, where, "codes", "at least 2, since one alone makes no pair", z.columns());
  require(prior_draws.columns() > 1, where, "draws of the prior", "at least 2", prior_draws.columns());
  const double scale = kernel.scale;
  require(scale >= 0 && std::isfinite(scale), where, "scale of the kernel", "a finite number of at least 0", scale);
  const auto result = make_result<1>(1, 1, z);
  detail::MeanDiscrepancy<Scalar> work{
      .tape = &z.tape(),
      .z = z.value_view(),
      .y = prior_draws.value_view(),
      .z_adjoint = detail::adjoint_or_none(z),
      .result = result.value_view(),
      .result_adjoint = detail::adjoint_or_none(result),
      .weights = weights,
      .one_over_scale = Scalar(1) / (scale > 0 ? Scalar(scale) : Scalar(2) * Scalar(z.rows()))};
  work.forward(kernel);
  record("squared_maximum_mean_discrepancy", result, work);
  return result;
}

}  // namespace betavae
