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

#include <betavae/analysis/detail/csv_cell.hpp>
#include <betavae/autodiff/variable.hpp>
#include <Eigen/SVD>

#include <algorithm>
#include <cmath>
#include <limits>
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
  [[nodiscard]] std::string csv() const {
    std::string text = "latent,before,permuted,rotated\n";
    for (std::size_t k = 0; k < of_latent_before.size(); ++k) {
      text +=
          detail::csv_line({static_cast<double>(k), of_latent_before[k], of_latent_permuted[k], of_latent_rotated[k]});
    }
    return text;
  }

 private:
  [[nodiscard]] Matrix<double> apply(const Matrix<double>& matrix, const Matrix<double>& codes) const {
    require_same_size("Alignment", "rows of the codes", codes.rows(), "latents", matrix.cols());
    Matrix<double> result = matrix * (codes.colwise() - mean_b.col(0));
    result.colwise() += mean_a.col(0);
    return result;
  }
};

namespace detail {

/// U Vᵀ of M = U S Vᵀ: the orthogonal matrix with the greatest tr(Qᵀ M). Eigen 5 takes the options in the type.
[[nodiscard]] inline Matrix<double> nearest_orthogonal(const Matrix<double>& matrix) {
#if EIGEN_VERSION_AT_LEAST(4, 90, 0)
  const Eigen::JacobiSVD<Matrix<double>, Eigen::ComputeFullU | Eigen::ComputeFullV> svd(matrix);
#else
  const Eigen::JacobiSVD<Matrix<double>> svd(matrix, Eigen::ComputeFullU | Eigen::ComputeFullV);
#endif
  return svd.matrixU() * svd.matrixV().transpose();
}

/// The column of each row in the assignment of least total cost, for a square matrix of finite costs: shortest augmenting paths with
/// potentials, O(K³), row after row.
[[nodiscard]] inline std::vector<Index> least_assignment(const Matrix<double>& cost) {
  const auto size = static_cast<std::size_t>(cost.rows());
  const auto at = [&](std::size_t row, std::size_t column) {
    return cost(static_cast<Index>(row) - 1, static_cast<Index>(column) - 1);
  };
  // Rows and columns count from 1; column 0 stands for the row that is being placed.
  std::vector<double> of_row(size + 1), of_column(size + 1);
  std::vector<std::size_t> row_in(size + 1), came_from(size + 1);
  for (std::size_t row = 1; row <= size; ++row) {
    std::vector<double> slack(size + 1, std::numeric_limits<double>::infinity());
    std::vector<char> visited(size + 1);
    row_in[0] = row;
    std::size_t column = 0;
    while (row_in[column] != 0) {
      visited[column] = 1;
      const std::size_t placed = row_in[column];
      double least = std::numeric_limits<double>::infinity();
      std::size_t next = 0;
      for (std::size_t j = 1; j <= size; ++j) {
        if (visited[j] == 0) {
          const double reduced = at(placed, j) - of_row[placed] - of_column[j];
          if (reduced < slack[j]) {
            slack[j] = reduced;
            came_from[j] = column;
          }
          if (slack[j] < least) {
            least = slack[j];
            next = j;
          }
        }
      }
      for (std::size_t j = 0; j <= size; ++j) {
        if (visited[j] != 0) {
          of_row[row_in[j]] += least;
          of_column[j] -= least;
        } else {
          slack[j] -= least;
        }
      }
      column = next;
    }
    while (column != 0) {
      row_in[column] = row_in[came_from[column]];
      column = came_from[column];
    }
  }
  std::vector<Index> column_of(size);
  for (std::size_t j = 1; j <= size; ++j) {
    column_of[row_in[j] - 1] = static_cast<Index>(j) - 1;
  }
  return column_of;
}

/// The signed permutation with the greatest tr(Pᵀ M).
[[nodiscard]] inline Matrix<double> nearest_signed_permutation(const Matrix<double>& matrix) {
  const std::vector<Index> column_of = least_assignment(-matrix.cwiseAbs());
  Matrix<double> permutation = Matrix<double>::Zero(matrix.rows(), matrix.cols());
  for (Index k = 0; k < matrix.rows(); ++k) {
    const Index column = column_of[static_cast<std::size_t>(k)];
    permutation(k, column) = matrix(k, column) < 0 ? -1 : 1;
  }
  return permutation;
}

/// The largest entry of a matrix, by which it can be divided before it is squared; 1 for zeros.
[[nodiscard]] inline double size_of_entries(const Matrix<double>& matrix) {
  const double largest = matrix.cwiseAbs().maxCoeff();
  return largest > 0 ? largest : 1;
}

/// Takes the mean off each row, exactly so for rows that are constant, and gives it.
[[nodiscard]] inline Matrix<double> take_means_off(Matrix<double>& rows) {
  Matrix<double> means(rows.rows(), 1);
  for (Index k = 0; k < rows.rows(); ++k) {
    const bool is_constant = rows.row(k).minCoeff() == rows.row(k).maxCoeff();
    means(k, 0) = is_constant ? rows(k, 0) : (rows.row(k) / static_cast<double>(rows.cols())).sum();
    rows.row(k).array() -= means(k, 0);
  }
  return means;
}

/// The share of the variance of a that b explains, in all and (into `of_latent`) of each row.
[[nodiscard]] inline double share_explained(const Matrix<double>& a, const Matrix<double>& b,
                                            std::vector<double>& of_latent) {
  for (Index k = 0; k < a.rows(); ++k) {
    const double variance = a.row(k).squaredNorm();
    of_latent.push_back(variance > 0 ? 1 - (a.row(k) - b.row(k)).squaredNorm() / variance
                                     : std::numeric_limits<double>::quiet_NaN());
  }
  return 1 - (a - b).squaredNorm() / a.squaredNorm();
}

}  // namespace detail

/// Compares two codes of the same samples in the same order, such as the posterior means of two models: latents × samples each, in any
/// scalar type; of the same number of latents (pad the smaller with rows of 0).
/// Errors: ArgumentError for other sizes, no latent, fewer than two samples, or codes_a without any variance; DataError for numbers
/// that are not finite.
template <class DerivedA, class DerivedB>
[[nodiscard]] Alignment align(const Eigen::MatrixBase<DerivedA>& codes_a, const Eigen::MatrixBase<DerivedB>& codes_b) {
  require_same_size("align", "rows of codes_a", codes_a.rows(), "rows of codes_b", codes_b.rows());
  require_same_size("align", "columns of codes_a", codes_a.cols(), "columns of codes_b", codes_b.cols());
  require(codes_a.rows() > 0, "align", "rows of codes_a", "at least 1 latent", codes_a.rows());
  require(codes_a.cols() > 1, "align", "columns of codes_a", "at least 2 samples", codes_a.cols());
  Matrix<double> a = codes_a.template cast<double>();
  Matrix<double> b = codes_b.template cast<double>();
  require<DataError>(a.allFinite(), "align", "codes_a", "finite numbers", "others");
  require<DataError>(b.allFinite(), "align", "codes_b", "finite numbers", "others");
  Alignment result;
  result.mean_a = detail::take_means_off(a);
  result.mean_b = detail::take_means_off(b);
  require((a.array() != 0).any(), "align", "codes_a", "codes that differ between samples", "the same for all");
  require<DataError>(a.allFinite() && b.allFinite(), "align", "codes", "numbers whose differences are finite",
                     "others");
  const Matrix<double> products = a / detail::size_of_entries(a) * (b / detail::size_of_entries(b)).transpose();
  const double unit = detail::size_of_entries(a);  // shares are the same in any unit
  a /= unit;
  b /= unit;
  result.rotation = detail::nearest_orthogonal(products);
  result.permutation = detail::nearest_signed_permutation(products);
  result.before = detail::share_explained(a, b, result.of_latent_before);
  result.permuted = detail::share_explained(a, result.permutation * b, result.of_latent_permuted);
  result.rotated = detail::share_explained(a, result.rotation * b, result.of_latent_rotated);
  return result;
}

}  // namespace betavae

/// share of variance explained: before -0.412  by order and sign 0.731  by rotation 0.998
template <>
struct fmt::formatter<betavae::Alignment> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const betavae::Alignment& alignment, Context& context) const {
    const std::string text =
        betavae::detail::format_text("share of variance explained: before {}  by order and sign {}  by rotation {}",
                                     {{alignment.before, 3}, {alignment.permuted, 3}, {alignment.rotated, 3}});
    return std::copy(text.begin(), text.end(), context.out());
  }
};
