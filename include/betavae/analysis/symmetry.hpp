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

#include <betavae/analysis/detail/decompositions.hpp>
#include <betavae/analysis/detail/posterior_triangle.hpp>
#include <betavae/vae/full_gaussian_posterior.hpp>
#include <betavae/vae/vae.hpp>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace betavae {

namespace detail {

/// Whether Q Qᵀ = I to 1e-10.
[[nodiscard]] BETAVAE_API bool is_orthogonal(const Matrix<double>& q);

/// Whether each row and column has one entry of ±1, and 0 else.
[[nodiscard]] BETAVAE_API bool is_signed_permutation(const Matrix<double>& p);

BETAVAE_API void require_square(std::string_view where, const Matrix<double>& matrix, Index latents);
BETAVAE_API void require_rotation(std::string_view where, const Matrix<double>& rotation, Index latents);

/// The triangular factor of T Σ Tᵀ, transposed: upper triangular, of Σ = L Lᵀ. Errors: ArgumentError where a variance is 0.
[[nodiscard]] BETAVAE_API Matrix<double> transformed_factor(const Matrix<double>& transform, const Matrix<double>& l);

/// T⁻¹. Errors: ArgumentError where there is none.
[[nodiscard]] BETAVAE_API Matrix<double> inverse_transform(const Matrix<double>& transform);

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
  weight = product(weight.template cast<double>(), inverse).template cast<Scalar>();
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
    const Matrix<double> upper = detail::transformed_factor(transform, detail::posterior_triangle(posterior, j));
    const Matrix<double> centre = detail::product(transform, detail::column_of(posterior.mean.value_view(), j));
    for (Index k = 0; k < count; ++k) {
      mean.column(j)[k] = static_cast<Scalar>(centre(k, 0));
      log_variance.column(j)[k] = static_cast<Scalar>(2 * std::log(upper(k, k)));
      for (Index i = 0; i < k; ++i) {
        detail::row_of_factor(factor.column(j), k)[i] = static_cast<Scalar>(upper(i, k));
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
  return detail::transformed_with(model, transform, detail::inverse_transform(transform));
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
    for (Index k = 0; k < latents; ++k) {
      for (Index from = 0; from < latents; ++from) {
        const auto sign = static_cast<Scalar>(permutation(k, from));
        for (Index j = 0; j < rows.cols() && sign != 0; ++j) {
          rows(k, j) = sign * before(from, j);
          rows(latents + k, j) = before(latents + from, j);
        }
      }
    }
  };
  reorder(last.weight.value());
  reorder(last.bias.value());
  detail::counter_transform(model.decoder, permutation.transpose());
  return model;
}

/// Λ^½QΛ^−½, which leaves N(0, Λ) as it is: of a rotation Q and the diagonal of Λ. Errors: ArgumentError for other sizes or variances.
[[nodiscard]] BETAVAE_API Matrix<double> preserving_prior(const Matrix<double>& rotation,
                                                          const Matrix<double>& variances);

/// By how many nats a sample the rate rises under the prior N(0, diag variances) when codes of second moment E[zzᵀ] are rotated, and the
/// posterior with them. Errors: ArgumentError for other sizes or variances, and unless QᵀQ = I to 1e-10.
[[nodiscard]] BETAVAE_API double rotation_cost_of_prior(const Matrix<double>& rotation, const Matrix<double>& variances,
                                                        const Matrix<double>& second_moment);

/// By how many nats distortion/β + rate rises when codes whose true posterior has these variances are rotated, and the posterior is the
/// best diagonal one. Errors: ArgumentError for other sizes or variances, and unless QᵀQ = I to 1e-10.
[[nodiscard]] BETAVAE_API double rotation_cost_of_diagonal_posterior(const Matrix<double>& rotation,
                                                                     const Matrix<double>& variances);

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/analysis/symmetry.ipp>
#endif
