// SPDX-License-Identifier: MIT
// Changes of axes as matrices, and what they cost.
#pragma once

#include <betavae/analysis/symmetry.hpp>

#include <cmath>
#include <optional>

namespace betavae {

namespace detail {

BETAVAE_DEFINITION bool is_orthogonal(const Matrix<double>& q) {
  return (product_with_transpose(q, q) - Matrix<double>::Identity(q.rows(), q.rows())).cwiseAbs().maxCoeff() < 1e-10;
}

BETAVAE_DEFINITION bool is_signed_permutation(const Matrix<double>& p) {
  const auto has_one_entry = [&](Index count, const auto& at) {
    Index entries = 0;
    for (Index i = 0; i < count; ++i) {
      if (at(i) != 0) {
        entries += std::abs(at(i)) == 1 ? 1 : 2;  // NaN counts as two
      }
    }
    return entries == 1;
  };
  bool all = true;
  for (Index k = 0; k < p.rows(); ++k) {
    all = all && has_one_entry(p.cols(), [&](Index j) { return p(k, j); });
  }
  for (Index j = 0; j < p.cols(); ++j) {
    all = all && has_one_entry(p.rows(), [&](Index k) { return p(k, j); });
  }
  return all;
}

BETAVAE_DEFINITION void require_square(std::string_view where, const Matrix<double>& matrix, Index latents) {
  require_same_size(where, "rows of the matrix", matrix.rows(), "latents", latents);
  require_same_size(where, "columns of the matrix", matrix.cols(), "latents", latents);
  require(matrix.rows() > 0 && matrix.allFinite(), where, "matrix", "finite numbers, at least one", "others");
}

BETAVAE_DEFINITION void require_rotation(std::string_view where, const Matrix<double>& rotation, Index latents) {
  require_square(where, rotation, latents);
  require(is_orthogonal(rotation), where, "rotation", "an orthogonal matrix", "another one");
}

/// Errors: ArgumentError unless these are as many numbers above 0, in one column.
BETAVAE_DEFINITION void require_variances(std::string_view where, const Matrix<double>& variances) {
  require((variances.array() > 0).all() && variances.cols() == 1, where, "variances", "one column of numbers above 0",
          "others");
}

BETAVAE_DEFINITION Matrix<double> transformed_factor(const Matrix<double>& transform, const Matrix<double>& l) {
  Matrix<double> upper = upper_factor(product(transform, l).transpose());
  for (Index k = 0; k < upper.rows(); ++k) {
    require(upper(k, k) != 0, "transformed_posterior", "transform", "an invertible matrix", "one that is not");
  }
  return upper;
}

BETAVAE_DEFINITION Matrix<double> inverse_transform(const Matrix<double>& transform) {
  std::optional<Matrix<double>> result = inverse(transform);
  require(result.has_value(), "transformed", "matrix", "an invertible one", "one that is not");
  return *result;
}

}  // namespace detail

BETAVAE_DEFINITION Matrix<double> preserving_prior(const Matrix<double>& rotation, const Matrix<double>& variances) {
  detail::require_square("preserving_prior", rotation, variances.rows());
  detail::require_variances("preserving_prior", variances);
  Matrix<double> result = rotation;
  for (Index j = 0; j < result.cols(); ++j) {
    for (Index i = 0; i < result.rows(); ++i) {
      result(i, j) = std::sqrt(variances(i, 0)) * rotation(i, j) * (1 / std::sqrt(variances(j, 0)));
    }
  }
  return result;
}

BETAVAE_DEFINITION double rotation_cost_of_prior(const Matrix<double>& rotation, const Matrix<double>& variances,
                                                 const Matrix<double>& second_moment) {
  detail::require_rotation("rotation_cost_of_prior", rotation, variances.rows());
  detail::require_square("rotation_cost_of_prior", second_moment, variances.rows());
  detail::require_variances("rotation_cost_of_prior", variances);
  const Matrix<double> precision = variances.cwiseInverse().col(0).asDiagonal();
  const Matrix<double> turned = rotation.transpose();
  const Matrix<double> change = detail::product(detail::product(turned, precision), rotation) - precision;
  return 0.5 * detail::product(change, second_moment).trace();
}

BETAVAE_DEFINITION double rotation_cost_of_diagonal_posterior(const Matrix<double>& rotation,
                                                              const Matrix<double>& variances) {
  detail::require_rotation("rotation_cost_of_diagonal_posterior", rotation, variances.rows());
  detail::require_variances("rotation_cost_of_diagonal_posterior", variances);
  double logarithms = 0;  // ln of the diagonal of Q Λ⁻¹ Qᵀ, and of Λ
  for (Index k = 0; k < rotation.rows(); ++k) {
    double precision = 0;
    for (Index j = 0; j < rotation.cols(); ++j) {
      precision += rotation(k, j) * (1 / variances(j, 0)) * rotation(k, j);
    }
    logarithms += std::log(precision) + std::log(variances(k, 0));
  }
  return 0.5 * logarithms;
}

}  // namespace betavae
