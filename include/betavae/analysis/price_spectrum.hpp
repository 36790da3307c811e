// SPDX-License-Identifier: MIT
// The spectrum of prices: before any training, what each direction of the data is worth, and so the β beyond which it collapses.
//
// Let the decoder ignore its code and give the best constant θ. With the score s(x) = ∂ ln p(x|θ)/∂θ, whose mean is 0 there, a decoder
// θ + W z and posterior means μ(x), both small, to second order
//
//     E[distortion] + β · rate = constant − E[sᵀ W μ] + ½ tr WᵀF W + ½ β E‖μ‖²         least at μ = Wᵀ s/β:
//                              = constant + ½ tr Wᵀ (F − Cov[s]/β) W
//
// so that collapse is stable exactly while β exceeds every eigenvalue of F^−½ Cov[s] F^−½, whatever encoder and decoder. (The linear
// model's case, ζ²/η², is that of Lucas, Tucker, Grosse and Norouzi, 2019.) The largest eigenvalue is exact: beyond it a code that has
// collapsed stays so, and nothing is learned from small beginnings. It is no more than local, though. A code that is already there can
// be worth its price beyond it, where a decoder that bends pays for what is rare and far: of x = ±a, each with probability p/2, else 0,
// the price is pa²/η², while a code that tells which of the three it was saves pa²/2η² for H = −(1 − p) ln (1 − p) − p ln (p/2) nats,
// which are worth it beyond that price wherever H < ½: for p below 0.14 or so. How many prices exceed β is how many latents live in the
// linear model, and a forecast for others, which can find directions that no straight line follows.
//
// F = E[−∂²ln p/∂θ²] over the data: the Fisher information for Bernoulli, Gaussian and Poisson, exponential families in their natural
// parameter. For others it is measured as the slope of the mean score, and for more parameters a value it has a block for each value,
// with the terms between them that `fisher_information` leaves out. A direction without information (the constant that a Categorical's
// logits have in common) has no price.
//
// Where σ is trained too, the collapsed model has the σ² that is the data's variance a value, (Σ ζ²)/d, and the prices are d ζᵢ²/Σ ζ²,
// whatever the units. The largest is as exact as before. Each latent that comes alive leaves a smaller σ and so raises the prices of the
// rest: below the largest price, at least as many live as prices exceed β.
#pragma once

#include <betavae/analysis/detail/best_constant.hpp>
#include <betavae/analysis/detail/csv_cell.hpp>
#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace betavae {

struct PriceSpectrumOptions {
  Index batch = 500;  ///< samples at a time; changes the result by rounding alone
  /// At most so many steps towards θ, a pass over the data each, where there is no closed form.
  Index most_steps = 100;
};

struct PriceSpectrum {
  std::string likelihood = {};
  Index samples = 0;
  std::vector<double> prices =
      {};  ///< the eigenvalues, descending, one for each number the decoder gives; none is negative
  std::vector<double> constant = {};  ///< θ, the best constant output, in the order of the decoder's outputs
  /// How far θ is from the best: the largest mean score, in units of one sample's standard deviation √F.
  double residual = 0;

  /// Whether θ was found: else the prices are those at another output.
  [[nodiscard]] bool converged() const { return residual <= 1e-6; }
  /// The β beyond which a code that has collapsed stays so, and one that begins small collapses: see above.
  [[nodiscard]] double collapse_price() const { return prices.empty() ? 0 : prices.front(); }
  /// How many latents should live at this β, if there are that many. Errors: ArgumentError unless β is finite and at least 0.
  [[nodiscard]] Index predicted_active(double beta) const {
    require(beta >= 0 && std::isfinite(beta), "PriceSpectrum::predicted_active", "beta",
            "a finite number of at least 0", beta);
    return static_cast<Index>(std::count_if(prices.begin(), prices.end(), [=](double price) { return price > beta; }));
  }
  /// One line a price, the first one being number 1, with a header.
  [[nodiscard]] std::string csv() const {
    std::string text = "direction,price\n";
    for (std::size_t i = 0; i < prices.size(); ++i) {
      text += detail::csv_line({static_cast<double>(i + 1), prices[i]});
    }
    return text;
  }
};

namespace detail {

/// F^−½ of a block, by its correlations, so that parameters of different scales count alike: 0 along what has no information.
[[nodiscard]] inline Matrix<double> inverse_root(Matrix<double> block) {
  block = (0.5 * (block + block.transpose())).eval();
  const Eigen::ArrayXd diagonal = block.diagonal().array();
  const Eigen::VectorXd scale = (diagonal > 0).select(diagonal.max(1e-300).rsqrt(), 0.0).matrix();
  if (block.rows() == 1) {
    return scale.asDiagonal().toDenseMatrix();
  }
  const Matrix<double> correlation = scale.asDiagonal() * block * scale.asDiagonal();
  const Eigen::SelfAdjointEigenSolver<Matrix<double>> solver(correlation);
  constexpr double least = 1e-6;  // below it lie the errors of the differences that the block comes from
  const Eigen::VectorXd roots =
      (solver.eigenvalues().array() > least).select(solver.eigenvalues().array().max(least).rsqrt(), 0.0).matrix();
  // Any root serves: R F Rᵀ = 1 on what has information, and the eigenvalues of R Cov Rᵀ are the same for all of them.
  return roots.asDiagonal() * solver.eigenvectors().transpose() * scale.asDiagonal();
}

template <class LikelihoodType, class Data>
[[nodiscard]] PriceSpectrum price_spectrum_of_set(const LikelihoodType& likelihood, const Data& data,
                                                  const PriceSpectrumOptions& options) {
  using Sums = ScoreSums<LikelihoodType, Data>;
  constexpr Index per_value = Sums::per_value;
  Sums sums(likelihood, data, options.batch);
  const Index features = data.features();
  const Index parameters = sums.parameters();
  const Eigen::VectorXd theta = best_constant(sums, likelihood, options.most_steps);
  const MeanScore mean = mean_score(sums, theta);

  // Column k of every value's block, where the information is not the curvature: minus the slope of the mean score in parameter k.
  Matrix<double> curvature = mean.information;
  if constexpr (!BestConstant<LikelihoodType>::is_known) {
    curvature = Matrix<double>::Zero(parameters, per_value);
    const Eigen::ArrayXd reach = (mean.information.array() > 0).select(1e-4 * mean.information.array().rsqrt(), 0.0);
    for (Index k = 0; k < per_value; ++k) {
      const Eigen::ArrayXd of_value = reach.segment(k * features, features);
      Eigen::VectorXd step = Eigen::VectorXd::Zero(parameters);
      step.segment(k * features, features) = of_value.matrix();
      const Eigen::VectorXd difference = mean_score(sums, theta - step).score - mean_score(sums, theta + step).score;
      const Eigen::ArrayXd slope = difference.array() / (2 * of_value).replicate(per_value, 1);
      curvature.col(k) = (of_value.replicate(per_value, 1) > 0).select(slope, 0.0).matrix();
    }
  }

  Matrix<double> covariance = Matrix<double>::Zero(parameters, parameters);
  double total = 0;
  Index samples = 0;
  sums.for_each_batch(theta, [&](const auto& values, const auto& output, const auto& weights) {
    Matrix<double> s = sums.score(output, values);
    s.colwise() -= mean.score;
    s *= weights.cwiseSqrt().asDiagonal();
    covariance.template selfadjointView<Eigen::Lower>().rankUpdate(s);
    total += weights.sum();
    samples += weights.size();
  });
  covariance = Matrix<double>(covariance.template selfadjointView<Eigen::Lower>()) / total;
  // (σ̂/σ)², which a σ that is trained too takes away from prices.
  double scale = 1;
  if constexpr (BestConstant<LikelihoodType>::has_free_sigma) {
    const double of_constant = covariance.trace() / mean.information.sum();
    const double least = likelihood.sigma_floor / likelihood.sigma();
    scale = std::max(of_constant, least * least);
    covariance /= scale;
  }

  // R of each value from both sides: first of the rows, then of the columns, which are those of the transpose.
  for (int side = 0; side < 2; ++side) {
    Matrix<double> gathered(per_value, parameters);
    Matrix<double> block(per_value, per_value);
    for (Index i = 0; i < features; ++i) {
      for (Index k = 0; k < per_value; ++k) {
        block.row(k) = curvature.row(i + k * features);
        gathered.row(k) = covariance.row(i + k * features);
      }
      gathered = (inverse_root(block) * gathered).eval();
      for (Index k = 0; k < per_value; ++k) {
        covariance.row(i + k * features) = gathered.row(k);
      }
    }
    covariance.transposeInPlace();
  }

  PriceSpectrum result{.likelihood = std::string(LikelihoodType::name), .samples = samples};
  result.residual = mean.standardized().abs().maxCoeff() / std::sqrt(scale);
  result.constant.assign(theta.data(), theta.data() + theta.size());
  const Eigen::SelfAdjointEigenSolver<Matrix<double>> solver(covariance, Eigen::EigenvaluesOnly);
  for (Index i = parameters - 1; i >= 0; --i) {
    result.prices.push_back(std::max(0.0, solver.eigenvalues()(i)));
  }
  return result;
}

}  // namespace detail

/// Of a matrix features × samples or any DataSet, in two passes over it where θ has a closed form (Bernoulli, Gaussian, Poisson), else in
/// as many as θ takes. A sample of weight w counts as w samples; missing values have no score; offsets are part of the output. σ is what a
/// `Gaussian` has, and fitted where it is trained; the cutpoints of an OrderedLogistic are those it has. A value that never varies has price 0, and so has all of a set of one sample. Memory grows with the
/// square of the decoder's number of outputs, time with its cube beside the samples.
/// Errors: ArgumentError for an empty set or no features, offsets that the likelihood does not take, or options out of range; DataError for
/// present values outside of the likelihood's domain, and for bad weights and offsets.
template <class LikelihoodType, class Data>
[[nodiscard]] PriceSpectrum price_spectrum(const LikelihoodType& likelihood, const Data& data,
                                           const PriceSpectrumOptions& options = {}) {
  static_assert(
      requires { LikelihoodType::parameters_per_value; },
      "betavae: price_spectrum needs a likelihood with parameters_per_value, the parameters of value i in rows i, "
      "i + features, ... of the decoder's output; a record's likelihood is laid out in another way");
  require(options.batch > 0, "price_spectrum", "options.batch", "at least 1", options.batch);
  require(options.most_steps > 0, "price_spectrum", "options.most_steps", "at least 1", options.most_steps);
  const detail::LikelihoodAsModel<LikelihoodType, decltype(detail::scalar_of_data<Data>())> model{likelihood};
  return detail::with_data_set(model, data, [&](const auto& set) {
    require(set.size() > 0, "price_spectrum", "data", "at least one sample", set.size());
    require(set.features() > 0, "price_spectrum", "data", "at least one feature", set.features());
    return detail::price_spectrum_of_set(likelihood, set, options);
  });
}

}  // namespace betavae

/// Bernoulli: collapse is stable beyond beta = 90.7; prices 90.7 64.3 23.5 19.7 … (784)
template <>
struct fmt::formatter<betavae::PriceSpectrum> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const betavae::PriceSpectrum& spectrum, Context& context) const {
    using betavae::detail::format_text;
    std::string text = format_text("{}: collapse is stable beyond beta = {}; prices",
                                   {spectrum.likelihood, {spectrum.collapse_price(), 2}});
    for (std::size_t i = 0; i < std::min<std::size_t>(spectrum.prices.size(), 8); ++i) {
      text += format_text(" {}", {{spectrum.prices[i], 2}});
    }
    text += format_text("{} ({})", {spectrum.prices.size() > 8 ? " ..." : "", spectrum.prices.size()});
    if (!spectrum.converged()) {
      text += format_text("; the best constant output was not found: its mean score is {} standard deviations from 0",
                          {spectrum.residual});
    }
    return std::copy(text.begin(), text.end(), context.out());
  }
};
