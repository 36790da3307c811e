// SPDX-License-Identifier: MIT
// Which changes of a code's axes leave the objective as it is: models whose codes are T z, and what a change costs.
//
// The posterior N(Tμ, TΣTᵀ) with a decoder that begins with T⁻¹ has the distortion of before, for every invertible T: only the rate tells
// codes apart. With M = E[zzᵀ] over data and posterior, and in nats a sample:
//
//     prior            posterior   a change T is                  what it costs
//     N(0, I)          full        free if TᵀT = I                0
//     N(0, Λ)          full        a plain rotation Q             ½ tr((QᵀΛ⁻¹Q − Λ⁻¹) M); with M = Λ, ½ tr(Λ⁻¹QΛQᵀ) − K/2
//     N(0, Λ)          full        free if T = Λ^½QΛ^−½           0: T preserves the prior, so its variances pin no axes
//     N(0, Λ)          full        free if signs, where the decoder's columns must stay orthonormal and all of Λ differ: T⁻¹ of the row
//                                  above leaves them so for an orthogonal T alone, and that one must commute with Λ
//     N(0, I)          diagonal    free if signs and order        0
//     N(0, I)          diagonal    a rotation Q                   ½ Σₖ ln (QΣ⁻¹Qᵀ)ₖₖ − ½ ln det Σ⁻¹, with Σ = diag σ²
//     Laplace, scale b full        a rotation Q                   Σₖ (E|(Qz)ₖ| − E|zₖ|)/b, of either sign; 0 for every code for signs and
//                                                                 order alone
//
// The diagonal posterior cannot follow Q, since QΣQᵀ is diagonal for signed permutations alone where all σ² differ. The row is for an
// optimum, where q(z|x) is the true posterior (of the likelihood to the power 1/β): the best diagonal q of QΣQᵀ has variances
// 1/(QΣ⁻¹Qᵀ)ₖₖ, and its divergence from that is the cost, by which distortion/β + rate rises: β times as much is that of the loss. By
// Hadamard's inequality it is 0 only for a diagonal QΣ⁻¹Qᵀ (Lucas, Tucker, Grosse and Norouzi, 2019, and Rolinek, Zietlow and Martius,
// 2019, on why diagonal posteriors pin axes; all the rest follows from the closed forms of the rates).
#pragma once

#include <betavae/vae/full_gaussian_posterior.hpp>
#include <betavae/vae/vae.hpp>
#include <Eigen/LU>
#include <Eigen/QR>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace betavae {

namespace detail {

[[nodiscard]] inline bool is_orthogonal(const Matrix<double>& q) {
  return (q * q.transpose() - Matrix<double>::Identity(q.rows(), q.rows())).cwiseAbs().maxCoeff() < 1e-10;
}

/// Whether each row and column has one entry of ±1, and 0 else.
[[nodiscard]] inline bool is_signed_permutation(const Matrix<double>& p) {
  const auto entries = p.cwiseAbs().array();
  return (entries == 0 || entries == 1).all() && (entries.rowwise().sum() == 1).all() &&
         (entries.colwise().sum() == 1).all();
}

inline void require_square(std::string_view where, const Matrix<double>& matrix, Index latents) {
  require_same_size(where, "rows of the matrix", matrix.rows(), "latents", latents);
  require_same_size(where, "columns of the matrix", matrix.cols(), "latents", latents);
  require(matrix.rows() > 0 && matrix.allFinite(), where, "matrix", "finite numbers, at least one", "others");
}

inline void require_rotation(std::string_view where, const Matrix<double>& rotation, Index latents) {
  require_square(where, rotation, latents);
  require(is_orthogonal(rotation), where, "rotation", "an orthogonal matrix", "another one");
}

template <class Decoder>
inline constexpr bool begins_with_dense = requires(Decoder& decoder) {
  std::get<0>(decoder.layers).weight.value();
  std::get<0>(decoder.layers).bias.value();
};

/// W → W T⁻¹ in the decoder's first layer.
template <class Decoder>
void counter_transform(Decoder& decoder, const Matrix<double>& inverse) {
  static_assert(begins_with_dense<Decoder>,
                "betavae: a change of the codes' axes is undone in the decoder's first layer: it must be a Sequential "
                "that begins with a Dense layer");
  auto weight = std::get<0>(decoder.layers).weight.value();
  using Scalar = typename decltype(weight)::Scalar;
  const Matrix<double> changed = weight.template cast<double>() * inverse;
  weight = changed.template cast<Scalar>();
}

}  // namespace detail

/// N(Tμ, TΣTᵀ) of a posterior N(μ, Σ), diagonal or full: a full one, of constants on its tape. The triangular factor of TΣTᵀ is that
/// of a QR decomposition of (T L)ᵀ, with a positive diagonal; its log-variances are not bounded.
/// Errors: ArgumentError unless T is latents × latents, finite, and leaves no variance at 0.
template <class Posterior>
[[nodiscard]] auto transformed_posterior(const Posterior& posterior, const Matrix<double>& transform) {
  using Scalar = typename Posterior::Scalar;
  constexpr int latents = Posterior::latents;
  static_assert(!is_variable<decltype(posterior.mean)>,
                "betavae: a transformed posterior is measured and not trained: it has no gradient");
  const Index count = posterior.mean.rows();
  const Index samples = posterior.mean.columns();
  detail::require_square("transformed_posterior", transform, count);
  const auto allocate = [&](Index rows) {
    return MatrixView<Scalar>{posterior.mean.tape().allocate(rows * samples), rows, samples, rows};
  };
  const auto mean = allocate(count);
  const auto log_variance = allocate(count);
  const auto factor = allocate(detail::below_diagonal(count));
  for (Index j = 0; j < samples; ++j) {
    Matrix<double> triangle = Matrix<double>::Zero(count, count);
    for (Index k = 0; k < count; ++k) {
      if constexpr (requires { posterior.factor; }) {
        const Scalar* const row = detail::row_of_factor(posterior.factor.value_view().column(j), k);
        for (Index i = 0; i < k; ++i) {
          triangle(k, i) = static_cast<double>(row[i]);
        }
      }
      triangle(k, k) = std::exp(0.5 * static_cast<double>(posterior.log_variance.value_view().column(j)[k]));
    }
    const Matrix<double> product = (transform * triangle).transpose();
    const Matrix<double> upper = Eigen::HouseholderQR<Matrix<double>>(product).matrixQR();
    detail::map<dynamic>(mean).col(j) =
        (transform * posterior.mean.value().col(j).template cast<double>()).template cast<Scalar>();
    for (Index k = 0; k < count; ++k) {
      require(upper(k, k) != 0, "transformed_posterior", "transform", "an invertible matrix", "one that is not");
      log_variance.column(j)[k] = static_cast<Scalar>(2 * std::log(std::abs(upper(k, k))));
      for (Index i = 0; i < k; ++i) {
        detail::row_of_factor(factor.column(j), k)[i] =
            static_cast<Scalar>(upper(i, i) < 0 ? -upper(i, k) : upper(i, k));
      }
    }
  }
  auto& tape = posterior.mean.tape();
  return FullGaussianPosterior{Constant<Scalar, latents>{tape, mean}, Constant<Scalar, latents>{tape, log_variance},
                               Constant<Scalar, detail::below_diagonal(latents)>{tape, factor}};
}

/// An encoder whose codes are T z of another's. For measuring: it has no gradient.
template <class EncoderType>
class TransformedEncoder {
 public:
  using Scalar = typename EncoderType::Scalar;
  static constexpr int inputs = EncoderType::inputs;
  static constexpr int latents = EncoderType::latents;

  TransformedEncoder(EncoderType of_codes, Matrix<double> matrix)
      : encoder(std::move(of_codes)), transform(std::move(matrix)) {}

  template <class Context, Operand X>
  [[nodiscard]] auto operator()(Context& context, const X& x) const {
    return transformed_posterior(detail::posterior_in(encoder(context, x)), transform);
  }

  template <class Visitor>
  void visit(Visitor&& visitor) {
    visit_parameters("of", encoder, visitor);
  }
  template <class Visitor>
  void visit_state(Visitor&& visitor) {
    betavae::visit_state("of", encoder, visitor);
    for (Index i = 0; i < transform.size(); ++i) {
      visitor("transform." + std::to_string(i), transform.data()[i]);
    }
  }
  [[nodiscard]] std::vector<std::string> schema() const { return schema_of(encoder); }

  EncoderType encoder;
  Matrix<double> transform;
};

namespace detail {

template <class Encoder, class Decoder, class Likelihood, class Prior>
[[nodiscard]] auto transformed_with(const Vae<Encoder, Decoder, Likelihood, Prior>& model,
                                    const Matrix<double>& transform, const Matrix<double>& inverse) {
  static_assert(Encoder::latents != dynamic,
                "betavae: transformed: the number of latents must be in the encoder's type");
  static_assert(!HasSkips<Decoder>, "betavae: transformed: a decoder with skips does not go by its codes alone");
  Decoder decoder = model.decoder;
  counter_transform(decoder, inverse);
  return Vae{TransformedEncoder<Encoder>(model.encoder, transform), std::move(decoder), model.likelihood, model.prior};
}

}  // namespace detail

/// A model whose codes are T z, with the decoder counter-transformed: in every posterior's mean over the noise its distortion is that of
/// `model`, and its rate under the same prior is what T changes. Draws differ: the same ε stands for another point of the same posterior.
/// Errors: ArgumentError unless T is latents × latents, finite, and invertible.
template <class Encoder, class Decoder, class Likelihood, class Prior>
[[nodiscard]] auto transformed(const Vae<Encoder, Decoder, Likelihood, Prior>& model, const Matrix<double>& transform) {
  detail::require_square("transformed", transform, Encoder::latents);
  const Eigen::FullPivLU<Matrix<double>> factors(transform);
  require(factors.isInvertible(), "transformed", "matrix", "an invertible one", "one that is not");
  return detail::transformed_with(model, transform, factors.inverse());
}

/// The same for a rotation or reflection Q, whose inverse is exactly its transpose. Errors: as above, and unless QᵀQ = I to 1e-10.
template <class Encoder, class Decoder, class Likelihood, class Prior>
[[nodiscard]] auto rotated(const Vae<Encoder, Decoder, Likelihood, Prior>& model, const Matrix<double>& rotation) {
  detail::require_rotation("rotated", rotation, Encoder::latents);
  return detail::transformed_with(model, rotation, rotation.transpose());
}

/// A model of the same type, as trainable as before, whose codes are P z for a signed permutation P: all that leaves a diagonal posterior
/// diagonal whatever its variances are. Means and log-variances are the rows of the encoder's last layer, a Dense one without activation.
/// Errors: ArgumentError unless P has one entry of ±1 in each row and column, and for another activation.
template <class Network, class Decoder, class Likelihood, class Prior>
[[nodiscard]] auto reordered(Vae<GaussianEncoder<Network>, Decoder, Likelihood, Prior> model,
                             const Matrix<double>& permutation) {
  static_assert(!HasSkips<Decoder>, "betavae: reordered: a decoder with skips does not go by its codes alone");
  auto& last = std::get<std::tuple_size_v<decltype(Network::layers)> - 1>(model.encoder.network.layers);
  static_assert(
      requires {
        last.weight.value();
        last.activation;
      },
      "betavae: reordered: the encoder must end with a Dense layer");
  const Index latents = last.weight.rows() / 2;
  detail::require_square("reordered", permutation, latents);
  require(detail::is_signed_permutation(permutation), "reordered", "permutation",
          "one entry of 1 or -1 in each row and column", "another matrix");
  require(last.activation == Activation::identity, "reordered", "activation of the encoder's last layer", "identity",
          name(last.activation));
  using Scalar = typename Network::Scalar;
  const auto reorder = [&](auto rows) {
    const Matrix<Scalar> before = rows;
    rows.topRows(latents) = permutation.cast<Scalar>() * before.topRows(latents);
    rows.bottomRows(latents) = permutation.cwiseAbs().cast<Scalar>() * before.bottomRows(latents);
  };
  reorder(last.weight.value());
  reorder(last.bias.value());
  detail::counter_transform(model.decoder, permutation.transpose());
  return model;
}

/// Λ^½QΛ^−½, which leaves N(0, Λ) as it is: of a rotation Q and the diagonal of Λ. Errors: ArgumentError for other sizes or variances.
[[nodiscard]] inline Matrix<double> preserving_prior(const Matrix<double>& rotation, const Matrix<double>& variances) {
  detail::require_square("preserving_prior", rotation, variances.rows());
  require((variances.array() > 0).all() && variances.cols() == 1, "preserving_prior", "variances",
          "one column of numbers above 0", "others");
  const Matrix<double> deviations = variances.cwiseSqrt();
  return deviations.col(0).asDiagonal() * rotation * deviations.cwiseInverse().col(0).asDiagonal();
}

/// By how many nats a sample the rate rises under the prior N(0, diag variances) when codes of second moment E[zzᵀ] are rotated, and the
/// posterior with them. Errors: ArgumentError for other sizes or variances, and unless QᵀQ = I to 1e-10.
[[nodiscard]] inline double rotation_cost_of_prior(const Matrix<double>& rotation, const Matrix<double>& variances,
                                                   const Matrix<double>& second_moment) {
  detail::require_rotation("rotation_cost_of_prior", rotation, variances.rows());
  detail::require_square("rotation_cost_of_prior", second_moment, variances.rows());
  require((variances.array() > 0).all() && variances.cols() == 1, "rotation_cost_of_prior", "variances",
          "one column of numbers above 0", "others");
  const Matrix<double> precision = variances.cwiseInverse().col(0).asDiagonal();
  return 0.5 * ((rotation.transpose() * precision * rotation - precision) * second_moment).trace();
}

/// By how many nats distortion/β + rate rises when codes whose true posterior has these variances are rotated, and the posterior is the
/// best diagonal one. Errors: ArgumentError for other sizes or variances, and unless QᵀQ = I to 1e-10.
[[nodiscard]] inline double rotation_cost_of_diagonal_posterior(const Matrix<double>& rotation,
                                                                const Matrix<double>& variances) {
  detail::require_rotation("rotation_cost_of_diagonal_posterior", rotation, variances.rows());
  require((variances.array() > 0).all() && variances.cols() == 1, "rotation_cost_of_diagonal_posterior", "variances",
          "one column of numbers above 0", "others");
  const Matrix<double> precision = rotation * variances.cwiseInverse().col(0).asDiagonal() * rotation.transpose();
  return 0.5 * (precision.diagonal().array().log().sum() + variances.array().log().sum());
}

}  // namespace betavae
