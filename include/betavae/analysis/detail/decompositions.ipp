// SPDX-License-Identifier: MIT
// Decompositions of matrices of doubles, column by column, as they lie in memory.
#pragma once

#include <betavae/analysis/detail/decompositions.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

namespace betavae::detail {

/// A square matrix by its columns.
struct SquareColumns {
  explicit SquareColumns(Matrix<double>& matrix) : data(matrix.data()), size(matrix.rows()) {}
  [[nodiscard]] double* column(Index j) const { return data + j * size; }
  double* data;
  Index size;
};

[[nodiscard]] BETAVAE_DEFINITION Matrix<double> identity_matrix(Index size) {
  Matrix<double> identity(size, size);
  std::fill_n(identity.data(), size * size, 0.0);
  for (Index i = 0; i < size; ++i) {
    identity.data()[i * size + i] = 1;
  }
  return identity;
}

[[nodiscard]] BETAVAE_DEFINITION double dot(Index count, const double* x, const double* y) {
  double sums[2] = {0, 0};  // two chains of additions, one beside the other
  Index i = 0;
  for (; i + 1 < count; i += 2) {
    sums[0] += x[i] * y[i];
    sums[1] += x[i + 1] * y[i + 1];
  }
  return sums[0] + sums[1] + (i < count ? x[i] * y[i] : 0.0);
}

BETAVAE_DEFINITION void add_multiple(Index count, double factor, const double* x, double* y) {
  for (Index i = 0; i < count; ++i) {
    y[i] += factor * x[i];
  }
}

/// [x y] ← [x y] times the rotation of these cosine and sine: x ← c x − s y, y ← s x + c y.
BETAVAE_DEFINITION void rotate_pair(Index count, double cosine, double sine, double* x, double* y) {
  for (Index i = 0; i < count; ++i) {
    const double of_x = x[i];
    x[i] = cosine * of_x - sine * y[i];
    y[i] = sine * of_x + cosine * y[i];
  }
}

/// The largest |entry|; NaN or infinity where one is not finite.
[[nodiscard]] BETAVAE_DEFINITION double largest_entry(Index count, const double* x) {
  double largest = 0;
  for (Index i = 0; i < count; ++i) {
    if (!std::isfinite(x[i])) {
      return x[i];
    }
    largest = std::max(largest, std::abs(x[i]));
  }
  return largest;
}

/// Turns x into the v of the reflection H = 1 − scale v vᵀ, v₀ = 1, for which H x = (head, 0, …, 0).
struct Reflection {
  double scale;
  double head;
};
[[nodiscard]] BETAVAE_DEFINITION Reflection reflect_onto_first(Index count, double* x) {
  const double below = count > 1 ? dot(count - 1, x + 1, x + 1) : 0.0;
  const double first = x[0];
  if (!(below > std::numeric_limits<double>::min())) {
    std::fill_n(x, count, 0.0);
    x[0] = 1;
    return {0, first};
  }
  const double head = -std::copysign(std::sqrt(first * first + below), first);
  for (Index i = 1; i < count; ++i) {
    x[i] /= first - head;
  }
  x[0] = 1;
  return {(head - first) / head, head};
}

/// A tridiagonal matrix T = Qᵀ S Q; below(i) stands beside diagonal(i) and diagonal(i + 1). Q is the product of reflections, whose v lie
/// in the lower triangle that S had, below the diagonal.
struct Tridiagonal {
  std::vector<double> diagonal;
  std::vector<double> below;
  std::vector<double> scales;
};

/// Reads and overwrites the lower triangle.
[[nodiscard]] BETAVAE_DEFINITION Tridiagonal tridiagonalize(Matrix<double>& matrix) {
  const SquareColumns s(matrix);
  const auto size = static_cast<std::size_t>(s.size);
  Tridiagonal result{std::vector<double>(size), std::vector<double>(size), std::vector<double>(size)};
  std::vector<double> image(size);
  for (Index k = 0; k < s.size; ++k) {
    const auto place = static_cast<std::size_t>(k);
    result.diagonal[place] = s.column(k)[k];
    const Index rest = s.size - k - 1;
    if (rest == 0) {
      break;
    }
    double* const v = s.column(k) + k + 1;
    const auto [scale, head] = reflect_onto_first(rest, v);
    result.below[place] = head;
    result.scales[place] = scale;
    if (scale == 0) {
      continue;
    }
    // The rest of the matrix becomes H S H = S − v wᵀ − w vᵀ with w = p − ½ scale (pᵀv) v, p = scale S v.
    std::fill_n(image.begin(), rest, 0.0);
    for (Index j = 0; j < rest; ++j) {
      const double* const column = s.column(k + 1 + j) + k + 1;
      const auto at = static_cast<std::size_t>(j);
      image[at] += column[j] * v[j] + dot(rest - j - 1, column + j + 1, v + j + 1);
      add_multiple(rest - j - 1, v[j], column + j + 1, image.data() + j + 1);
    }
    for (Index j = 0; j < rest; ++j) {
      image[static_cast<std::size_t>(j)] *= scale;
    }
    add_multiple(rest, -0.5 * scale * dot(rest, image.data(), v), v, image.data());
    for (Index j = 0; j < rest; ++j) {
      double* const column = s.column(k + 1 + j) + k + 1;
      const double of_v = image[static_cast<std::size_t>(j)];
      const double of_image = v[j];
      for (Index i = j; i < rest; ++i) {
        column[i] -= v[i] * of_v + image[static_cast<std::size_t>(i)] * of_image;
      }
    }
  }
  return result;
}

/// The product of the reflections that `tridiagonalize` left.
[[nodiscard]] BETAVAE_DEFINITION Matrix<double> product_of_reflections(Matrix<double>& reflected,
                                                                       const Tridiagonal& tridiagonal) {
  Matrix<double> result = identity_matrix(reflected.rows());
  const SquareColumns v(reflected);
  const SquareColumns q(result);
  for (Index k = q.size - 2; k >= 0; --k) {
    const double scale = tridiagonal.scales[static_cast<std::size_t>(k)];
    const Index rest = q.size - k - 1;
    for (Index j = k + 1; j < q.size && scale != 0; ++j) {
      double* const column = q.column(j) + k + 1;
      add_multiple(rest, -scale * dot(rest, v.column(k) + k + 1, column), v.column(k) + k + 1, column);
    }
  }
  return result;
}

/// Makes a tridiagonal matrix diagonal, and turns the columns of `vectors` (where it is not null) with it. A step of QL with the shift
/// that is the eigenvalue of the first two rows nearer to the first diagonal entry, from the bottom up, each rotation chasing away the
/// entry that the one before it put beside the tridiagonal ones.
BETAVAE_DEFINITION void diagonalize(Tridiagonal& tridiagonal, Matrix<double>* vectors) {
  std::vector<double>& d = tridiagonal.diagonal;
  std::vector<double>& e = tridiagonal.below;
  const std::size_t size = d.size();
  const auto is_negligible = [&](std::size_t i) {
    const double beside = std::abs(d[i]) + std::abs(d[i + 1]);
    return std::abs(e[i]) <= std::numeric_limits<double>::epsilon() * beside ||
           std::abs(e[i]) <= std::numeric_limits<double>::min();
  };
  auto steps_left = static_cast<Index>(60 * size);  // two or three each is usual
  for (std::size_t first = 0; first + 1 < size; ++first) {
    while (steps_left-- > 0) {
      std::size_t last = first;
      while (last + 1 < size && !is_negligible(last)) {
        ++last;
      }
      if (last == first) {
        break;
      }
      const double half_gap = (d[first + 1] - d[first]) / (2 * e[first]);
      const double shift = d[first] - e[first] / (half_gap + std::copysign(std::hypot(half_gap, 1.0), half_gap));
      double cosine = 1;
      double sine = 1;
      double moved = 0;  // what the rotation before has taken from the diagonal
      double pivot = d[last] - shift;
      for (std::size_t i = last; i-- > first;) {
        const double bulge = sine * e[i];
        const double beside = cosine * e[i];
        const double length = std::hypot(pivot, bulge);
        e[i + 1] = length;
        if (length == 0) {  // the matrix falls apart here
          d[i + 1] -= moved;
          e[last] = 0;
          pivot = e[first];
          moved = 0;
          break;
        }
        cosine = pivot / length;
        sine = bulge / length;
        const double corner = d[i + 1] - moved;
        const double turned = (d[i] - corner) * sine + 2 * cosine * beside;
        moved = sine * turned;
        d[i + 1] = corner + moved;
        pivot = cosine * turned - beside;
        if (vectors != nullptr) {
          const auto column = static_cast<Index>(i);
          double* const x = vectors->data() + column * vectors->rows();
          rotate_pair(vectors->rows(), cosine, sine, x, x + vectors->rows());
        }
      }
      d[first] -= moved;
      e[first] = pivot;
      e[last] = 0;
    }
  }
}

/// Without `with_vectors`, of a matrix of no size.
[[nodiscard]] BETAVAE_DEFINITION SymmetricEigen decompose_symmetric(Matrix<double> matrix, bool with_vectors) {
  const SquareColumns s(matrix);
  double largest = 0;
  for (Index j = 0; j < s.size && std::isfinite(largest); ++j) {
    const double of_column = largest_entry(s.size - j, s.column(j) + j);
    largest = std::isfinite(of_column) ? std::max(largest, of_column) : of_column;
  }
  if (!std::isfinite(largest)) {
    return {std::vector<double>(static_cast<std::size_t>(s.size), std::numeric_limits<double>::quiet_NaN()),
            identity_matrix(with_vectors ? s.size : 0)};
  }
  const double unit = largest > 0 ? largest : 1;  // squares of numbers as they are may be infinite, or 0
  for (Index i = 0; i < s.size * s.size; ++i) {
    s.data[i] /= unit;
  }
  Tridiagonal tridiagonal = tridiagonalize(matrix);
  Matrix<double> turned = with_vectors ? product_of_reflections(matrix, tridiagonal) : Matrix<double>();
  diagonalize(tridiagonal, with_vectors ? &turned : nullptr);

  SymmetricEigen result{std::move(tridiagonal.diagonal), std::move(turned)};
  for (double& value : result.values) {
    value *= unit;
  }
  for (auto next = result.values.begin(); next != result.values.end(); ++next) {
    const auto least = std::min_element(next, result.values.end());
    if (with_vectors && least != next) {
      double* const column = result.vectors.data() + (next - result.values.begin()) * s.size;
      std::swap_ranges(column, column + s.size, result.vectors.data() + (least - result.values.begin()) * s.size);
    }
    std::iter_swap(next, least);
  }
  return result;
}

BETAVAE_DEFINITION SymmetricEigen eigen_of_symmetric(const Matrix<double>& matrix) {
  return decompose_symmetric(matrix, true);
}

BETAVAE_DEFINITION std::vector<double> eigenvalues_of_symmetric(const Matrix<double>& matrix) {
  return decompose_symmetric(matrix, false).values;
}

/// Puts a column of length 1 in place of a column of zeros, orthogonal to those that `is_set` names: the unit vector farthest from their
/// span, twice made orthogonal to it.
BETAVAE_DEFINITION void complete_column(const SquareColumns& u, const std::vector<char>& is_set, Index place) {
  Index farthest = 0;
  double least = HUGE_VAL;
  for (Index i = 0; i < u.size; ++i) {
    double inside = 0;
    for (Index k = 0; k < u.size; ++k) {
      inside += is_set[static_cast<std::size_t>(k)] != 0 ? u.column(k)[i] * u.column(k)[i] : 0.0;
    }
    if (inside < least) {
      least = inside;
      farthest = i;
    }
  }
  double* const column = u.column(place);
  std::fill_n(column, u.size, 0.0);
  column[farthest] = 1;
  for (int pass = 0; pass < 2; ++pass) {
    for (Index k = 0; k < u.size; ++k) {
      if (is_set[static_cast<std::size_t>(k)] != 0) {
        add_multiple(u.size, -dot(u.size, u.column(k), column), u.column(k), column);
      }
    }
  }
  const double length = std::sqrt(dot(u.size, column, column));
  for (Index i = 0; i < u.size; ++i) {
    column[i] /= length;
  }
}

BETAVAE_DEFINITION Matrix<double> nearest_orthogonal(const Matrix<double>& matrix) {
  Matrix<double> of_left = matrix;  // M V, whose columns become those of U S
  Matrix<double> of_right = identity_matrix(matrix.rows());
  const SquareColumns u(of_left);
  const SquareColumns v(of_right);
  const double largest = largest_entry(u.size * u.size, u.data);
  for (Index i = 0; i < u.size * u.size; ++i) {
    u.data[i] /= largest > 0 ? largest : 1;
  }
  const double orthogonal = std::sqrt(static_cast<double>(u.size)) * std::numeric_limits<double>::epsilon();
  bool turned = std::isfinite(largest);
  for (int sweep = 0; turned && sweep < 60; ++sweep) {  // ten are usual
    turned = false;
    for (Index i = 0; i < u.size; ++i) {
      for (Index j = i + 1; j < u.size; ++j) {
        const double of_i = dot(u.size, u.column(i), u.column(i));
        const double of_j = dot(u.size, u.column(j), u.column(j));
        const double both = dot(u.size, u.column(i), u.column(j));
        if (std::abs(both) <= orthogonal * std::sqrt(of_i) * std::sqrt(of_j)) {
          continue;
        }
        // The smaller of the two angles after which the columns are orthogonal.
        const double ratio = (of_j - of_i) / (2 * both);
        const double tangent = std::copysign(1.0, ratio) / (std::abs(ratio) + std::hypot(ratio, 1.0));
        const double cosine = 1 / std::hypot(tangent, 1.0);
        rotate_pair(u.size, cosine, cosine * tangent, u.column(i), u.column(j));
        rotate_pair(u.size, cosine, cosine * tangent, v.column(i), v.column(j));
        turned = true;
      }
    }
  }
  std::vector<char> is_set(static_cast<std::size_t>(u.size));
  for (Index k = 0; k < u.size; ++k) {
    const double square = dot(u.size, u.column(k), u.column(k));
    if (square > 1e-290) {  // below it squares lose digits: the direction is anything
      is_set[static_cast<std::size_t>(k)] = 1;
      const double length = std::sqrt(square);
      for (Index i = 0; i < u.size; ++i) {
        u.column(k)[i] /= length;
      }
    }
  }
  for (Index k = 0; k < u.size; ++k) {
    if (is_set[static_cast<std::size_t>(k)] == 0) {
      complete_column(u, is_set, k);
      is_set[static_cast<std::size_t>(k)] = 1;
    }
  }
  return product_with_transpose(of_left, of_right);
}

BETAVAE_DEFINITION Matrix<double> upper_factor(const Matrix<double>& matrix) {
  Matrix<double> result = matrix;
  const SquareColumns r(result);
  for (Index k = 0; k < r.size; ++k) {
    double* const v = r.column(k) + k;
    const Index rest = r.size - k;
    const auto [scale, head] = reflect_onto_first(rest, v);
    for (Index j = k + 1; j < r.size; ++j) {
      double* const column = r.column(j) + k;
      add_multiple(rest, -scale * dot(rest, v, column), v, column);
      column[0] = head < 0 ? -column[0] : column[0];
    }
    std::fill_n(v, rest, 0.0);
    v[0] = std::abs(head);
  }
  return result;
}

BETAVAE_DEFINITION std::optional<Matrix<double>> inverse(const Matrix<double>& matrix) {
  Matrix<double> factors = matrix;
  const SquareColumns a(factors);
  const auto size = static_cast<std::size_t>(a.size);
  std::vector<Index> row_of(size);  // exchanged with row k at step k, and the same of columns
  std::vector<Index> column_of(size);
  double largest = 0;
  double least = HUGE_VAL;
  for (Index k = 0; k < a.size; ++k) {
    Index row = k;
    Index column = k;
    for (Index j = k; j < a.size; ++j) {
      for (Index i = k; i < a.size; ++i) {
        if (std::abs(a.column(j)[i]) > std::abs(a.column(column)[row])) {
          row = i;
          column = j;
        }
      }
    }
    row_of[static_cast<std::size_t>(k)] = row;
    column_of[static_cast<std::size_t>(k)] = column;
    for (Index i = 0; i < a.size; ++i) {
      std::swap(a.column(k)[i], a.column(column)[i]);
    }
    for (Index j = 0; j < a.size; ++j) {
      std::swap(a.column(j)[k], a.column(j)[row]);
    }
    const double pivot = a.column(k)[k];
    largest = std::max(largest, std::abs(pivot));
    least = std::min(least, std::abs(pivot));
    if (!(least > static_cast<double>(a.size) * std::numeric_limits<double>::epsilon() * largest)) {
      return std::nullopt;
    }
    for (Index i = k + 1; i < a.size; ++i) {
      a.column(k)[i] /= pivot;
    }
    for (Index j = k + 1; j < a.size; ++j) {
      add_multiple(a.size - k - 1, -a.column(j)[k], a.column(k) + k + 1, a.column(j) + k + 1);
    }
  }
  Matrix<double> result = identity_matrix(a.size);
  const SquareColumns x(result);
  for (Index c = 0; c < a.size; ++c) {
    double* const column = x.column(c);
    for (Index k = 0; k < a.size; ++k) {
      std::swap(column[k], column[row_of[static_cast<std::size_t>(k)]]);
    }
    for (Index k = 0; k < a.size; ++k) {
      add_multiple(a.size - k - 1, -column[k], a.column(k) + k + 1, column + k + 1);
    }
    for (Index k = a.size - 1; k >= 0; --k) {
      column[k] /= a.column(k)[k];
      add_multiple(k, -column[k], a.column(k), column);
    }
    for (Index k = a.size - 1; k >= 0; --k) {
      std::swap(column[k], column[column_of[static_cast<std::size_t>(k)]]);
    }
  }
  return result;
}

/// C(·, j) = Σₖ A(·, k) b(k, j), four columns of A at a time; b(k, j) lies at b[k · stride].
BETAVAE_DEFINITION void add_columns_of_product(const Matrix<double>& a, const double* b, Index stride, double* into) {
  const Index rows = a.rows();
  Index k = 0;
  for (; k + 3 < a.cols(); k += 4) {
    const double* const x = a.data() + k * rows;
    const double factors[4] = {b[k * stride], b[(k + 1) * stride], b[(k + 2) * stride], b[(k + 3) * stride]};
    for (Index i = 0; i < rows; ++i) {
      into[i] +=
          x[i] * factors[0] + x[rows + i] * factors[1] + (x[2 * rows + i] * factors[2] + x[3 * rows + i] * factors[3]);
    }
  }
  for (; k < a.cols(); ++k) {
    add_multiple(rows, b[k * stride], a.data() + k * rows, into);
  }
}

BETAVAE_DEFINITION Matrix<double> product(const Matrix<double>& a, const Matrix<double>& b) {
  Matrix<double> result(a.rows(), b.cols());
  std::fill_n(result.data(), result.size(), 0.0);
  for (Index j = 0; j < b.cols(); ++j) {
    add_columns_of_product(a, b.data() + j * b.rows(), 1, result.data() + j * a.rows());
  }
  return result;
}

BETAVAE_DEFINITION Matrix<double> product_with_transpose(const Matrix<double>& a, const Matrix<double>& b) {
  Matrix<double> result(a.rows(), b.rows());
  std::fill_n(result.data(), result.size(), 0.0);
  for (Index j = 0; j < b.rows(); ++j) {
    add_columns_of_product(a, b.data() + j, b.rows(), result.data() + j * a.rows());
  }
  return result;
}

}  // namespace betavae::detail
