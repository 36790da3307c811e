// SPDX-License-Identifier: MIT
// Normal priors whose dimensions are independent and differ: p(z) = Πₖ N(zₖ; mₖ, e^ℓₖ), with variances that are given or learned.
//
//     E[−ln pₖ(zₖ)] = ½ [ln 2π + ℓₖ + ((μ − mₖ)² + σ²) e^−ℓₖ]        for zₖ ~ N(μ, σ²)
//
// Such a prior is the standard normal in other units: where the encoder ends and the decoder begins with an affine layer, the variances
// change no rate and no distortion that could not be had without, and they pin no axes. They do where those layers cannot be rescaled.
#pragma once

#include <betavae/nn/gradients.hpp>
#include <betavae/nn/state.hpp>
#include <betavae/vae/rate.hpp>

#include <array>
#include <cmath>
#include <string>
#include <vector>

namespace betavae {

namespace detail {

/// Above, for matrices dimensions × samples; a log-variance without data stands for σ² = 0. One copy of its code serves all sizes.
template <class Scalar>
struct NormalNats {
  MatrixView<Scalar> mean, log_variance;              ///< of the codes
  MatrixView<Scalar> prior_mean, prior_log_variance;  ///< dimensions × 1
  MatrixView<Scalar> nats;
  MatrixView<Scalar> mean_adjoint, log_variance_adjoint, prior_mean_adjoint, prior_log_variance_adjoint, nats_adjoint;

  /// σ² e^−ℓ
  [[nodiscard]] Scalar relative_variance(Index k, Index j) const {
    using std::exp;
    return log_variance.data != nullptr ? Scalar(exp(log_variance.column(j)[k] - prior_log_variance.data[k]))
                                        : Scalar(0);
  }

  [[gnu::noinline]] void forward() const {
    using std::exp;
    constexpr auto log_two_pi = Scalar(1.8378770664093454836);
    for (Index k = 0; k < nats.rows; ++k) {
      const Scalar precision = exp(-prior_log_variance.data[k]);
      for (Index j = 0; j < nats.columns; ++j) {
        const Scalar distance = mean.column(j)[k] - prior_mean.data[k];
        nats.column(j)[k] = Scalar(0.5) * (log_two_pi + prior_log_variance.data[k] + distance * distance * precision +
                                           relative_variance(k, j));
      }
    }
  }

  /// The reverse pass.
  [[gnu::noinline]] void operator()() const {
    using std::exp;
    for (Index k = 0; k < nats.rows; ++k) {
      const Scalar precision = exp(-prior_log_variance.data[k]);
      Scalar of_mean(0);
      Scalar of_log_variance(0);
      for (Index j = 0; j < nats.columns; ++j) {
        const Scalar adjoint = nats_adjoint.column(j)[k];
        const Scalar distance = mean.column(j)[k] - prior_mean.data[k];
        const Scalar pull = adjoint * distance * precision;
        const Scalar variance = relative_variance(k, j);
        if (mean_adjoint.data != nullptr) {
          mean_adjoint.column(j)[k] += pull;
        }
        if (log_variance_adjoint.data != nullptr) {
          log_variance_adjoint.column(j)[k] += Scalar(0.5) * adjoint * variance;
        }
        of_mean -= pull;
        of_log_variance += Scalar(0.5) * (adjoint * (Scalar(1) - variance) - pull * distance);
      }
      if (prior_mean_adjoint.data != nullptr) {
        prior_mean_adjoint.data[k] += of_mean;
      }
      if (prior_log_variance_adjoint.data != nullptr) {
        prior_log_variance_adjoint.data[k] += of_log_variance;
      }
    }
  }
};

/// E[−ln p(zₖ)] of each dimension of each sample, in nats; without `log_variance`, −ln p of z = mean itself.
/// Errors: ArgumentError for sizes that do not fit together.
template <Operand Mean, Operand PriorMean, Operand PriorLogVariance, Operand... LogVariance>
[[nodiscard]] auto normal_nats(const Mean& mean, const PriorMean& prior_mean,
                               const PriorLogVariance& prior_log_variance, const LogVariance&... log_variance) {
  using Scalar = typename Mean::Scalar;
  static_assert(Mean::Rows == PriorMean::Rows || Mean::Rows == dynamic || PriorMean::Rows == dynamic,
                "betavae: the prior must have as many dimensions as the codes");
  require_same_size("normal prior", "rows of the codes", mean.rows(), "dimensions of the prior", prior_mean.rows());
  (require_same_size("normal prior", "rows of the mean", mean.rows(), "rows of the log-variance", log_variance.rows()),
   ...);
  (require_same_size("normal prior", "columns of the mean", mean.columns(), "columns of the log-variance",
                     log_variance.columns()),
   ...);
  const auto nats =
      make_result<PriorMean::Rows>(mean.rows(), mean.columns(), mean, prior_mean, prior_log_variance, log_variance...);
  NormalNats<Scalar> work{.mean = mean.value_view(),
                          .log_variance = {},
                          .prior_mean = prior_mean.value_view(),
                          .prior_log_variance = prior_log_variance.value_view(),
                          .nats = nats.value_view(),
                          .mean_adjoint = adjoint_or_none(mean),
                          .log_variance_adjoint = {},
                          .prior_mean_adjoint = adjoint_or_none(prior_mean),
                          .prior_log_variance_adjoint = adjoint_or_none(prior_log_variance),
                          .nats_adjoint = adjoint_or_none(nats)};
  ((work.log_variance = log_variance.value_view(), work.log_variance_adjoint = adjoint_or_none(log_variance)), ...);
  work.forward();
  record("normal prior", nats, work);
  return nats;
}

/// Fills dimensions × samples with draws; column j is sample `first_sample` + j of `random`.
template <class Scalar>
void sample_normals(MatrixView<Scalar> z, const Scalar* mean, const Scalar* log_variance, const Random& random,
                    std::uint64_t first_sample) {
  using std::exp;
  for (Index j = 0; j < z.columns; ++j) {
    random.fill_normals(z.column(j), z.rows, 0, first_sample + static_cast<std::uint64_t>(j));
    for (Index k = 0; k < z.rows; ++k) {
      z.column(j)[k] = mean[k] + exp(Scalar(0.5) * log_variance[k]) * z.column(j)[k];
    }
  }
}

}  // namespace detail

/// N(0, diag(variances)), which nobody trains: DiagonalNormal<2>({1.0, 4.0}).
template <int K, class ScalarType = float>
class DiagonalNormal {
  static_assert(K >= 1, "betavae: DiagonalNormal: the number of latents is part of the type, and at least 1");

 public:
  using Scalar = ScalarType;
  static constexpr int latents = K;
  static constexpr bool has_own_variances = true;  ///< for objectives that draw codes to unit variance

  /// Errors: ArgumentError for a variance whose logarithm is not within ±16, the bound of a posterior's too (vae/posterior.hpp).
  explicit DiagonalNormal(const std::array<double, static_cast<std::size_t>(K)>& variances) : variances_(variances) {
    for (std::size_t k = 0; k < variances.size(); ++k) {
      require(variances[k] > 0 && std::abs(std::log(variances[k])) <= log_variance_bound, "DiagonalNormal", "variances",
              "numbers whose logarithms are from -16 to 16", variances[k]);
      log_variance_.data()[k] = static_cast<Scalar>(std::log(variances[k]));
    }
  }

  [[nodiscard]] double variance(Index k) const { return variances_[static_cast<std::size_t>(k)]; }

  [[nodiscard]] std::vector<std::string> schema() const {
    std::string list;
    for (const double variance : variances_) {
      list += detail::format_text(list.empty() ? "{}" : " {}", {variance});
    }
    return {detail::schema_line("name", "diagonal normal"), detail::schema_line("variances", list)};
  }

  /// E[−ln p(zₖ)] for zₖ ~ N(mean, e^log_variance), in nats: latents × samples.
  template <class Context, Operand Mean, Operand LogVariance>
  [[nodiscard]] auto cross_entropy(Context& context, const Mean& mean, const LogVariance& log_variance) const {
    return detail::normal_nats(mean, on(context, mean_), on(context, log_variance_), log_variance);
  }

  /// ln p(zₖ) of each dimension, in nats: latents × samples.
  template <class Context, Operand Z>
  [[nodiscard]] auto log_density(Context& context, const Z& z) const {
    return -detail::normal_nats(z, on(context, mean_), on(context, log_variance_));
  }

  /// Fills latents × samples with draws; column j is sample `first_sample` + j of `random`.
  void sample(MatrixView<Scalar> z, const Random& random, std::uint64_t first_sample = 0) const {
    require_same_size("DiagonalNormal", "rows of the codes", z.rows, "dimensions of the prior", K);
    detail::sample_normals(z, mean_.data(), log_variance_.data(), random, first_sample);
  }

 private:
  using Numbers = Parameter<Scalar, K>;

  /// The numbers as constants, also where the context records.
  template <class Context>
  [[nodiscard]] static Constant<Scalar, K> on(Context& context, const Numbers& numbers) {
    return Evaluating<Scalar>(context.tape()).parameter(numbers);
  }

  std::array<double, static_cast<std::size_t>(K)> variances_;
  Numbers mean_;
  Numbers log_variance_;
};

/// N(m, diag e^ℓ) with both learned; it begins as N(0, I). |ℓ| is kept below 16 as the posterior's is: see vae/posterior.hpp.
template <int K, class ScalarType = float>
class LearnedDiagonalNormal {
  static_assert(K >= 1, "betavae: LearnedDiagonalNormal: the number of latents is part of the type, and at least 1");

 public:
  using Scalar = ScalarType;
  static constexpr int latents = K;
  static constexpr bool has_own_variances = true;  ///< for objectives that draw codes to unit variance

  template <class Visitor>
  void visit(Visitor&& visitor) {
    visitor("mean", mean);
    visitor("log_variance", raw_log_variance);
  }
  [[nodiscard]] std::vector<std::string> schema() const {
    return {detail::schema_line("name", "learned diagonal normal")};
  }

  /// ℓ, latents × 1.
  [[nodiscard]] Matrix<Scalar> log_variance() const {
    Tape<Scalar> tape;
    Evaluating<Scalar> context(tape);
    return bound_log_variance(context.parameter(raw_log_variance)).value();
  }

  /// E[−ln p(zₖ)] for zₖ ~ N(mean, e^log_variance), in nats: latents × samples.
  template <class Context, Operand Mean, Operand LogVariance>
  [[nodiscard]] auto cross_entropy(Context& context, const Mean& mean_of_code, const LogVariance& log_variance) const {
    return detail::normal_nats(mean_of_code, context.parameter(mean),
                               bound_log_variance(context.parameter(raw_log_variance)), log_variance);
  }

  /// ln p(zₖ) of each dimension, in nats: latents × samples.
  template <class Context, Operand Z>
  [[nodiscard]] auto log_density(Context& context, const Z& z) const {
    return -detail::normal_nats(z, context.parameter(mean), bound_log_variance(context.parameter(raw_log_variance)));
  }

  /// Fills latents × samples with draws; column j is sample `first_sample` + j of `random`.
  void sample(MatrixView<Scalar> z, const Random& random, std::uint64_t first_sample = 0) const {
    require_same_size("LearnedDiagonalNormal", "rows of the codes", z.rows, "dimensions of the prior", K);
    detail::sample_normals(z, mean.data(), log_variance().data(), random, first_sample);
  }

  Parameter<Scalar, K> mean;
  Parameter<Scalar, K> raw_log_variance;  ///< r, of which ℓ = 16 tanh(r/16)
};

}  // namespace betavae
