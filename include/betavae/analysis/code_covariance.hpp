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

#include <betavae/analysis/stationarity.hpp>
#include <betavae/vae/full_gaussian_posterior.hpp>

#include <string>
#include <string_view>

namespace betavae {

struct CodeCovarianceOptions {
  Index batch = 500;       ///< samples at a time; changes the result by rounding alone
  std::uint64_t seed = 1;  ///< of the draws, which are those of `evaluate`
  Index threads = 0;       ///< that share the work; the same bits for any number. 0: see `default_thread_count`
};

/// The part of a matrix's squares that stands off its diagonal: 0 for a diagonal matrix, and for one of zeros; NaN for one with NaN.
[[nodiscard]] inline double off_diagonal_mass(const Matrix<double>& matrix) {
  const double all = matrix.squaredNorm();
  return std::isnan(all) ? all : all > 0 ? std::max(0.0, all - matrix.diagonal().squaredNorm()) / all : 0.0;
}

/// All latents × latents, divided by the number of samples (by weight, where they have one).
struct CodeCovariance {
  Index samples = 0;
  std::vector<double> z_mean;  ///< E[z] = E[μ(x)]
  Matrix<double> within;       ///< E[Σ(x)]
  Matrix<double> between;      ///< Cov[μ(x)]
  Matrix<double> sampled;      ///< of one draw a sample, about z_mean
  Matrix<double> error;        ///< the standard error of `sampled` over draws

  [[nodiscard]] Matrix<double> total() const { return within + between; }
  /// E[zⱼ²] over data and draws, without drawing.
  [[nodiscard]] std::vector<double> z_mean_square() const {
    std::vector<double> squares;
    for (std::size_t k = 0; k < z_mean.size(); ++k) {
      const auto row = static_cast<Index>(k);
      squares.push_back(within(row, row) + between(row, row) + z_mean[k] * z_mean[k]);
    }
    return squares;
  }
  /// The verdict whether training has converged, for the prior N(0, I): see stationarity.hpp for what it takes.
  [[nodiscard]] Stationarity stationarity(double tolerance = 0.05) const {
    return betavae::stationarity(z_mean, z_mean_square(), tolerance);
  }
  /// The largest |sampled − total| in standard errors: about √(2 ln K²) for K latents where the law holds. 0 where nothing scatters.
  [[nodiscard]] double worst_deviation() const {
    const Eigen::ArrayXXd off = (sampled - total()).array().abs();
    const Eigen::ArrayXXd deviation = (error.array() == 0).select(0.0, off / error.array());
    return off.size() == 0 ? 0.0 : deviation.maxCoeff<Eigen::PropagateNaN>();
  }

  /// One line an entry, of all K², with a header.
  [[nodiscard]] std::string csv() const {
    std::string text = "row,column,within,between,total,sampled,error\n";
    for (Index i = 0; i < within.rows(); ++i) {
      for (Index j = 0; j < within.cols(); ++j) {
        text += detail::csv_line({static_cast<double>(i), static_cast<double>(j), within(i, j), between(i, j),
                                  within(i, j) + between(i, j), sampled(i, j), error(i, j)});
      }
    }
    return text;
  }
};

namespace detail {

/// Σ(x) of sample j into `into`: latents × latents.
template <class Posterior>
void posterior_covariance_of(const Posterior& posterior, Index j, Matrix<double>& into) {
  if constexpr (is_diagonal_gaussian<Posterior>) {
    into.setZero();
    for (Index k = 0; k < into.rows(); ++k) {
      into(k, k) = std::exp(static_cast<double>(posterior.log_variance.value_view().column(j)[k]));
    }
  } else {
    into = covariance(posterior, j).template cast<double>();
  }
}

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

  const Eigen::Map<const Eigen::VectorXd> centre(result.z_mean.data(), static_cast<Index>(result.z_mean.size()));
  const Index latents = centre.size();
  const Matrix<double> none = Matrix<double>::Zero(latents, latents);
  result.within = result.between = result.sampled = result.error = none;
  Matrix<double> of_sample = none;
  double total = 0;
  for_each_batch([&](const auto& posterior, Index first) {
    const auto z = reparameterize(posterior, noise, 0, static_cast<std::uint64_t>(first));
    for (Index j = 0; j < z.columns(); ++j) {
      const double weight = batch.weight(j);
      const Eigen::VectorXd a = posterior.mean.value().col(j).template cast<double>() - centre;
      const Eigen::VectorXd drawn = z.value().col(j).template cast<double>() - centre;
      posterior_covariance_of(posterior, j, of_sample);
      const Eigen::VectorXd variance = of_sample.diagonal();
      const Eigen::VectorXd square = a.cwiseAbs2();
      total += weight;
      result.within += weight * of_sample;
      result.between += weight * a * a.transpose();
      result.sampled += weight * drawn * drawn.transpose();
      const Matrix<double> crossed = square * variance.transpose();
      const Matrix<double> fourth = crossed + crossed.transpose() + variance * variance.transpose() +
                                    of_sample.cwiseProduct(2 * a * a.transpose() + of_sample);
      result.error += weight * weight * fourth;
    }
  });
  result.within /= total;
  result.between /= total;
  result.sampled /= total;
  result.error = result.error.cwiseSqrt() / total;
  return result;
}

}  // namespace detail

/// Measures the encoder on a matrix features × samples or any DataSet, in two passes; the decoder is not run.
/// Errors: ArgumentError for an empty set, the wrong number of features, a batch size below 1 or a number of threads out of range; DataError
/// for present values outside of the likelihood's domain, and for bad weights and offsets.
template <class Model, class Data>
[[nodiscard]] CodeCovariance code_covariance(const Model& model, const Data& data,
                                             const CodeCovarianceOptions& options = {}) {
  require(options.batch > 0, "code_covariance", "options.batch", "at least 1", options.batch);
  require(options.threads >= 0 && options.threads <= 1024, "code_covariance", "options.threads",
          "a number from 0 to 1024", options.threads);
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
    using betavae::off_diagonal_mass;
    const std::string text = betavae::detail::format_text(
        "Cov[z] of {} samples: variance {} = {} within + {} between; off-diagonal mass {} (within {}, between {}); "
        "draws agree within {} standard errors",
        {c.samples,
         {c.total().trace(), 3},
         {c.within.trace(), 3},
         {c.between.trace(), 3},
         {off_diagonal_mass(c.total()), 4},
         {off_diagonal_mass(c.within), 4},
         {off_diagonal_mass(c.between), 4},
         {c.worst_deviation(), 1}});
    return std::copy(text.begin(), text.end(), context.out());
  }
};
