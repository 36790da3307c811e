// SPDX-License-Identifier: MIT
// The rate–distortion curve of a family of models, the price between its points, and the β that a wanted rate takes.
#include <betavae/analysis/rate_distortion.hpp>

#include "claims/claim.hpp"
#include "claims/images.hpp"
#include "claims/linear_optimum.hpp"

#include <algorithm>
#include <cmath>

namespace bv = betavae;

namespace {

/// Shannon's reverse water-filling: the rate at which Gaussian directions of these variances are told at price β for noise η².
double water_filling_rate(const std::vector<double>& variances, double beta, double noise) {
  double rate = 0;
  for (const double variance : variances) {
    rate += std::max(0.0, 0.5 * std::log(variance / (beta * noise)));
  }
  return rate;
}

/// Trained linear models beside Shannon's curve, which is theirs.
void compare_with_shannon(claims::Claim& claim, const claims::Settings& settings) {
  const std::vector<double> variances = {8, 4, 2, 1, 0.5};
  constexpr double noise = 0.1;
  const std::vector<double> betas = {0.5, 1, 2.5, 7, 14, 28, 56};
  const bv::Matrix<double> points = claims::exact_points(variances, settings.at_most(5000, 200), settings.seed);
  bv::Vae model{bv::dense_encoder<double, 5, 5>({.seed = settings.seed}),
                bv::dense_decoder<double, 5, 5>({.seed = settings.seed}), bv::Gaussian{std::sqrt(noise)}};
  const bv::FitOptions fit{.epochs = settings.at_most(100, 1),
                           .batch = 100,
                           .learning_rate = 1e-2,
                           .seed = settings.seed,
                           .schedule = bv::cosine_decay()};
  const bv::RateDistortionCurve curve =
      bv::rate_distortion_curve(model, points, betas, {.fit = fit}, {.draws = 20, .information_samples = 1});
  bv::ChartSeries trained{.name = "trained"};
  bv::ChartSeries shannon{.name = "Shannon"};
  double worst = 0;
  for (const auto& point : curve.points) {
    const double exact = water_filling_rate(variances, point.beta, noise);
    worst = std::max(worst, std::abs(point.rate - exact));
    trained.points.push_back({point.beta, point.rate});
    shannon.points.push_back({point.beta, exact});
  }
  claim.verdict.check("trained linear models beside reverse water-filling: the largest difference of rates",
                      "0 nats, within 0.05", fmt::format("{:.3f} nats", worst), worst < 0.05);
  claim.page
      .text(
          "Linear models of Gaussian points: the rate of those that were trained, and Shannon's reverse water-filling.")
      .add(bv::LineChart{.x = {"β", "", true}, .y = {"rate", "nats"}, .series = {shannon, trained}});
}

void show(claims::Claim& claim, const claims::Settings& settings) {
  const bv::ImageSet images = claims::read_images(settings, "train", settings.at_most(60000, 1000));
  const std::vector<double> betas = {0.5, 1, 2, 4, 8, 16, 32, 64};
  bv::Vae model{bv::dense_encoder<784, 400, 20>({.seed = settings.seed}),
                bv::dense_decoder<20, 400, 784>({.seed = settings.seed}), bv::Bernoulli{}};
  const bv::FitOptions fit{
      .epochs = settings.at_most(5, 1), .batch = 128, .seed = settings.seed, .schedule = bv::cosine_decay()};
  claim.say("Training 784-400-20 at {} β on {} images of Fashion-MNIST, {} epochs each after as many at the lowest.",
            betas.size(), images.count, fit.epochs);
  const bv::ModelFamily family = bv::train_family(model, images, betas, {.fit = fit});
  const bv::RateDistortionCurve curve = bv::rate_distortion_curve(family, images);
  claim.say("{}", curve);

  bv::ChartSeries measured{.name = "trained models"};
  bv::ChartSeries lower{.name = "the lower β of the two", .line = false};
  bv::ChartSeries slopes{.name = "−ΔD/ΔR", .line = false};
  bv::ChartSeries upper{.name = "the higher β", .line = false};
  bv::ChartSeries information{.name = "I(x; z)"};
  bv::ChartSeries rates{.name = "rate"};
  const auto check = [&](std::string_view what, std::size_t steps, bool bv::RateDistortionStep::*holds) {
    const auto last = curve.steps.begin() + static_cast<std::ptrdiff_t>(steps);
    const auto count = std::count_if(curve.steps.begin(), last, [&](const auto& s) { return s.*holds; });
    claim.verdict.check(fmt::format("on the training data, within two standard errors: {}", what),
                        fmt::format("{} of {}", steps, steps), fmt::format("{} of {}", count, steps),
                        static_cast<std::size_t>(count) == steps);
  };
  const std::size_t steps = curve.steps.size();
  check("steps to the next β whose slope −ΔD/ΔR lies between the two", steps, &bv::RateDistortionStep::has_price);
  check("steps at which the rate falls and the distortion rises", steps, &bv::RateDistortionStep::falls);
  check("points between two others that lie below their line", steps - 1, &bv::RateDistortionStep::is_convex);
  for (std::size_t i = 0; i < curve.points.size(); ++i) {
    const auto& point = curve.points[i];
    measured.points.push_back({point.rate, point.distortion, fmt::format("β = {}", point.beta)});
    rates.points.push_back({point.beta, point.rate});
    information.points.push_back({point.beta, point.mutual_information});
    if (i < curve.steps.size()) {
      const double middle = std::sqrt(point.beta * curve.points[i + 1].beta);
      lower.points.push_back({middle, point.beta});
      slopes.points.push_back({middle, curve.steps[i].slope});
      upper.points.push_back({middle, curve.points[i + 1].beta});
    }
  }
  claim.page
      .text(
          "Each point is one model, trained in one of two chains from low to high β; the curve falls by about β nats "
          "of distortion for one more nat of rate.")
      .add(bv::LineChart{.x = {"rate", "nats"}, .y = {"distortion", "nats"}, .series = {measured}})
      .text("What one more nat of rate saves, between neighbours: it should lie between their two β.")
      .add(bv::LineChart{.x = {"β", "", true}, .y = {"nats per nat", "", true}, .series = {lower, slopes, upper}})
      .text("Of the rate, I(x; z) tells of the image; the rest is how far all codes together are from the prior.")
      .add(bv::LineChart{.x = {"β", "", true}, .y = {"of an image", "nats"}, .series = {rates, information}});

  // The curve read backwards: a β for a wanted rate, and a model that goes on from its neighbour below to there.
  const double wanted = settings.quick ? curve.points[1].rate : 10;
  const double beta = curve.beta_for_rate(wanted);
  const auto above = std::upper_bound(betas.begin(), betas.end(), beta);
  auto asked = family.models[static_cast<std::size_t>(above - betas.begin()) - 1];
  bv::fit(asked, images, bv::BetaElbo{beta}, fit);
  const double reached = bv::evaluate(asked, images).rate;
  claim.verdict.check(
      fmt::format("the curve reads β = {:.3f} for a rate; the rate of a model trained there, to 5 %", beta),
      fmt::format("{:.1f} nats", wanted), fmt::format("{:.2f} nats", reached),
      std::abs(reached - wanted) < 0.05 * wanted);
  compare_with_shannon(claim, settings);
}

}  // namespace

int main(int argc, char** argv) {
  return claims::run(
      argc, argv,
      {.number = 8,
       .title = "Rate, distortion, and the price between them",
       .theory = "A model that is optimal at its β cannot be beaten there by its neighbours. So distortion is a convex "
                 "function of the rate that falls, and between two β one more nat of rate saves at least the lower and "
                 "at most the higher of them."},
      show);
}
