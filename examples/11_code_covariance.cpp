// SPDX-License-Identifier: MIT
// The covariance of the codes and its two parts, what β does to its off-diagonal entries, and a test whether training has converged.
#include <betavae/analysis/code_covariance.hpp>

#include "claims/claim.hpp"
#include "claims/images.hpp"
#include "claims/linear_optimum.hpp"
#include "claims/side_by_side.hpp"

#include <bit>
#include <cmath>
#include <numbers>

namespace bv = betavae;

namespace {

/// How far from 0 and 1 E[z] and E[z²] may be where training has converged: the tolerance of bv::Stationarity.
constexpr double tolerance = 0.05;

struct Trained {
  double beta = 0;
  std::vector<bv::ChartPoint> distances = {};  ///< of E[z] and E[z²] from 0 and 1, after 1, 2, 4, … epochs
  std::vector<bv::ChartPoint> masses = {};     ///< off the diagonal of Cov[z], after as many
  bv::CodeCovariance covariance = {};          ///< at the end
};

Trained train(double beta, const bv::ImageSet& images, const claims::Settings& settings) {
  Trained result{.beta = beta};
  bv::Vae model{bv::dense_encoder<784, 100, 20>({.seed = settings.seed}),
                bv::dense_decoder<20, 100, 784>({.seed = settings.seed}), bv::Bernoulli{}};
  const auto measure = [&](const bv::Epoch& epoch) {
    if (std::has_single_bit(static_cast<std::size_t>(epoch.epoch))) {
      // Draws of their own for each β: the checks below count over all of them.
      result.covariance = bv::code_covariance(
          model, images, {.seed = settings.seed + static_cast<std::uint64_t>(100 * beta), .threads = 1});
      result.masses.push_back({static_cast<double>(epoch.epoch), bv::off_diagonal_mass(result.covariance.total())});
      result.distances.push_back({static_cast<double>(epoch.epoch), result.covariance.stationarity(tolerance).worst()});
    }
    return true;
  };
  bv::fit(model, images, bv::BetaElbo{beta},
          {.epochs = settings.at_most(64, 2),
           .batch = 64,
           .learning_rate = 3e-3,
           .seed = settings.seed,
           .schedule = bv::cosine_decay(),
           .threads = 1,
           .on_epoch = measure});
  return result;
}

/// What shifting codes by −E[z] and scaling them by 1/√Var[z] would save of the rate, in nats, the decoder's first layer following so that
/// nothing else changes: 0 where training has converged.
double nats_given_away(const bv::CodeCovariance& c) {
  const std::vector<double> square = c.z_mean_square();
  double nats = 0;
  for (std::size_t j = 0; j < square.size(); ++j) {
    const double variance = square[j] - c.z_mean[j] * c.z_mean[j];
    nats += 0.5 * (square[j] - 1 - std::log(variance));
  }
  return nats;
}

/// Of all entries, on the diagonal and above it, how many are within two standard errors of the sum of the parts.
void check_the_law(claims::Claim& claim, const std::vector<Trained>& family) {
  double inside = 0;
  double entries = 0;
  double worst = 0;
  for (const Trained& trained : family) {
    const bv::CodeCovariance& c = trained.covariance;
    const bv::Matrix<double> off = (c.sampled - c.total()).cwiseAbs();
    for (bv::Index j = 0; j < off.rows(); ++j) {
      for (bv::Index i = 0; i <= j; ++i) {
        inside += off(i, j) <= 2 * c.error(i, j) ? 1 : 0;
        entries += 1;
      }
    }
    worst = std::max(worst, c.worst_deviation());
  }
  // A normal number is within two standard deviations of its mean with probability erf(√2).
  const double expected = std::erf(std::numbers::sqrt2);
  const double error = std::sqrt(expected * (1 - expected) / entries);
  claim.verdict.check(
      "entries of the sampled covariance within two standard errors of E[σ²] + Cov[μ], ± 2 errors of the count",
      fmt::format("{:.1f} ± {:.1f} %", 100 * expected, 200 * error), fmt::format("{:.1f} %", 100 * inside / entries),
      std::abs(inside / entries - expected) <= 2 * error);
  // Of so many normal numbers one is beyond this with a probability of 1 %, about.
  double bound = 3;
  while (entries * std::erfc(bound / std::numbers::sqrt2) > 0.01) {
    bound += 0.1;
  }
  claim.verdict.check(fmt::format("the farthest of these {:.0f} entries, in standard errors", entries),
                      fmt::format("below {:.1f}", bound), fmt::format("{:.1f}", worst), worst < bound);
}

void check_stationarity(claims::Claim& claim, const std::vector<Trained>& family) {
  std::size_t converged = 0;
  bv::LineChart chart{.caption = "Each line is one training, at a learning rate that falls to 0.",
                      .x = {"epochs", "", true},
                      .y = {"distance from 0 and 1", "", true}};
  bv::ReportTable table{
      .caption =
          "What shifting and scaling the codes would save of the rate, the decoder's first layer following: "
          "nothing else would change, so these nats are given away.",
      .columns = {{"β"}, {"farthest E[z] from 0, or E[z²] from 1"}, {"nats given away"}}};
  bv::ChartSeries line{.name = "tolerance", .markers = false};
  for (const bv::ChartPoint& point : family.front().distances) {
    line.points.push_back({point.x, tolerance});
  }
  for (const Trained& trained : family) {
    table.rows.push_back({fmt::format("{}", trained.beta), fmt::format("{:.3f}", trained.distances.back().y),
                          fmt::format("{:.3f}", nats_given_away(trained.covariance))});
    converged += trained.covariance.stationarity(tolerance).converged() ? 1 : 0;
    chart.series.push_back({.name = fmt::format("β = {}", trained.beta), .points = trained.distances});
  }
  chart.series.push_back(line);
  claim.verdict.check(fmt::format("trainings at whose end each E[z] is within {} of 0, and each E[z²] of 1", tolerance),
                      fmt::format("{} of {}", family.size(), family.size()),
                      fmt::format("{} of {}", converged, family.size()), converged == family.size());
  claim.page
      .text(
          "Has training converged? Wherever the gradient is zero, each latent has E[z] = 0 and E[z²] = 1 over data "
          "and noise, at every β: here is how far the worst latent is from that, during training. Where it does not "
          "come down to 0 training has not ended, however flat its loss.")
      .add(chart)
      .add(table);
}

void check_trend(claims::Claim& claim, const std::vector<Trained>& family) {
  bv::ChartSeries whole{.name = "Cov[z]"};
  bv::ChartSeries between{.name = "Cov[μ]"};
  bv::ReportTable table{
      .caption = "Latents: those whose mean has a variance above 0.01. Traces are sums over 20 latents.",
      .columns = {{"β"},
                  {"latents"},
                  {"tr E[σ²]"},
                  {"tr Cov[μ]"},
                  {"tr Cov[z]"},
                  {"off-diagonal, Cov[μ]"},
                  {"off-diagonal, Cov[z]"}}};
  bv::LineChart in_training{.caption = "Off-diagonal mass of Cov[z] during training.",
                            .x = {"epochs", "", true},
                            .y = {"off-diagonal mass", "", true}};
  std::size_t falls = 0;
  for (const Trained& trained : family) {
    const bv::CodeCovariance& c = trained.covariance;
    const double mass = bv::off_diagonal_mass(c.total());
    in_training.series.push_back({.name = fmt::format("β = {}", trained.beta), .points = trained.masses});
    falls += !whole.points.empty() && mass < whole.points.back().y ? 1 : 0;
    whole.points.push_back({trained.beta, mass});
    between.points.push_back({trained.beta, bv::off_diagonal_mass(c.between)});
    table.rows.push_back({fmt::format("{}", trained.beta),
                          fmt::format("{}", (c.between.diagonal().array() > bv::active_variance).count()),
                          fmt::format("{:.2f}", c.within.trace()), fmt::format("{:.2f}", c.between.trace()),
                          fmt::format("{:.2f}", c.total().trace()), fmt::format("{:.4f}", between.points.back().y),
                          fmt::format("{:.4f}", mass)});
    claim.say("β = {}: {}", trained.beta, c);
  }
  claim.verdict.check("steps to the next β at which the off-diagonal mass of Cov[z] falls",
                      fmt::format("{} of {}", family.size() - 1, family.size() - 1),
                      fmt::format("{} of {}", falls, family.size() - 1), falls == family.size() - 1);
  claim.page
      .text(
          "Cov[z] = E[σ²] + Cov[μ]: as β grows, variance moves from the second part, what the means tell apart, to "
          "the first, noise. Their sum tends to the prior's, 20 for 20 latents.")
      .add(table)
      .text(
          "Off-diagonal mass is the part of a matrix's squares that is not on its diagonal. That it shrinks as β "
          "grows is no theorem: at the optimum of a linear model Cov[z] is the identity at every β.")
      .add(bv::LineChart{.x = {"β", "", true}, .y = {"off-diagonal mass", ""}, .series = {between, whole}})
      .text("Much of it is a matter of training, too: it falls as training goes on.")
      .add(in_training);
}

/// Where the theory is exact: at the optimum of the linear model, Cov[z] = I, and latent j's noise is βη²/ζⱼ².
void check_linear_model(claims::Claim& claim, const claims::Settings& settings) {
  const std::vector<double> variances = {8, 4, 2, 1, 0.5};
  constexpr double sigma = 0.5;
  const bv::Matrix<double> points = claims::exact_points(variances, 2000, settings.seed);
  const bv::Matrix<double> identity = bv::Matrix<double>::Identity(4, 4);
  double from_identity = 0;
  double from_noise = 0;
  for (const double beta : {0.5, 2.0, 6.0, 12.0, 24.0, 48.0}) {
    const auto model = claims::optimal_linear_model<5, 4>(variances, beta, sigma);
    const bv::CodeCovariance c = bv::code_covariance(model, points);
    from_identity = std::max(from_identity, (c.total() - identity).cwiseAbs().maxCoeff());
    for (bv::Index j = 0; j < 4; ++j) {
      const double exact = claims::optimal_posterior_variance(variances[static_cast<std::size_t>(j)], beta, sigma);
      from_noise = std::max(from_noise, std::abs(c.within(j, j) - exact));
    }
  }
  claim.verdict.check_exact("optimum of the linear model, 6 β: the largest entry of Cov[z] − I, to 1e-6", "0",
                            fmt::format("{:.0e}", from_identity), from_identity < 1e-6);
  claim.verdict.check_exact("the same: the largest difference of E[σⱼ²] from βη²/ζⱼ², or 1, to 1e-6", "0",
                            fmt::format("{:.0e}", from_noise), from_noise < 1e-6);

  const std::vector<double> betas = {2, 6, 24};
  std::vector<double> distances(betas.size());
  claims::side_by_side(betas.size(), [&](std::size_t i) {
    bv::Vae model{bv::dense_encoder<double, 5, 4>({.seed = settings.seed}),
                  bv::dense_decoder<double, 4, 5>({.seed = settings.seed}), bv::Gaussian{sigma}};
    bv::fit(model, points, bv::BetaElbo{betas[i]},
            {.epochs = settings.at_most(200, 2),
             .batch = 100,
             .learning_rate = 3e-2,
             .seed = settings.seed,
             .schedule = bv::cosine_decay(),
             .threads = 1});
    distances[i] = (bv::code_covariance(model, points, {.threads = 1}).total() - identity).cwiseAbs().maxCoeff();
  });
  const double worst = *std::max_element(distances.begin(), distances.end());
  claim.verdict.check(fmt::format("trained linear models, 3 β: the largest entry of Cov[z] − I, to {}", tolerance), "0",
                      fmt::format("{:.3f}", worst), worst < tolerance);
}

void show(claims::Claim& claim, const claims::Settings& settings) {
  const bv::ImageSet images = claims::read_images(settings, "train", settings.at_most(10000, 1000));
  const std::vector<double> betas = {0.5, 1, 2, 4, 8, 16, 32};
  claim.say("Training 784-100-20 at {} β on {} images of Fashion-MNIST.", betas.size(), images.count);
  std::vector<Trained> family(betas.size());
  claims::side_by_side(betas.size(), [&](std::size_t i) { family[i] = train(betas[i], images, settings); });
  check_the_law(claim, family);
  check_trend(claim, family);
  check_stationarity(claim, family);
  check_linear_model(claim, settings);
}

}  // namespace

int main(int argc, char** argv) {
  return claims::run(
      argc, argv,
      {.number = 11,
       .title = "The covariance of the codes",
       .theory =
           "Codes scatter for two reasons, the noise of each posterior and the differences between its means: "
           "Cov[z] = E[σ²] + Cov[μ], at every β and after any training. Where training has converged, each latent "
           "has the prior's mean 0 and square 1. That larger β make codes less correlated is often said, and is a "
           "trend to be measured."},
      show);
}
