// SPDX-License-Identifier: MIT
// What the rate is made of: what the code tells of its sample, how its dimensions depend on each other, and how far each of them is from
// the prior.
#include <betavae/analysis/model_family.hpp>
#include <betavae/analysis/rate_split.hpp>

#include "claims/claim.hpp"
#include "claims/images.hpp"
#include "claims/linear_optimum.hpp"
#include "claims/normals.hpp"

#include <cmath>
#include <tuple>

namespace bv = betavae;

namespace {

/// A model that nobody trained, with q(z|x) = N(x, variance): what it does to Gaussian data is known in closed form.
template <int Latents>
auto channel(double variance) {
  bv::Vae model{bv::dense_encoder<double, Latents, Latents>(), bv::dense_decoder<double, Latents, Latents>(),
                bv::Gaussian{}};
  auto& layer = std::get<0>(model.encoder.network.layers);
  layer.weight.value().setZero();
  layer.weight.value().template topRows<Latents>().setIdentity();
  layer.bias.value().setZero();
  layer.bias.value().template bottomRows<Latents>().setConstant(claims::before_the_bound(std::log(variance)));
  return model;
}

/// Codes that are N(0, 1) and tell this much of their x: I(x; z) = rate = −½ ln variance.
bv::RateSplit split_of_channel(double information, bv::Index samples, std::uint64_t seed) {
  const double variance = std::exp(-2 * information);
  return bv::rate_split(channel<1>(variance), std::sqrt(1 - variance) * claims::normals(1, samples, seed),
                        {.seed = seed});
}

void measure_known_information(claims::Claim& claim, const claims::Settings& settings) {
  const bv::Index runs = settings.at_most(40, 2);
  const bv::Index samples = settings.at_most(4000, 200);
  bv::Index inside = 0;
  for (bv::Index run = 0; run < runs; ++run) {
    const bv::RateSplit split = split_of_channel(1, samples, settings.seed + static_cast<std::uint64_t>(run));
    inside += std::abs(split.mutual_information - 1) < 2 * split.mutual_information_error ? 1 : 0;
  }
  // 95 % of 40 are 38, with a standard deviation of 1.4.
  const bv::Index least = runs * 34 / 40;
  claim.verdict.check("runs of a Gaussian channel of 1 nat that find it within two standard errors",
                      fmt::format("95 % of {}, at least {}", runs, least), fmt::format("{} of {}", inside, runs),
                      inside >= least);

  bv::ChartSeries truth{.name = "I(x; z) of the channel"};
  bv::ChartSeries measured{.name = "measured"};
  bv::ChartSeries limit{.name = "ln N"};
  const bv::Index few = settings.at_most(500, 100);
  for (double information = 0.5; information <= 7.5; information += 0.5) {
    const bv::RateSplit split = split_of_channel(information, few, settings.seed);
    truth.points.push_back({information, information});
    measured.points.push_back({information, split.mutual_information});
    limit.points.push_back({information, split.information_limit});
  }
  claim.page
      .text(fmt::format(
          "A Gaussian channel tells a known number of nats. {} samples can tell of no more than ln {} = {:.1f}: beyond "
          "some half of that, what they show of I(x; z) is a lower bound, and what is missing counts as divergence.",
          few, few, std::log(static_cast<double>(few))))
      .add(bv::LineChart{
          .x = {"I(x; z) of the channel", "nats"}, .y = {"I(x; z)", "nats"}, .series = {truth, measured, limit}});
}

/// Codes N(0, Σ) with correlation ρ between two dimensions, each of which is N(0, 1) by itself: all of KL(q(z) ‖ p(z)) is dependence.
void measure_known_correlation(claims::Claim& claim, const claims::Settings& settings) {
  constexpr double correlation = 0.9;
  constexpr double variance = 0.05;
  Eigen::Matrix2d axes;
  axes.col(0).setConstant(std::sqrt((1 + correlation - variance) / 2));
  axes.col(1) << std::sqrt((1 - correlation - variance) / 2), -std::sqrt((1 - correlation - variance) / 2);
  const bv::Matrix<double> means = axes * claims::normals(2, settings.at_most(6000, 300), settings.seed);
  const bv::RateSplit split = bv::rate_split(channel<2>(variance), means, {.seed = settings.seed});
  claim.say("Two dimensions of correlation 0.9: {}", split);
  // ln q̂(z) is too great by χ²/2N, which the split tells; the single dimensions' part of it is smaller.
  const double truth = -0.5 * std::log1p(-correlation * correlation);
  const double tolerance = 2 * split.total_correlation_error + split.information_bias;
  claim.verdict.check("total correlation of two dimensions of correlation 0.9, in nats",
                      fmt::format("−½ ln 0.19 = {:.3f}, within two errors and χ²/2N, {:.3f}", truth, tolerance),
                      fmt::format("{:.3f} ± {:.3f}", split.total_correlation, split.total_correlation_error),
                      std::abs(split.total_correlation - truth) < tolerance);
}

/// Trained models over β, measured on images that they have not seen.
void split_fashion(claims::Claim& claim, const claims::Settings& settings) {
  const bv::ImageSet images = claims::read_images(settings, "train", settings.at_most(60000, 1000));
  const bv::ImageSet test = claims::read_images(settings, "t10k", settings.at_most(4000, 200));
  const std::vector<double> betas = {0.1, 1, 4, 10, 30, 60};
  const bv::Vae model{bv::dense_encoder<784, 400, 20>({.seed = settings.seed}),
                      bv::dense_decoder<20, 400, 784>({.seed = settings.seed}), bv::Bernoulli{}};
  const bv::FitOptions fit{.epochs = settings.at_most(4, 1), .seed = settings.seed, .schedule = bv::cosine_decay()};
  claim.say("Training 784-400-20 at {} β on {} images of Fashion-MNIST, {} epochs each.", betas.size(), images.count,
            fit.epochs);
  const auto family = bv::train_family(model, images, betas, {.fit = fit});

  bv::ReportTable table{
      .caption = fmt::format("On {} test images, whose ln N is {:.2f} nats.", test.count,
                             std::log(static_cast<double>(test.count))),
      .columns = {{"β"}, {"rate, nats"}, {"I(x; z)"}, {"total correlation"}, {"dimension-wise"}, {"sum of the three"}}};
  bv::ChartSeries rate{.name = "rate"};
  bv::ChartSeries information{.name = "I(x; z)"};
  bv::ChartSeries correlation{.name = "total correlation"};
  bv::ChartSeries dimension_wise{.name = "dimension-wise"};
  bv::ChartSeries limit{.name = "ln N", .markers = false};
  std::size_t sums = 0;
  std::size_t bounded = 0;
  for (std::size_t i = 0; i < betas.size(); ++i) {
    const bv::RateSplit split = bv::rate_split(family.models[i], test, {.seed = settings.seed});
    // The same two parts before anything keeps them from falling below zero, and the rate in closed form, without draws.
    const bv::AggregatePosterior parts =
        bv::aggregate_posterior_divergence(family.models[i], test, {.seed = settings.seed + 1});
    const double closed_form = bv::evaluate(family.models[i], test).rate;
    const double sum = split.mutual_information + split.total_correlation + split.dimension_wise;
    sums += std::abs(sum - closed_form) < 2 * split.rate_error ? 1 : 0;
    bounded +=
        parts.mutual_information <= parts.information_limit + 1e-9 && parts.divergence > -2 * parts.divergence_error
            ? 1
            : 0;
    claim.say("β {}: {}", betas[i], split);
    rate.points.push_back({betas[i], closed_form});
    information.points.push_back({betas[i], split.mutual_information});
    correlation.points.push_back({betas[i], split.total_correlation});
    dimension_wise.points.push_back({betas[i], split.dimension_wise});
    limit.points.push_back({betas[i], split.information_limit});
    const auto cell = [](double nats, double error) { return fmt::format("{:.2f} ± {:.2f}", nats, error); };
    table.rows.push_back({fmt::format("{}", betas[i]), fmt::format("{:.2f}", closed_form),
                          cell(split.mutual_information, split.mutual_information_error),
                          cell(split.total_correlation, split.total_correlation_error),
                          cell(split.dimension_wise, split.dimension_wise_error), cell(sum, split.rate_error)});
  }
  const auto check = [&](std::string_view what, std::size_t count) {
    claim.verdict.check_exact(fmt::format("Fashion-MNIST: β at which {}", what),
                              fmt::format("{} of {}, within two errors", betas.size(), betas.size()),
                              fmt::format("{} of {}", count, betas.size()), count == betas.size());
  };
  check("the three parts add up to the rate in closed form", sums);
  check("I(x; z) ≤ ln N, and the divergence is not negative", bounded);
  claim.page
      .text(
          "Models of Fashion-MNIST over β, and what their rates are made of. Where the rate is above ln N, I(x; z) "
          "cannot follow it, and most of the divergence is there because the images are few.")
      .add(bv::LineChart{
          .x = {"β", "", true}, .y = {"", "nats"}, .series = {rate, information, correlation, dimension_wise, limit}})
      .add(table);
}

void show(claims::Claim& claim, const claims::Settings& settings) {
  measure_known_information(claim, settings);
  measure_known_correlation(claim, settings);
  split_fashion(claim, settings);
}

}  // namespace

int main(int argc, char** argv) {
  return claims::run(
      argc, argv,
      {.number = 10,
       .title = "What the rate is made of",
       .theory =
           "The rate is what the code tells of its sample, I(x; z), and how far the codes of all samples together "
           "are from the prior. The latter is how much the dimensions depend on each other (total correlation), "
           "and how far each of them by itself is from the prior. None of the three is negative, and N samples "
           "can tell of no more than ln N."},
      show);
}
