// SPDX-License-Identifier: MIT
#include <betavae/analysis/collapse_report.hpp>
#include <betavae/data/observed_set.hpp>
#include <betavae/train/fit.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>
#include <betavae/vae/skip_networks.hpp>
#include <Eigen/Dense>

#include "catch.hpp"
#include "linear_vae.hpp"

#include <tuple>

namespace bv = betavae;
using namespace bv::test::linear_case;
using bv::CollapseReport;
using bv::Index;
using bv::test::contains;
using bv::test::error_text;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
using Kind = bv::CollapseFinding::Kind;
using Matrix = bv::Matrix<double>;

namespace {

constexpr auto data = data_of<400>;

auto optimal_model(double beta) {
  bv::Vae model{bv::dense_encoder<double, dimensions, latents>(), bv::dense_decoder<double, latents, dimensions>(),
                bv::Gaussian{sigma}};
  bv::test::set_to_optimum(model, {variances, latents, beta, sigma}, data());
  return model;
}

const bv::PriceSpectrum& spectrum() {
  static const auto made = bv::price_spectrum(bv::Gaussian{sigma}, data().samples);
  return made;
}

}  // namespace

TEST_CASE("On the linear optimum rates, variances and active latents are exact, and as predicted",
          "[analysis][linear]") {
  for (const double beta : {0.2, 1.0, 2.0, 3.0, 5.0, 7.0}) {
    INFO("beta " << beta);
    const bv::test::LinearOptimum optimum{variances, latents, beta, sigma};
    const CollapseReport report =
        bv::collapse_report(optimal_model(beta), data().samples, {.spectrum = spectrum(), .beta = beta, .threads = 1});
    for (Index k = 0; k < latents; ++k) {
      const bv::LatentState& latent = report.latents[static_cast<std::size_t>(k)];
      CHECK_THAT(latent.rate, WithinAbs(optimum.rate(k), 1e-10));
      CHECK_THAT(latent.mean_variance, WithinAbs(1 - optimum.posterior_variance(k), 1e-10));
      CHECK(latent.active == optimum.is_active(k));
      CHECK(latent.predicted == optimum.is_active(k));
    }
    CHECK(report.active() == optimum.active());
    CHECK(report.predicted() == optimum.active());
    CHECK(report.code_collapsed() == (optimum.active() == 0));
    CHECK(report.found(Kind::code_collapsed) == (optimum.active() == 0));
    CHECK(report.found(Kind::latent_collapsed) == (optimum.active() > 0 && optimum.active() < latents));
    CHECK(!report.found(Kind::unlike_prediction));
    CHECK(!report.found(Kind::rate_for_nothing));
    CHECK(!report.found(Kind::decoder_ignores_code));
  }
}

TEST_CASE("Another sample's code costs what the linear optimum says, within its error", "[analysis][linear]") {
  // Over data, draws and cycles: the sum over active latents of (ζ² − βη²)/η². A code that cannot tell samples apart costs nothing.
  for (const double beta : {0.2, 1.0, 3.0}) {
    double exact = 0;
    for (Index k = 0; k < latents; ++k) {
      const double left = variances[static_cast<std::size_t>(k)] - beta * sigma * sigma;
      exact += std::max(0.0, left) / (sigma * sigma);
    }
    const auto model = optimal_model(beta);
    int inside = 0;
    double mean = 0;
    double error = 0;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
      const auto report = bv::collapse_report(model, data().samples, {.seed = seed, .threads = 1});
      inside += std::abs(report.swap_cost - exact) <= 2 * report.swap_error ? 1 : 0;
      mean += report.swap_cost / 40;
      error = report.swap_error;
      CHECK(!report.decoder_ignores_code());
    }
    INFO("beta " << beta << ": " << mean << " for " << exact);
    CHECK(inside >= 36);  // the samples, whose covariance is exact, scatter less than the error of a sample's mean says
    CHECK_THAT(mean, WithinAbs(exact, 4 * error / std::sqrt(40.0)));
  }
  const auto collapsed = bv::collapse_report(optimal_model(7), data().samples, {.threads = 1});
  CHECK(collapsed.swap_cost == 0);
  CHECK(collapsed.decoder_ignores_code());
  CHECK(collapsed.code_collapsed());
}

TEST_CASE("The error of the swap's cost is how much it scatters over data", "[analysis][linear]") {
  // The trap: errors as of independent differences, where neighbours in the cycle share a code.
  const auto model = optimal_model(1);
  const Eigen::VectorXd deviations = Eigen::Map<const Eigen::VectorXd>(variances.data(), dimensions).cwiseSqrt();
  constexpr int sets = 150;
  double sum = 0;
  double squares = 0;
  double error = 0;
  for (std::uint64_t seed = 1; seed <= sets; ++seed) {
    const Matrix x =
        (data().eigenvectors * deviations.asDiagonal() * bv::test::normals(dimensions, 100, seed + 50)).colwise() +
        data().mean.col(0);
    const auto report = bv::collapse_report(model, x, {.seed = seed, .threads = 1});
    sum += report.swap_cost / sets;
    squares += report.swap_cost * report.swap_cost / sets;
    error += report.swap_error / sets;
  }
  const double scatter = std::sqrt(squares - sum * sum);
  INFO("scatter " << scatter << ", error " << error);
  CHECK_THAT(error / scatter, WithinAbs(1, 0.2));
}

TEST_CASE("Few samples are no ground to lay anything to the decoder", "[analysis]") {
  // The trap: a cost that is not above the flat one by two errors counts as flat, so that noise makes the finding.
  const auto model = optimal_model(1);
  int undecided = 0;
  for (const Index count : {2, 3, 5, 8}) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
      const Matrix few = data().samples.middleCols(static_cast<Index>(seed), count);
      const auto report = bv::collapse_report(model, few, {.seed = seed, .threads = 1});
      CHECK(!report.found(Kind::decoder_ignores_code));
      CHECK(report.found(Kind::too_few_samples) != report.decoder_uses_code());
      undecided += report.found(Kind::too_few_samples) ? 1 : 0;
    }
  }
  CHECK(undecided > 50);
}

TEST_CASE("A weighted sample is swapped with as if it stood there so many times", "[analysis]") {
  const auto model = optimal_model(1);
  const Matrix x = data().samples.leftCols(120);
  const Matrix light = x.leftCols(60);
  const Matrix heavy = 2 * x.rightCols(60) - data().mean.replicate(1, 60);
  Matrix all(dimensions, 120);
  all << light, heavy;
  Matrix copies(dimensions, 60 + 9 * 60);
  copies << light, bv::test::repeated(heavy, 9);
  bv::BesideValues<double> beside;
  beside.weights.assign(60, 1);
  beside.weights.resize(120, 9);
  const bv::ObservedSet set(all, beside);
  double of_weights = 0;
  double of_copies = 0;
  double error = 0;
  constexpr int seeds = 20;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const auto weighted = bv::collapse_report(model, set, {.seed = seed, .threads = 1});
    of_weights += weighted.swap_cost / seeds;
    error = weighted.swap_error;
    of_copies += bv::collapse_report(model, copies, {.seed = seed, .threads = 1}).swap_cost / seeds;
  }
  // One sample in 69 meets a copy of itself, which costs nothing; and cycles of a few seeds differ.
  INFO(of_weights << " and " << of_copies << " with an error of " << error);
  CHECK_THAT(of_weights, WithinRel(of_copies, 0.1));
  CHECK(std::abs(of_weights - bv::collapse_report(model, all, {.threads = 1}).swap_cost) > 3);
}

TEST_CASE("A decoder that ignores its code is told from a code that carries nothing", "[analysis]") {
  auto model = optimal_model(1);
  bv::test::decoder_layer(model).weight.value().setZero();
  const auto report = bv::collapse_report(model, data().samples, {.threads = 1});
  CHECK(report.active() == 4);
  CHECK(report.rate > 2);
  CHECK(report.swap_cost == 0);
  CHECK(report.decoder_ignores_code());
  CHECK(report.found(Kind::decoder_ignores_code));
  CHECK(!report.found(Kind::code_collapsed));
  CHECK(contains(fmt::format("{}", report), "the decoder ignores the code: another sample's code costs 0.000 nats"));
}

TEST_CASE("A collapsed code is laid to the decoder where that is shown more than the code", "[analysis][skip]") {
  // Not where beta explains it: then nothing would be learned without the skip either.
  bv::Vae model{bv::dense_skip_encoder<double, dimensions, 5, latents>(),
                bv::dense_skip_decoder<double, latents, 5, dimensions>(), bv::Gaussian{sigma}};
  std::get<1>(model.encoder.network.layers).weight.value().setZero();
  std::get<0>(model.decoder.network.layers).weight.value().setZero();
  const auto skipped = bv::collapse_report(model, data().samples, {.spectrum = spectrum(), .beta = 1.0, .threads = 1});
  CHECK(skipped.found(Kind::code_collapsed));
  CHECK(skipped.found(Kind::decoder_ignores_code));
  CHECK(contains(skipped.findings.front().advice, "look at the decoder first"));
  const auto beyond = bv::collapse_report(model, data().samples, {.spectrum = spectrum(), .beta = 7.0, .threads = 1});
  CHECK(beyond.found(Kind::code_collapsed));
  CHECK(!beyond.found(Kind::decoder_ignores_code));
  const auto dense = bv::collapse_report(optimal_model(7), data().samples, {.threads = 1});
  CHECK(dense.found(Kind::code_collapsed));
  CHECK(!dense.found(Kind::decoder_ignores_code));
}

TEST_CASE("Sorted data do not hide what the code carries", "[analysis]") {
  // Each sample 20 times: its neighbours in order have its own code. The trap is a swap with the next one, which costs next to nothing.
  const Matrix x = bv::test::repeated(data().samples.leftCols(20), 20);
  const auto report = bv::collapse_report(optimal_model(1), x, {.threads = 1});
  CHECK(report.swap_cost > 3);
}

TEST_CASE("A latent that pays for nothing, and a prediction that fails, are told", "[analysis]") {
  auto model = optimal_model(1);  // all four are active
  bv::test::encoder_layer(model).weight.value().row(2).setZero();
  const auto report = bv::collapse_report(model, data().samples, {.spectrum = spectrum(), .beta = 1.0, .threads = 1});
  CHECK(report.active() == 3);
  CHECK(report.predicted() == Index{4});
  CHECK(report.found(Kind::rate_for_nothing));
  CHECK(report.found(Kind::unlike_prediction));
  CHECK(contains(fmt::format("{}", report), "3 latents are active where 4 prices of the data exceed beta = 1"));
}

TEST_CASE("Batches and threads change nothing but rounding", "[analysis]") {
  const auto model = optimal_model(1);
  const Matrix x = data().samples.leftCols(50);
  const auto whole = bv::collapse_report(model, x, {.threads = 1});
  for (const Index batch : {1, 7, 49}) {
    const auto report = bv::collapse_report(model, x, {.batch = batch, .threads = 2});
    CHECK_THAT(report.swap_cost, WithinRel(whole.swap_cost, 1e-12));
    CHECK_THAT(report.swap_error, WithinRel(whole.swap_error, 1e-12));
  }
}

TEST_CASE("A trained model lives and collapses as the spectrum says", "[analysis][linear][training]") {
  for (const double beta : {1.0, 3.0, 7.0}) {
    INFO("beta " << beta);
    bv::Vae model{bv::dense_encoder<double, dimensions, latents>({.seed = 3}),
                  bv::dense_decoder<double, latents, dimensions>({.seed = 3}), bv::Gaussian{sigma}};
    bv::fit(
        model, data().samples, bv::BetaElbo{beta},
        {.epochs = 150, .batch = 40, .learning_rate = 0.02, .seed = 1, .schedule = bv::cosine_decay(), .threads = 1});
    const auto report =
        bv::collapse_report(model, data().samples, {.spectrum = spectrum(), .beta = beta, .threads = 1});
    CHECK(report.active() == *report.predicted());
    CHECK_THAT(report.rate, WithinAbs(bv::test::LinearOptimum{variances, latents, beta, sigma}.rate(), 0.05));
  }
}

TEST_CASE("One sample has no other to swap with, and bad input is refused", "[analysis]") {
  const auto model = optimal_model(1);
  const auto one = bv::collapse_report(model, Matrix(data().samples.leftCols(1)), {.threads = 1});
  CHECK(std::isnan(one.swap_cost));
  CHECK(!one.decoder_ignores_code());
  CHECK(!one.decoder_uses_code());
  CHECK(!one.code_collapsed());  // though nothing varies
  REQUIRE(one.findings.size() == 1);
  CHECK(one.findings.front().kind == Kind::too_few_samples);
  CHECK(std::isnan(bv::collapse_report(model, Matrix(data().samples.leftCols(2)), {.threads = 1}).swap_error));
  CHECK(contains(error_text<bv::ArgumentError>([&] { (void)bv::collapse_report(model, Matrix(dimensions, 0)); }),
                 "expected at least one sample"));
  CHECK(error_text<bv::ArgumentError>([&] { (void)bv::collapse_report(model, data().samples, {.beta = 1.0}); }) ==
        "collapse_report: options: expected spectrum and beta, or neither, got beta alone");
  CHECK(contains(error_text<bv::ArgumentError>(
                     [&] { (void)bv::collapse_report(model, data().samples, {.spectrum = spectrum(), .beta = -1.0}); }),
                 "beta: expected a finite number of at least 0"));
  CHECK(contains(error_text<bv::ArgumentError>([&] { (void)bv::collapse_report(model, data().samples, {.flat = -1}); }),
                 "flat"));
}

TEST_CASE("A report writes one line a latent", "[analysis]") {
  const auto report = bv::collapse_report(optimal_model(3), data().samples, {.threads = 1});
  const std::string csv = report.csv();
  CHECK(contains(csv, "latent,rate,mean_variance,active,predicted\n0,0.3"));
  CHECK(contains(csv, ",0,\n"));
  CHECK(std::count(csv.begin(), csv.end(), '\n') == 1 + latents);
  CHECK(contains(fmt::format("{}", report), "active 2/4, rate "));
  CHECK(
      fmt::format("{}", report.findings.at(0)) ==
      "2 of 4 latents have collapsed: this is how a code finds its size, and harmless; lower beta if more detail is to "
      "be kept");
}
