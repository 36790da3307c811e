// SPDX-License-Identifier: MIT
// Before any training, from the data alone: the β beyond which nothing is learned, and how many latents live below it.
#include <betavae/analysis/model_family.hpp>
#include <betavae/analysis/price_spectrum.hpp>
#include <betavae/vae/likelihood/poisson.hpp>

#include "claims/claim.hpp"
#include "claims/images.hpp"
#include "claims/linear_optimum.hpp"
#include "claims/normals.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <tuple>

namespace bv = betavae;

namespace {

/// What is trained at a β between two neighbouring prices, of which the first so many are above it.
struct Plan {
  std::string name;
  std::vector<bv::Index> predicted;  ///< descending, so that β ascends
  bv::Index tolerance;               ///< by how many latents the forecast may be off: 0 where the theory is exact
  bv::FamilyOptions training;
};

/// The forecast as a curve over β that falls by one at each price, from the highest count that was trained.
bv::ChartSeries staircase(const bv::PriceSpectrum& spectrum, bv::Index highest, double last) {
  bv::ChartSeries steps{.name = "predicted: prices above β", .markers = false};
  for (bv::Index k = highest; k >= 0; --k) {
    const auto place = static_cast<std::size_t>(k);
    const double low = spectrum.prices.at(place);
    const double high = k > 0 ? spectrum.prices.at(place - 1) : last;
    steps.points.push_back({low, static_cast<double>(k)});
    steps.points.push_back({std::max(low, high), static_cast<double>(k)});
  }
  return steps;
}

/// Predicts, trains, and compares: the number of active latents over β, and on both sides of the largest price what becomes of a model
/// that has collapsed.
template <class Model, class Data>
void forecast(claims::Claim& claim, const bv::PriceSpectrum& spectrum, const Model& model, const Data& data,
              const Plan& plan) {
  claim.say("{}: {}", plan.name, spectrum);
  const double largest = spectrum.collapse_price();
  std::vector<double> betas;
  for (const bv::Index count : plan.predicted) {
    const auto above = static_cast<std::size_t>(count);
    betas.push_back(std::sqrt(spectrum.prices.at(above - 1) * spectrum.prices.at(above)));
  }
  betas.push_back(1.25 * largest);
  const auto family = bv::train_family(model, data, betas, plan.training);

  bv::ChartSeries observed{.name = "observed: active latents", .line = false};
  bv::Index right = 0;
  std::string found;
  for (std::size_t i = 0; i < betas.size(); ++i) {
    const bv::Evaluation at = bv::evaluate(family.models[i], data);
    const bv::Index predicted = spectrum.predicted_active(betas[i]);
    right += std::abs(at.active - predicted) <= plan.tolerance ? 1 : 0;
    claim.say("  β {:.2f}: predicted {}, active {}, rate {:.3f} nats", betas[i], predicted, at.active, at.rate);
    observed.points.push_back({betas[i], static_cast<double>(at.active), fmt::format("{}", at.active)});
    found += fmt::format("{}{}", i == 0 ? "" : ", ", at.active);
  }
  // The collapsed model, put to prices below and above the largest: each begins with it.
  const auto nudged = bv::train_family(family.models.back(), data, {0.8 * largest, 1.25 * largest},
                                       {.fit = plan.training.fit, .chains = 2, .warm_up = 0});
  const double below = bv::evaluate(nudged.models[0], data).rate;
  const double above = bv::evaluate(nudged.models[1], data).rate;

  std::string theory;
  for (const double beta : betas) {
    theory += fmt::format("{}{}", theory.empty() ? "" : ", ", spectrum.predicted_active(beta));
  }
  claim.verdict.check(
      fmt::format("{}: begun collapsed, rates at 0.8 and 1.25 of the largest price, {:.1f}", plan.name, largest),
      "above and below 0.01 nats", fmt::format("{:.3f} and {:.4f} nats", below, above), below > 0.01 && above < 0.01);
  claim.verdict.check(fmt::format("{}: active latents at {} β", plan.name, betas.size()),
                      theory + (plan.tolerance > 0 ? fmt::format(", each ± {}", plan.tolerance) : ""), found,
                      right == static_cast<bv::Index>(betas.size()));
  std::string prices;
  for (std::size_t i = 0; i < std::min<std::size_t>(spectrum.prices.size(), 8); ++i) {
    prices += fmt::format("{}{:.1f}", i == 0 ? "" : ", ", spectrum.prices[i]);
  }
  claim.page.text(fmt::format("{}: the largest prices are {}.", plan.name, prices))
      .add(bv::LineChart{.x = {"β", "", true},
                         .y = {"latents"},
                         .series = {staircase(spectrum, plan.predicted.front(), betas.back()), observed}});
}

/// Counts of twelve kinds of events, whose rates follow three factors, the first one the strongest.
bv::Matrix<double> simulated_counts(bv::Index samples, std::uint64_t seed) {
  constexpr bv::Index kinds = 12;
  const bv::Matrix<double> factors = claims::normals(3, samples, seed);
  bv::Matrix<double> patterns(kinds, 3);
  for (bv::Index i = 0; i < kinds; ++i) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(i) / kinds;
    patterns.row(i) << 0.5 * std::sin(angle), 0.3 * std::cos(angle), 0.2 * std::sin(2 * angle);
  }
  const bv::Matrix<double> log_rates = (patterns * factors).array() + std::log(8.0);
  return bv::Poisson{}.sample(log_rates, bv::Random(seed, bv::Stream::likelihood));
}

void show(claims::Claim& claim, const claims::Settings& settings) {
  const std::uint64_t seed = settings.seed;
  const bv::ImageSet images = claims::read_images(settings, "train", settings.at_most(60000, 1000));
  const bv::Vae of_images{bv::dense_encoder<784, 400, 20>({.seed = seed}),
                          bv::dense_decoder<20, 400, 784>({.seed = seed}), bv::Bernoulli{}};
  claim.page.text(
      "For each kind of data: the number of prices above β, known before training, and the latents that are active "
      "after it. Models are trained between two prices, and at 1.25 of the largest.");
  forecast(claim, bv::price_spectrum(bv::Bernoulli{}, images), of_images, images,
           {.name = "Fashion-MNIST, Bernoulli",
            .predicted = {12, 8, 5, 3, 2, 1},
            .tolerance = 1,
            // In two chains, for images take more epochs than there is time for at each β alone.
            .training = {.fit = {.epochs = settings.at_most(4, 1), .seed = seed, .schedule = bv::cosine_decay()}}});

  // Linear decoder, exact theory: ζ²/η² of each axis.
  const std::vector<double> variances = {8, 4, 2, 1, 0.5};
  constexpr double noise = 0.1;
  const bv::Matrix<double> points = claims::exact_points(variances, settings.at_most(5000, 200), seed);
  // As many chains as β: each model begins anew, untouched by the others.
  const bv::FamilyOptions of_simulated{.fit = {.epochs = settings.at_most(60, 1),
                                               .batch = 100,
                                               .learning_rate = 1e-2,
                                               .seed = seed,
                                               .schedule = bv::cosine_decay()},
                                       .chains = 5,
                                       .warm_up = 0};
  const bv::Gaussian likelihood{std::sqrt(noise)};
  const bv::Vae linear{bv::dense_encoder<double, 5, 5>({.seed = seed}), bv::dense_decoder<double, 5, 5>({.seed = seed}),
                       likelihood};
  const bv::PriceSpectrum exact = bv::price_spectrum(likelihood, points);
  forecast(
      claim, exact, linear, points,
      {.name = "Gaussian points, linear model", .predicted = {4, 3, 2, 1}, .tolerance = 0, .training = of_simulated});
  double worst = 0;
  for (std::size_t i = 0; i < variances.size(); ++i) {
    worst = std::max(worst, std::abs(exact.prices[i] - variances[i] / noise));
  }
  claim.verdict.check_exact("Gaussian points: prices beside ζ²/η²", "no difference, to 1e-9",
                            fmt::format("{:.1e}", worst), worst < 1e-9);

  bv::Vae of_counts{bv::dense_encoder<double, 12, 32, 6>({.seed = seed}),
                    bv::dense_decoder<double, 6, 12>({.seed = seed}), bv::Poisson{}};
  // Counts are no numbers near 1, and what the encoder would make of them at first is far from the prior: it begins there instead.
  auto& last = std::get<1>(of_counts.encoder.network.layers);
  last.weight.value().setZero();
  last.bias.value().setZero();
  const bv::Matrix<double> counts = simulated_counts(settings.at_most(5000, 200), seed);
  forecast(claim, bv::price_spectrum(bv::Poisson{}, counts), of_counts, counts,
           {.name = "Simulated counts, Poisson", .predicted = {3, 2, 1}, .tolerance = 0, .training = of_simulated});
}

}  // namespace

int main(int argc, char** argv) {
  return claims::run(
      argc, argv,
      {.number = 9,
       .title = "The spectrum of prices",
       .theory = "Let the decoder give the best constant. Its scores, whitened by their Fisher information, have a "
                 "covariance whose eigenvalues are prices: a code that has collapsed stays so while β exceeds the "
                 "largest of them, and leaves collapse below it. The number of prices above β is the number of latents "
                 "that live in a linear model, and a forecast for others."},
      show);
}
