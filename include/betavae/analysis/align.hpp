// SPDX-License-Identifier: MIT
// Whether two codes of the same data are one code: up to a rotation, or up to the order and the signs of their axes.
//
// Two trainings from different seeds need not find the same axes: where the objective leaves a symmetry (analysis/symmetry.hpp), they
// agree only after it has been taken out. With A and B the two codes, latents × samples, the mean of each taken off,
//
//     Q = argmin over QᵀQ = I of ‖A − Q B‖²  =  U Vᵀ,   where A Bᵀ = U S Vᵀ          (orthogonal Procrustes: Schönemann, 1966)
//     P = argmin of the same over signed permutations: the assignment of rows to rows with the greatest Σᵢ |(A Bᵀ)ᵢ,π(i)|, each with
//         the sign of its entry                                                        (solved exactly: Kuhn, 1955; Munkres, 1957)
//
// The score of a matrix T is the share of A's variance that T B explains, 1 − ‖A − T B‖²/‖A‖²: 1 where T B = A, 0 for what is as far
// from A as a constant is, and below 0 for what is farther: −3 for B = −A. Scales are not fitted, since a prior fixes them. So
//
//     before ≤ permuted ≤ rotated ≤ 1
//
// "Same up to order and sign" is permuted ≈ 1; "same up to rotation" is rotated ≈ 1 with permuted below it. Q has K (K − 1)/2 free
// numbers, so where samples are few, unrelated codes align too: for A and B of independent N(0, I), rotated is about −1 + 1.7 √(K/N).
#pragma once

#include <betavae/autodiff/variable.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace betavae {

/// Shares of the variance of codes_a, and the matrices that bring codes_b onto them: codes_a ≈ T (codes_b − mean_b) + mean_a.
struct Alignment {
  double before = 0;           ///< T = I: nothing but the means is taken off
  double permuted = 0;         ///< the best signed permutation
  double rotated = 0;          ///< the best rotation, reflections among them
  Matrix<double> rotation;     ///< latents × latents, QᵀQ = I
  Matrix<double> permutation;  ///< latents × latents, one entry of ±1 in each row and column
  Matrix<double> mean_a;       ///< latents × 1
  Matrix<double> mean_b;       ///< latents × 1
  std::vector<double>
      of_latent_before;  ///< the share of each latent of codes_a by itself; NaN for one that is constant
  std::vector<double> of_latent_permuted;
  std::vector<double> of_latent_rotated;

  /// Codes of the second kind, latents × samples, in the axes of the first. Errors: ArgumentError for another number of latents.
  [[nodiscard]] Matrix<double> rotate(const Matrix<double>& codes) const { return apply(rotation, codes); }
  /// The same with order and signs alone.
  [[nodiscard]] Matrix<double> permute(const Matrix<double>& codes) const { return apply(permutation, codes); }

  /// One line a latent of codes_a, with a header; a share that is not there leaves its cell empty.
  [[nodiscard]] BETAVAE_API std::string csv() const;

 private:
  [[nodiscard]] BETAVAE_API Matrix<double> apply(const Matrix<double>& matrix, const Matrix<double>& codes) const;
};

namespace detail {

/// The signed permutation with the greatest tr(Pᵀ M).
[[nodiscard]] BETAVAE_API Matrix<double> nearest_signed_permutation(const Matrix<double>& matrix);

/// The same for matrices of doubles.
[[nodiscard]] BETAVAE_API Alignment align_codes(Matrix<double> codes_a, Matrix<double> codes_b);

/// One line, as fmt prints it.
[[nodiscard]] BETAVAE_API std::string text_of(const Alignment& alignment);

}  // namespace detail

/// Compares two codes of the same samples in the same order, such as the posterior means of two models: latents × samples each, in any
/// scalar type; of the same number of latents (pad the smaller with rows of 0).
/// Errors: ArgumentError for other sizes, no latent, fewer than two samples, or codes_a without any variance; DataError for numbers
/// that are not finite.
template <class DerivedA, class DerivedB>
[[nodiscard]] Alignment align(const Eigen::MatrixBase<DerivedA>& codes_a, const Eigen::MatrixBase<DerivedB>& codes_b) {
  return detail::align_codes(codes_a.template cast<double>(), codes_b.template cast<double>());
}

}  // namespace betavae

/// share of variance explained: before -0.412  by order and sign 0.731  by rotation 0.998
template <>
struct fmt::formatter<betavae::Alignment> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const betavae::Alignment& alignment, Context& context) const {
    const std::string text = betavae::detail::text_of(alignment);
    return std::copy(text.begin(), text.end(), context.out());
  }
};

#if BETAVAE_HEADER_ONLY
#include <betavae/analysis/align.ipp>
#endif
