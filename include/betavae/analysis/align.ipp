// SPDX-License-Identifier: MIT
// The best rotation and the best signed permutation between two codes.
#pragma once

#include <betavae/analysis/align.hpp>
#include <betavae/analysis/detail/csv_cell.hpp>
#include <betavae/analysis/detail/decompositions.hpp>

#include <cmath>
#include <cstddef>
#include <limits>

namespace betavae {

BETAVAE_DEFINITION std::string Alignment::csv() const {
  std::string text = "latent,before,permuted,rotated\n";
  for (std::size_t k = 0; k < of_latent_before.size(); ++k) {
    text +=
        detail::csv_line({static_cast<double>(k), of_latent_before[k], of_latent_permuted[k], of_latent_rotated[k]});
  }
  return text;
}

BETAVAE_DEFINITION Matrix<double> Alignment::apply(const Matrix<double>& matrix, const Matrix<double>& codes) const {
  require_same_size("Alignment", "rows of the codes", codes.rows(), "latents", matrix.cols());
  Matrix<double> result = detail::product(matrix, codes.colwise() - mean_b.col(0));
  result.colwise() += mean_a.col(0);
  return result;
}

namespace detail {

/// The column of each row in the assignment of least total cost, for a square matrix of finite costs: shortest augmenting paths with
/// potentials, O(K³), row after row.
[[nodiscard]] BETAVAE_DEFINITION std::vector<Index> least_assignment(const Matrix<double>& cost) {
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

BETAVAE_DEFINITION Matrix<double> nearest_signed_permutation(const Matrix<double>& matrix) {
  const std::vector<Index> column_of = least_assignment(-matrix.cwiseAbs());
  Matrix<double> permutation = Matrix<double>::Zero(matrix.rows(), matrix.cols());
  for (Index k = 0; k < matrix.rows(); ++k) {
    const Index column = column_of[static_cast<std::size_t>(k)];
    permutation(k, column) = matrix(k, column) < 0 ? -1 : 1;
  }
  return permutation;
}

/// The largest entry of a matrix, by which it can be divided before it is squared; 1 for zeros.
[[nodiscard]] BETAVAE_DEFINITION double size_of_entries(const Matrix<double>& matrix) {
  const double largest = matrix.cwiseAbs().maxCoeff();
  return largest > 0 ? largest : 1;
}

/// Takes the mean off each row, exactly so for rows that are constant, and gives it.
[[nodiscard]] BETAVAE_DEFINITION Matrix<double> take_means_off(Matrix<double>& rows) {
  Matrix<double> means(rows.rows(), 1);
  for (Index k = 0; k < rows.rows(); ++k) {
    bool is_constant = true;
    double mean = 0;
    for (Index j = 0; j < rows.cols(); ++j) {
      is_constant = is_constant && rows(k, j) == rows(k, 0);
      mean += rows(k, j) / static_cast<double>(rows.cols());
    }
    means(k, 0) = is_constant ? rows(k, 0) : mean;
    for (Index j = 0; j < rows.cols(); ++j) {
      rows(k, j) -= means(k, 0);
    }
  }
  return means;
}

/// The share of the variance of a that b explains, in all and (into `of_latent`) of each row.
[[nodiscard]] BETAVAE_DEFINITION double share_explained(const Matrix<double>& a, const Matrix<double>& b,
                                                        std::vector<double>& of_latent) {
  for (Index k = 0; k < a.rows(); ++k) {
    double variance = 0;
    double unexplained = 0;
    for (Index j = 0; j < a.cols(); ++j) {
      const double off = a(k, j) - b(k, j);
      variance += a(k, j) * a(k, j);
      unexplained += off * off;
    }
    of_latent.push_back(variance > 0 ? 1 - unexplained / variance : std::numeric_limits<double>::quiet_NaN());
  }
  return 1 - (a - b).squaredNorm() / a.squaredNorm();
}

BETAVAE_DEFINITION Alignment align_codes(Matrix<double> codes_a, Matrix<double> codes_b) {
  Matrix<double>& a = codes_a;
  Matrix<double>& b = codes_b;
  require_same_size("align", "rows of codes_a", a.rows(), "rows of codes_b", b.rows());
  require_same_size("align", "columns of codes_a", a.cols(), "columns of codes_b", b.cols());
  require(a.rows() > 0, "align", "rows of codes_a", "at least 1 latent", a.rows());
  require(a.cols() > 1, "align", "columns of codes_a", "at least 2 samples", a.cols());
  require<DataError>(a.allFinite(), "align", "codes_a", "finite numbers", "others");
  require<DataError>(b.allFinite(), "align", "codes_b", "finite numbers", "others");
  Alignment result;
  result.mean_a = take_means_off(a);
  result.mean_b = take_means_off(b);
  require((a.array() != 0).any(), "align", "codes_a", "codes that differ between samples", "the same for all");
  require<DataError>(a.allFinite() && b.allFinite(), "align", "codes", "numbers whose differences are finite",
                     "others");
  const double unit = size_of_entries(a);  // shares are the same in any unit
  a /= unit;
  const Matrix<double> products = product_with_transpose(a, b / size_of_entries(b));
  b /= unit;
  result.rotation = nearest_orthogonal(products);
  result.permutation = nearest_signed_permutation(products);
  result.before = share_explained(a, b, result.of_latent_before);
  result.permuted = share_explained(a, product(result.permutation, b), result.of_latent_permuted);
  result.rotated = share_explained(a, product(result.rotation, b), result.of_latent_rotated);
  return result;
}

BETAVAE_DEFINITION std::string text_of(const Alignment& alignment) {
  return format_text("share of variance explained: before {}  by order and sign {}  by rotation {}",
                     {{alignment.before, 3}, {alignment.permuted, 3}, {alignment.rotated, 3}});
}

}  // namespace detail
}  // namespace betavae
