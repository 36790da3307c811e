// SPDX-License-Identifier: MIT
// The covariance of the codes, and its two parts: the noise of the posterior, and what its means tell apart.
//
//     Cov[z] = E[Σ(x)] + Cov[μ(x)]                      the law of total covariance, over data and draws; Σ = diag σ² for most encoders
//
// The identity is exact: it says nothing of β. That the parts' off-diagonal mass shrinks as β grows is a trend to be measured (the
// linear optimum has Cov[z] = I at every β). The covariance of one draw z a sample, about the same mean, has the sum as its expectation
// over draws; with aⱼ = μⱼ − E[μⱼ], each sample adds to the variance of entry (j, k)
//
//     aⱼ² Σₖₖ + aₖ² Σⱼⱼ + 2 aⱼ aₖ Σⱼₖ + Σⱼⱼ Σₖₖ + Σⱼₖ²                                                       (fourth moments, Isserlis, 1918)
//
// which is what `error` is made of: how far draws may be off for these very data.
#pragma once

#include <betavae/analysis/detail/decompositions.hpp>
#include <betavae/analysis/detail/posterior_triangle.hpp>
#include <betavae/analysis/stationarity.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

namespace betavae {

struct CodeCovarianceOptions {
  Index batch = 500;       ///< samples at a time; changes the result by rounding alone
  std::uint64_t seed = 1;  ///< of the draws, which are those of `evaluate`
  Index threads = 0;       ///< that share the work; the same bits for any number. 0: see `default_thread_count`
};

/// The part of a matrix's squares that stands off its diagonal: 0 for a diagonal matrix, and for one of zeros; NaN for one with NaN.
[[nodiscard]] BETAVAE_API double off_diagonal_mass(const Matrix<double>& matrix);

/// All latents × latents, divided by the number of samples (by weight, where they have one).
struct CodeCovariance {
  Index samples = 0;
  std::vector<double> z_mean;  ///< E[z] = E[μ(x)]
  Matrix<double> within;       ///< E[Σ(x)]
  Matrix<double> between;      ///< Cov[μ(x)]
  Matrix<double> sampled;      ///< of one draw a sample, about z_mean
  Matrix<double> error;        ///< the standard error of `sampled` over draws

  [[nodiscard]] BETAVAE_API Matrix<double> total() const;
  /// E[zⱼ²] over data and draws, without drawing.
  [[nodiscard]] BETAVAE_API std::vector<double> z_mean_square() const;
  /// The verdict whether training has converged, for the prior N(0, I): see stationarity.hpp for what it takes.
  [[nodiscard]] BETAVAE_API Stationarity stationarity(double tolerance = 0.05) const;
  /// The largest |sampled − total| in standard errors: about √(2 ln K²) for K latents where the law holds. 0 where nothing scatters.
  [[nodiscard]] BETAVAE_API double worst_deviation() const;

  /// One line an entry, of all K², with a header.
  [[nodiscard]] BETAVAE_API std::string csv() const;
};

namespace detail {

/// Errors: ArgumentError for options out of range.
BETAVAE_API void require_sensible(const CodeCovarianceOptions& options);

/// Σ(x) of sample j: latents × latents.
template <class Posterior>
[[nodiscard]] Matrix<double> posterior_covariance(const Posterior& posterior, Index j) {
  if constexpr (is_diagonal_gaussian<Posterior>) {
    const Index latents = posterior.mean.rows();
    Matrix<double> covariance = Matrix<double>::Zero(latents, latents);
    for (Index k = 0; k < latents; ++k) {
      covariance(k, k) = std::exp(static_cast<double>(posterior.log_variance.value_view().column(j)[k]));
    }
    return covariance;
  } else {
    const Matrix<double> triangle = posterior_triangle(posterior, j);
    return product_with_transpose(triangle, triangle);
  }
}

/// Adds to the sums one sample: its posterior's mean, one draw of it (a column each), and its posterior's covariance.
BETAVAE_API void add_sample(CodeCovariance& sums, double weight, const Matrix<double>& mean,
                            const Matrix<double>& drawn, const Matrix<double>& of_sample);

/// Makes them means, the weights of all samples being together so much.
BETAVAE_API void divide_sums(CodeCovariance& sums, double total);

/// One line, as fmt prints it.
[[nodiscard]] BETAVAE_API std::string text_of(const CodeCovariance& covariance);

template <class Model, class Data>
[[nodiscard]] CodeCovariance code_covariance_of_set(const Model& model, const Data& data,
                                                    const CodeCovarianceOptions& options, Threads& threads) {
  using Scalar = typename Model::Scalar;
  Tape<Scalar> tape;
  tape.use_threads(&threads);
  Batch<Scalar> batch;
  const GaussianNoise noise(options.seed, Stream::evaluation);
  const auto for_each_batch = [&](const auto& f) {
    for_each_valid_batch("code_covariance", "data", model, data, options.batch, batch, [&](Index first) {
      tape.clear();
      Evaluating<Scalar> context(tape);
      const auto observed = batch.template on<Model::features>(tape);
      f(posterior_in(model.encoder(context, present_values(observed))), first);
    });
  };
  CodeCovariance result;
  RunningMoments means;
  for_each_batch([&](const auto& posterior, Index) { means.add(posterior.mean.value_view(), batch.weights()); });
  result.samples = means.count();
  result.z_mean = means.mean();

  const auto latents = static_cast<Index>(result.z_mean.size());
  result.within = result.between = result.sampled = result.error = Matrix<double>::Zero(latents, latents);
  double total = 0;
  for_each_batch([&](const auto& posterior, Index first) {
    const auto z = reparameterize(posterior, noise, 0, static_cast<std::uint64_t>(first));
    for (Index j = 0; j < z.columns(); ++j) {
      total += batch.weight(j);
      add_sample(result, batch.weight(j), column_of(posterior.mean.value_view(), j), column_of(z.value_view(), j),
                 posterior_covariance(posterior, j));
    }
  });
  divide_sums(result, total);
  return result;
}

}  // namespace detail

/// Measures the encoder on a matrix features × samples or any DataSet, in two passes; the decoder is not run.
/// Errors: ArgumentError for an empty set, the wrong number of features, a batch size below 1 or a number of threads out of range; DataError
/// for present values outside of the likelihood's domain, and for bad weights and offsets.
template <class Model, class Data>
[[nodiscard]] CodeCovariance code_covariance(const Model& model, const Data& data,
                                             const CodeCovarianceOptions& options = {}) {
  detail::require_sensible(options);
  Threads threads(options.threads);
  return detail::with_data_set(
      model, data, [&](const auto& set) { return detail::code_covariance_of_set(model, set, options, threads); });
}

}  // namespace betavae

/// Cov[z]: off-diagonal mass 0.012 = within 0.000, between 0.034; draws agree within 2.1 standard errors
template <>
struct fmt::formatter<betavae::CodeCovariance> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const betavae::CodeCovariance& c, Context& context) const {
    const std::string text = betavae::detail::text_of(c);
    return std::copy(text.begin(), text.end(), context.out());
  }
};

#if BETAVAE_HEADER_ONLY
#include <betavae/analysis/code_covariance.ipp>
#endif
