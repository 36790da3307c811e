// SPDX-License-Identifier: MIT
#include <betavae/autodiff/gradient_check.hpp>
#include <betavae/core/threads.hpp>
#include <betavae/vae/objective/total_correlation.hpp>

#include "catch.hpp"
#include "model_check.hpp"

#include <limits>

namespace bv = betavae;
using bv::DensityEstimator;
using bv::Index;
using bv::test::contains;
using bv::test::error_text;
using bv::test::normals;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
using Matrix = bv::Matrix<double>;

namespace {

constexpr DensityEstimator all_estimators[] = {DensityEstimator::minibatch_stratified,
                                               DensityEstimator::minibatch_weighted, DensityEstimator::exact};

/// Posteriors, a draw of each, and weights where they have some.
struct Code {
  Matrix mean, log_variance, z;
  std::vector<double> weights;

  [[nodiscard]] Index latents() const { return z.rows(); }
  [[nodiscard]] Index samples() const { return z.cols(); }
  [[nodiscard]] double weight(Index j) const { return weights.empty() ? 1 : weights[static_cast<std::size_t>(j)]; }
  [[nodiscard]] double total_weight() const {
    double sum = 0;
    for (Index j = 0; j < samples(); ++j) {
      sum += weight(j);
    }
    return sum;
  }
  [[nodiscard]] double mean_weight() const { return total_weight() / static_cast<double>(samples()); }

  /// These samples of it, in this order.
  [[nodiscard]] Code of(const std::vector<Index>& chosen) const {
    Code part{Matrix(latents(), chosen.size()), Matrix(latents(), chosen.size()), Matrix(latents(), chosen.size()), {}};
    for (std::size_t j = 0; j < chosen.size(); ++j) {
      const auto to = static_cast<Index>(j);
      part.mean.col(to) = mean.col(chosen[j]);
      part.log_variance.col(to) = log_variance.col(chosen[j]);
      part.z.col(to) = z.col(chosen[j]);
      if (!weights.empty()) {
        part.weights.push_back(weight(chosen[j]));
      }
    }
    return part;
  }

  /// ln q(z_k|x_j) at draw i.
  [[nodiscard]] double term(Index i, Index j, Index k) const {
    const double distance = z(k, i) - mean(k, j);
    return -0.5 * (distance * distance * std::exp(-log_variance(k, j)) + log_variance(k, j) + std::log(2 * M_PI));
  }
  [[nodiscard]] double whole(Index i, Index j) const {
    double sum = 0;
    for (Index k = 0; k < latents(); ++k) {
      sum += term(i, j, k);
    }
    return sum;
  }
  /// The aggregate posterior's density at draw i, and that of dimension k.
  [[nodiscard]] double density(Index i) const {
    double sum = 0;
    for (Index j = 0; j < samples(); ++j) {
      sum += weight(j) / total_weight() * std::exp(whole(i, j));
    }
    return sum;
  }
  [[nodiscard]] double density(Index i, Index k) const {
    double sum = 0;
    for (Index j = 0; j < samples(); ++j) {
      sum += weight(j) / total_weight() * std::exp(term(i, j, k));
    }
    return sum;
  }
};

Code code_of(Index latents, Index samples, std::uint64_t seed = 1) {
  Code code{normals(latents, samples, seed), 0.5 * normals(latents, samples, seed + 1), Matrix(), {}};
  code.log_variance.array() -= 0.5;
  code.z = code.mean.array() + (0.5 * code.log_variance.array()).exp() * normals(latents, samples, seed + 2).array();
  return code;
}

Code weighted_code(Index latents, Index samples) {
  Code code = code_of(latents, samples);
  for (Index j = 0; j < samples; ++j) {
    code.weights.push_back(static_cast<double>(1 + j % 3));
  }
  return code;
}

struct Estimate {
  double total_correlation, mutual_information;
  Matrix log_density, log_marginals;
};

Estimate estimate(const Code& code, const bv::TotalCorrelationOptions& options, bv::Threads* threads = nullptr) {
  bv::Tape<double> tape;
  tape.use_threads(threads);
  const double* const weights = code.weights.empty() ? nullptr : code.weights.data();
  const bv::GaussianPosterior posterior{bv::constant(tape, code.mean), bv::constant(tape, code.log_variance)};
  const auto result = bv::total_correlation(posterior, bv::constant(tape, code.z), options, weights);
  return {result.nats.value()(0, 0), bv::mutual_information(result.densities, weights),
          result.densities.log_density.value(), result.densities.log_marginals.value()};
}

/// Calls f(batch) for every choice of `size` out of `samples`.
template <class Function>
void for_batches(Index samples, Index size, const Function& function, std::vector<Index> chosen = {}) {
  if (static_cast<Index>(chosen.size()) == size) {
    function(chosen);
    return;
  }
  for (Index next = chosen.empty() ? 0 : chosen.back() + 1; next < samples; ++next) {
    chosen.push_back(next);
    for_batches(samples, size, function, chosen);
    chosen.pop_back();
  }
}

bv::TotalCorrelationOptions of_set(DensityEstimator estimator, const Code& set) {
  return {.estimator = estimator, .samples = set.samples(), .mean_weight = set.mean_weight()};
}

}  // namespace

TEST_CASE("The stratified estimate of the density is right in the mean over all batches that hold the draw's sample",
          "[vae][total_correlation]") {
  for (const Code& set : {code_of(2, 6), weighted_code(2, 6)}) {
    for (const Index size : {2, 3, 5, 6}) {
      Matrix sum = Matrix::Zero(1, 6);
      Matrix sum_of_marginals = Matrix::Zero(2, 6);
      Matrix sum_of_logarithms = Matrix::Zero(1, 6);
      Matrix batches = Matrix::Zero(1, 6);
      Matrix peers = Matrix::Zero(1, 6);
      for_batches(6, size, [&](const std::vector<Index>& chosen) {
        const Code batch = set.of(chosen);
        const Estimate estimated = estimate(batch, of_set(DensityEstimator::minibatch_stratified, set));
        for (Index i = 0; i < size; ++i) {
          const Index sample = chosen[static_cast<std::size_t>(i)];
          sum(0, sample) += std::exp(estimated.log_density(0, i));
          sum_of_marginals.col(sample) += estimated.log_marginals.col(i).array().exp().matrix();
          sum_of_logarithms(0, sample) += estimated.log_density(0, i);
          batches(0, sample) += 1;
          for (Index j = 0; j < size; ++j) {  // the weight 1/N in the first column, as peers have it
            const double weight = j == 0 ? 1.0 / 6 : 5.0 / (6.0 * static_cast<double>(size - 1));
            peers(0, sample) += weight * std::exp(batch.whole(i, j));
          }
        }
      });
      CAPTURE(size, set.weights.size());
      for (Index sample = 0; sample < 6; ++sample) {
        CHECK_THAT(sum(0, sample) / batches(0, sample), WithinRel(set.density(sample), 1e-12));
        for (Index k = 0; k < 2; ++k) {
          CHECK_THAT(sum_of_marginals(k, sample) / batches(0, sample), WithinRel(set.density(sample, k), 1e-12));
        }
        if (size < 6) {
          CHECK(sum_of_logarithms(0, sample) / batches(0, sample) < std::log(set.density(sample)) - 1e-4);
          // (Sample 0 always comes first here, where peers are right.)
          CHECK((sample == 0 || std::abs(peers(0, sample) / batches(0, sample) / set.density(sample) - 1) > 0.01));
        }
      }
    }
  }
}

TEST_CASE("The weighted estimate of the density is right in the mean over all batches at a place of its own",
          "[vae][total_correlation]") {
  for (const Code& set : {code_of(2, 6), weighted_code(2, 6)}) {
    for (const Index size : {1, 2, 5, 6}) {
      if (size == 1 && !set.weights.empty()) {
        continue;  // a single sample counts 1, whatever its weight
      }
      double sum = 0;
      double batches = 0;
      for_batches(6, size, [&](const std::vector<Index>& chosen) {
        Code batch = set.of(chosen);
        batch.z.colwise() = set.z.col(3);
        const Estimate estimated = estimate(batch, of_set(DensityEstimator::minibatch_weighted, set));
        sum += std::exp(estimated.log_density(0, 0));
        batches += 1;
      });
      CHECK_THAT(sum / batches, WithinRel(set.density(3), 1e-12));
    }
  }
}

TEST_CASE("Weights are what samples that often in a row are", "[vae][total_correlation]") {
  const Code set = weighted_code(3, 9);
  std::vector<Index> each_as_often;
  for (Index j = 0; j < 9; ++j) {
    each_as_often.insert(each_as_often.end(), static_cast<std::size_t>(1 + j % 3), j);
  }
  Code replicated = set.of(each_as_often);
  replicated.weights.clear();
  const Estimate by_weight = estimate(set, {.estimator = DensityEstimator::exact});
  const Estimate expected = estimate(replicated, {.estimator = DensityEstimator::exact});
  CHECK_THAT(by_weight.total_correlation, WithinRel(expected.total_correlation, 1e-12));
  CHECK_THAT(by_weight.mutual_information, WithinRel(expected.mutual_information, 1e-12));
  for (const DensityEstimator estimator : all_estimators) {  // and all are one, where the batch is the set
    CHECK_THAT(estimate(set, of_set(estimator, set)).total_correlation, WithinRel(expected.total_correlation, 1e-12));
  }
}

TEST_CASE("A sample of weight 0 is as one left out", "[vae][total_correlation]") {
  Code set = weighted_code(3, 9);
  const Estimate without = estimate(set.of({0, 1, 2, 3, 5, 6, 7, 8}), {.estimator = DensityEstimator::exact});
  set.weights[4] = 0;
  const Estimate with = estimate(set, {.estimator = DensityEstimator::exact});
  CHECK_THAT(with.total_correlation, WithinRel(without.total_correlation, 1e-12));
  CHECK_THAT(with.mutual_information, WithinRel(without.mutual_information, 1e-12));
}

TEST_CASE("A draw's own component counts 1/N wherever in the batch it stands, and a density's weights sum to 1",
          "[vae][total_correlation]") {
  // Posteriors so narrow and far apart that each draw sees its own component alone.
  Code apart = code_of(2, 5);
  apart.mean.row(0) = 1000 * Matrix::NullaryExpr(1, 5, [](Index, Index j) { return static_cast<double>(j); });
  apart.z = apart.mean;
  for (const Index in_set : {5, 8, 60000}) {
    const Estimate estimated =
        estimate(apart, {.estimator = DensityEstimator::minibatch_stratified, .samples = in_set});
    for (Index i = 0; i < 5; ++i) {
      CHECK_THAT(estimated.log_density(0, i) - apart.whole(i, i),
                 WithinAbs(-std::log(static_cast<double>(in_set)), 1e-10));
    }
  }
  // All posteriors the same: the density is theirs exactly when the weights sum to 1.
  const Code same = code_of(2, 5).of({0, 0, 0, 0, 0});
  for (const DensityEstimator estimator : all_estimators) {
    const Estimate estimated =
        estimate(same, {.estimator = estimator, .samples = estimator == DensityEstimator::exact ? 5 : 60000});
    CHECK_THAT(estimated.log_density(0, 3), WithinAbs(same.whole(3, 3), 1e-12));
    CHECK_THAT(estimated.total_correlation, WithinAbs(0, 1e-12));
  }
}

TEST_CASE("The order of the samples in a batch does not matter", "[vae][total_correlation]") {
  const Code code = weighted_code(3, 7);
  for (const DensityEstimator estimator : all_estimators) {
    const bv::TotalCorrelationOptions options{
        .estimator = estimator, .samples = estimator == DensityEstimator::exact ? 7 : 100, .mean_weight = 2};
    CHECK_THAT(estimate(code.of({6, 2, 0, 1, 4, 3, 5}), options).total_correlation,
               WithinRel(estimate(code, options).total_correlation, 1e-12));
  }
}

TEST_CASE("The stratified weights are those of the paper in the mean over the orders of a batch",
          "[vae][total_correlation]") {
  const Code batch = code_of(2, 4);
  constexpr double in_set = 11;
  constexpr double others = 3;  // the paper's M
  const Estimate estimated = estimate(batch, {.samples = 11});
  for (Index i = 0; i < 4; ++i) {
    double papers = 0;
    for (Index last = 0; last < 4; ++last) {
      double density = std::exp(batch.whole(i, i)) / in_set;
      for (Index j = 0; j < 4; ++j) {
        const double weight = j == last ? (in_set - others) / (in_set * others) : 1 / others;
        density += j == i ? 0 : weight * std::exp(batch.whole(i, j));
      }
      papers += last == i ? 0 : density / others;
    }
    CHECK_THAT(std::exp(estimated.log_density(0, i)), WithinRel(papers, 1e-12));
  }
}

TEST_CASE("The paper's weighted total correlation is that of the batch's mean, and (latents - 1) ln N on top",
          "[vae][total_correlation]") {
  for (const Index latents : {1, 2, 5}) {
    for (const Index batch : {2, 6}) {
      for (const double in_set : {10.0, 60000.0}) {
        const Code code = code_of(latents, batch);
        double papers = 0;
        for (Index i = 0; i < batch; ++i) {
          const auto log_mean_of = [&](const auto& term) {
            double sum = 0;
            for (Index j = 0; j < batch; ++j) {
              sum += std::exp(term(j));
            }
            return std::log(sum / (in_set * static_cast<double>(batch)));
          };
          papers += log_mean_of([&](Index j) { return code.whole(i, j); });
          for (Index k = 0; k < latents; ++k) {
            papers -= log_mean_of([&](Index j) { return code.term(i, j, k); });
          }
        }
        papers /= static_cast<double>(batch);
        const Estimate ours = estimate(code, {.estimator = DensityEstimator::minibatch_weighted});
        CHECK_THAT(papers - ours.total_correlation,
                   WithinAbs(static_cast<double>(latents - 1) * std::log(in_set), 1e-10));
      }
    }
  }
}

TEST_CASE("A logarithm of weights is added once to a code's density, not once for each dimension",
          "[vae][total_correlation]") {
  const Code batch = code_of(3, 4);
  const Estimate estimated = estimate(batch, {.samples = 20});
  const auto log_weight = [](Index i, Index j) { return std::log(i == j ? 1.0 / 20 : 19.0 / 60); };
  for (Index i = 0; i < 4; ++i) {
    double after = 0;
    double before = 0;
    for (Index j = 0; j < 4; ++j) {
      after += std::exp(batch.whole(i, j) + log_weight(i, j));
      before += std::exp(batch.whole(i, j) + 3 * log_weight(i, j));
    }
    CHECK_THAT(estimated.log_density(0, i), WithinAbs(std::log(after), 1e-12));
    CHECK(std::abs(estimated.log_density(0, i) - std::log(before)) > 1);
    for (Index k = 0; k < 3; ++k) {
      double marginal = 0;
      for (Index j = 0; j < 4; ++j) {
        marginal += std::exp(batch.term(i, j, k) + log_weight(i, j));
      }
      CHECK_THAT(estimated.log_marginals(k, i), WithinAbs(std::log(marginal), 1e-12));
    }
  }
}

TEST_CASE("A batch of one sample has no total correlation, and no gradient of it", "[vae][total_correlation]") {
  const Code one = code_of(3, 1);
  for (const DensityEstimator estimator : all_estimators) {
    const bv::TotalCorrelationOptions options{.estimator = estimator,
                                              .samples = estimator == DensityEstimator::exact ? 1 : 50};
    CHECK_THAT(estimate(one, options).total_correlation, WithinAbs(0, 1e-15));
    bv::Tape<double> tape;
    auto mean = bv::make_variable(tape, 3, 1);
    auto log_variance = bv::make_variable(tape, 3, 1);
    auto z = bv::make_variable(tape, 3, 1);
    for (Index k = 0; k < 3; ++k) {
      mean.value_view().data[k] = one.mean(k, 0);
      log_variance.value_view().data[k] = one.log_variance(k, 0);
      z.value_view().data[k] = one.z(k, 0);
    }
    bv::reverse(bv::total_correlation(bv::GaussianPosterior{mean, log_variance}, z, options).nats);
    CHECK(mean.adjoint().cwiseAbs().maxCoeff() < 1e-15);
    CHECK(log_variance.adjoint().cwiseAbs().maxCoeff() < 1e-15);
    CHECK(z.adjoint().cwiseAbs().maxCoeff() < 1e-15);
  }
}

TEST_CASE("The total correlation's gradient in draws, means and log-variances is right, with weights and without",
          "[vae][total_correlation]") {
  for (const Index latents : {0, 1, 3, 9}) {
    for (const Index samples : {1, 2, 5, 17}) {
      if (latents * samples > 60) {
        continue;
      }
      for (const Code& code : {code_of(latents, samples), weighted_code(latents, samples)}) {
        for (const DensityEstimator estimator : all_estimators) {
          const bv::TotalCorrelationOptions options{
              .estimator = estimator, .samples = estimator == DensityEstimator::exact ? 0 : 40, .mean_weight = 1.5};
          const double* const weights = code.weights.empty() ? nullptr : code.weights.data();
          const auto check = bv::gradient_check(
              [&](const auto& z, const auto& mean, const auto& log_variance) {
                return bv::total_correlation(bv::GaussianPosterior{mean, log_variance}, z, options, weights).nats;
              },
              code.z, code.mean, code.log_variance);
          CAPTURE(latents, samples, code.weights.size(), bv::name(estimator), check.input, check.row, check.column);
          CHECK(check.error <= bv::GradientCheck::tolerance);
        }
      }
    }
  }
}

TEST_CASE("A gradient flows to what is variable alone", "[vae][total_correlation]") {
  const Code code = code_of(2, 6);
  const auto check = bv::gradient_check(
      [&](const auto& mean) {
        const bv::GaussianPosterior posterior{mean, bv::constant(mean.tape(), code.log_variance)};
        return bv::total_correlation(posterior, bv::constant(mean.tape(), code.z), {.samples = 9}).nats;
      },
      code.mean);
  CHECK(check.passed());
}

TEST_CASE("Any number of threads gives the same bits", "[vae][total_correlation]") {
  const Code code = code_of(3, 70);
  const Estimate alone = estimate(code, {.samples = 100});
  for (const Index count : {2, 3}) {
    bv::Threads threads(count);
    const Estimate shared = estimate(code, {.samples = 100}, &threads);
    CHECK(shared.total_correlation == alone.total_correlation);
    CHECK(shared.log_density == alone.log_density);
    CHECK(shared.log_marginals == alone.log_marginals);
  }
}

TEST_CASE("What an estimate cannot do without is asked for by name", "[vae][total_correlation]") {
  const Code code = code_of(2, 6);
  const auto text = [&](const bv::TotalCorrelationOptions& options) {
    return error_text<bv::ArgumentError>([&] { (void)estimate(code, options); });
  };
  CHECK(
      text({}) ==
      "total_correlation: options.samples: expected the number of samples of the set, which no training has told, got "
      "0");
  CHECK(text({.samples = 5}) == "total_correlation: options.samples: expected at least as many as in the batch, got 5");
  CHECK(contains(text({.estimator = DensityEstimator::exact, .samples = 7}), "as many as in the batch"));
  CHECK(contains(text({.samples = 7, .mean_weight = 0}), "options.mean_weight: expected a finite number above 0"));
  CHECK(text({.samples = 6}) == "nothing");
  CHECK(text({.estimator = DensityEstimator::minibatch_weighted}) == "nothing");
  Code lost = code;
  lost.z = code.z.leftCols(5);
  CHECK(error_text<bv::ArgumentError>([&] { (void)estimate(lost, {.samples = 7}); }) ==
        "total_correlation: expected as many draws as samples of the posterior, got 5 and 6");
  CHECK(bv::name(DensityEstimator::minibatch_weighted) == "minibatch_weighted");
}

namespace {

/// A code whose aggregate posterior is, for many samples, N(0, C): dimensions 2n and 2n + 1 have the correlation.
Code gaussian_code(Index latents, Index samples, double correlation, double variance) {
  Code code{normals(latents, samples, 11), Matrix::Constant(latents, samples, std::log(variance)), Matrix(), {}};
  const double apart = std::sqrt((1 - correlation - variance) / 2);
  const double together = std::sqrt((1 + correlation - variance) / 2);
  for (Index k = 0; k < latents; k += 2) {
    const Matrix sum = together * code.mean.row(k);
    const Matrix difference = apart * code.mean.row(k + 1);
    code.mean.row(k) = sum + difference;
    code.mean.row(k + 1) = sum - difference;
  }
  code.z = code.mean + std::sqrt(variance) * normals(latents, samples, 12);
  return code;
}

/// What ln q(z) − Σ ln q(zₖ) is at a draw of that Gaussian.
double exact_at(const Code& code, Index i, double correlation) {
  double nats = 0;
  for (Index k = 0; k < code.latents(); k += 2) {
    const double x = code.z(k, i);
    const double y = code.z(k + 1, i);
    const double c = correlation;
    nats += -0.5 * std::log(1 - c * c) - (c * c * (x * x + y * y) - 2 * c * x * y) / (2 * (1 - c * c));
  }
  return nats;
}

}  // namespace

TEST_CASE("The total correlation of a Gaussian code of correlation 0.9 is 0.8304 nats within its estimated error",
          "[vae][total_correlation]") {
  constexpr double correlation = 0.9;
  const double truth = -0.5 * std::log(1 - correlation * correlation);
  CHECK_THAT(truth, WithinAbs(0.8304, 5e-5));
  const Index samples = 1500;
  const Code code = gaussian_code(2, samples, correlation, 0.05);
  const Estimate estimated = estimate(code, {.estimator = DensityEstimator::exact});
  double squares = 0;
  double difference = 0;
  double squared_difference = 0;
  for (Index i = 0; i < samples; ++i) {
    const double at_draw = estimated.log_density(0, i) - estimated.log_marginals.col(i).sum();
    squares += (at_draw - estimated.total_correlation) * (at_draw - estimated.total_correlation);
    const double off = at_draw - exact_at(code, i, correlation);
    difference += off;
    squared_difference += off * off;
  }
  const auto count = static_cast<double>(samples);
  const double standard_error = std::sqrt(squares) / count;
  CAPTURE(estimated.total_correlation, standard_error);
  CHECK(standard_error < 0.03);
  CHECK(std::abs(estimated.total_correlation - truth) < 2 * standard_error);
  // Against the exact log-ratios at the same draws, what is left is the error of 1500 components.
  const double left = difference / count;
  CAPTURE(left, std::sqrt(squared_difference) / count);
  CHECK(std::abs(left) < 0.01);
}

TEST_CASE("Of two estimates in many dimensions the stratified is nearer to the exact inner sum",
          "[vae][total_correlation]") {
  const Index samples = 400;
  const Code set = gaussian_code(10, samples, 0.9, 0.05);
  const Estimate exact = estimate(set, {.estimator = DensityEstimator::exact});
  double stratified = 0;
  double weighted = 0;
  for (Index first = 0; first < samples; first += 100) {
    std::vector<Index> chosen;
    for (Index i = first; i < first + 100; ++i) {
      chosen.push_back(i);
    }
    const Code batch = set.of(chosen);
    stratified += estimate(batch, {.samples = samples}).total_correlation / 4;
    weighted += estimate(batch, {.estimator = DensityEstimator::minibatch_weighted}).total_correlation / 4;
  }
  CHECK(std::abs(stratified - exact.total_correlation) < 0.2);
  CHECK(weighted - exact.total_correlation > 0.8);
}

// Run alone, this prints the table in the header: total_correlation_test "[bias]".
TEST_CASE("How far estimates from batches are off the exact inner sum", "[.][bias]") {
  constexpr double correlation = 0.9;
  for (const Index latents : {2, 10}) {
    for (const Index in_set : {1000, 10000}) {
      const Code set = gaussian_code(latents, in_set, correlation, 0.05);
      const Estimate exact = estimate(set, {.estimator = DensityEstimator::exact});
      const double truth = -0.25 * static_cast<double>(latents) * std::log(1 - correlation * correlation);
      fmt::print("{} latents, {} samples: true {:.3f}, exact inner sum {:.3f}\n", latents, in_set, truth,
                 exact.total_correlation);
      for (const DensityEstimator estimator :
           {DensityEstimator::minibatch_stratified, DensityEstimator::minibatch_weighted}) {
        fmt::print("  {:22}", bv::name(estimator));
        for (const Index size : {32, 128, 512}) {
          double sum = 0;
          double of_density = 0;
          double batches = 0;
          for (Index first = 0; first + size <= in_set; first += size) {
            std::vector<Index> chosen;
            double exact_density = 0;
            for (Index i = first; i < first + size; ++i) {
              chosen.push_back(i);
              exact_density += exact.log_density(0, i);
            }
            const Estimate of_batch = estimate(set.of(chosen), {.estimator = estimator, .samples = in_set});
            sum += of_batch.total_correlation;
            of_density += (of_batch.log_density.sum() - exact_density) / static_cast<double>(size);
            batches += 1;
          }
          fmt::print("  M = {}: TC {:+.2f}, ln q {:+.2f}", size, sum / batches - exact.total_correlation,
                     of_density / batches);
        }
        fmt::print("\n");
      }
    }
  }
}
