// SPDX-License-Identifier: MIT
// Which changes of a code's axes cost nothing, to rounding, and what the others cost; and whether two trainings find the same code.
#include <betavae/analysis/align.hpp>
#include <betavae/vae/full_gaussian_encoder.hpp>
#include <betavae/vae/prior/laplace.hpp>

#include "claims/axis_changes.hpp"
#include "claims/claim.hpp"
#include "claims/images.hpp"
#include "claims/side_by_side.hpp"

namespace bv = betavae;

namespace {

namespace axes = claims::axes;
using axes::beta;
using axes::features;
using axes::latents;
using axes::prior_variances;
using axes::sigma;

void show_changes(claims::Claim& claim, const claims::Settings& settings) {
  bv::ReportTable table{
      .caption =
          fmt::format("Rise of distortion + {} · rate, in nats a sample, in double. Models are not trained where "
                      "not said otherwise: what a change of axes costs may then be less than nothing.",
                      beta),
      .columns = {{"prior", false}, {"posterior", false}, {"change", false}, {"theory"}, {"measured"}, {"off by"}}};
  double worst_free = 0;
  double worst_costly = 0;
  for (const axes::Change& row : axes::changes(settings.seed)) {
    const double off = std::abs(row.measured - row.theory) / std::abs(row.loss);
    double& worst = row.is_free ? worst_free : worst_costly;
    worst = std::max(worst, off);
    table.rows.push_back({row.prior, row.posterior, row.what,
                          row.is_free ? std::string("free") : fmt::format("{:.6f}", row.theory),
                          row.is_free ? fmt::format("{:.1e}", row.measured) : fmt::format("{:.6f}", row.measured),
                          fmt::format("{:.0e}", std::abs(row.measured - row.theory))});
    claim.say("  {:8} {:36} {:22} theory {:>9}, measured {}", row.prior, row.posterior, row.what, table.rows.back()[3],
              table.rows.back()[4]);
  }
  claim.verdict.check_exact("changes of axes that are free: the loss changes by, of itself", "0, within 1e-12",
                            fmt::format("{:.0e} at most", worst_free), worst_free < 1e-12);
  claim.verdict.check_exact("changes of axes that are not: the loss is off its exact cost by, of itself",
                            "0, within 1e-12", fmt::format("{:.0e} at most", worst_costly), worst_costly < 1e-12);
  claim.page
      .text(
          "Change the axes of the codes and undo it in the decoder's first layer: distortion stays, and the rate "
          "tells what is free. N(0, Λ) forbids a plain rotation and allows another in its place, so that unequal "
          "variances alone pin no axes.")
      .add(table);
}

/// Trains the same model from several seeds and aligns the codes of all others with those of the first.
template <class MakeModel>
std::vector<bv::Alignment> alignments(const bv::Matrix<double>& points, const bv::Matrix<double>& units,
                                      const claims::Settings& settings, const MakeModel& make_model) {
  const bv::FitOptions fit{
      .epochs = settings.at_most(300, 2), .batch = 100, .learning_rate = 1e-2, .schedule = bv::cosine_decay()};
  std::vector<bv::Matrix<double>> codes(4);
  claims::side_by_side(codes.size(), [&](std::size_t i) {
    bv::FitOptions of_seed = fit;
    of_seed.seed = settings.seed + i;
    of_seed.threads = 1;
    auto model = make_model(of_seed.seed);
    bv::fit(model, points, bv::BetaElbo{beta}, of_seed);
    codes[i] = units.cwiseInverse().col(0).asDiagonal() * model.encode(points).mean;
  });
  std::vector<bv::Alignment> result;
  for (std::size_t i = 1; i < codes.size(); ++i) {
    result.push_back(bv::align(codes[0], codes[i]));
  }
  return result;
}

/// Independent sources, one an axis, that are not Gaussian: a Laplace prior can tell them from mixtures of them.
bv::Matrix<double> laplace_points(bv::Index count, std::uint64_t seed) {
  bv::Matrix<double> points(features, count);
  bv::LaplacePrior{}.sample(bv::MatrixView<double>{points.data(), features, count, features}, bv::Random(seed));
  return Eigen::Matrix<double, features, 1>(4, 2.5, 1.6, 0.1, 0.1).cwiseSqrt().asDiagonal() * points;
}

void show_linear_seeds(claims::Claim& claim, const claims::Settings& settings) {
  const bv::Matrix<double> points = laplace_points(settings.at_most(4000, 400), settings.seed);
  const bv::Matrix<double> ones = bv::Matrix<double>::Ones(latents, 1);
  const bv::Matrix<double> deviations = prior_variances.cwiseSqrt();
  bv::ReportTable table{
      .caption =
          "Share of the variance of one model's codes that another's explain: four linear models of the same "
          "data each, least share of three pairs.",
      .columns = {{"prior", false}, {"posterior", false}, {"as they are"}, {"order and signs"}, {"rotation"}}};
  const auto compare = [&](std::string prior, std::string posterior, bool pinned, const bv::Matrix<double>& units,
                           const auto& make_model) {
    double before = 1;
    double permuted = 1;
    double rotated = 1;
    for (const bv::Alignment& pair : alignments(points, units, settings, make_model)) {
      before = std::min(before, pair.before);
      permuted = std::min(permuted, pair.permuted);
      rotated = std::min(rotated, pair.rotated);
    }
    table.rows.push_back({prior, posterior, fmt::format("{:.3f}", before), fmt::format("{:.3f}", permuted),
                          fmt::format("{:.3f}", rotated)});
    claim.verdict.check(
        fmt::format("linear models of four seeds, prior {}, {} posterior: share explained by order and signs, and by "
                    "rotation",
                    prior, posterior),
        pinned ? "1 and 1, to 0.01" : "below 0.95, and 1 to 0.01", fmt::format("{:.3f} and {:.3f}", permuted, rotated),
        rotated > 0.99 && (pinned ? permuted > 0.99 : permuted < 0.95));
  };
  const auto decoder = [](std::uint64_t seed) { return bv::dense_decoder<double, latents, features>({.seed = seed}); };
  const auto full = [](std::uint64_t seed) {
    return bv::dense_full_encoder<double, features, latents>({.seed = seed});
  };
  compare("N(0, I)", "diagonal", true, ones, [&](std::uint64_t seed) {
    return bv::Vae{bv::dense_encoder<double, features, latents>({.seed = seed}), decoder(seed), bv::Gaussian(sigma)};
  });
  compare("N(0, I)", "full", false, ones, [&](std::uint64_t seed) {
    return bv::Vae{full(seed), decoder(seed), bv::Gaussian(sigma)};
  });
  compare("N(0, Λ)", "full", false, deviations, [&](std::uint64_t seed) {
    return bv::Vae{full(seed), decoder(seed), bv::Gaussian(sigma), axes::anisotropic_prior()};
  });
  compare("Laplace", "full", true, ones, [&](std::uint64_t seed) {
    return bv::Vae{full(seed), decoder(seed), bv::Gaussian(sigma), bv::LaplacePrior{}};
  });
  claim.page
      .text(
          "So training finds one code where the axes are pinned, up to order and signs, and where they are not, any "
          "rotation of it. Codes under N(0, Λ) are compared in units of the prior's deviations.")
      .add(table);
}

void show_fashion_seeds(claims::Claim& claim, const claims::Settings& settings) {
  const bv::ImageSet images = claims::read_images(settings, "train", settings.at_most(60000, 1000));
  const bv::ImageSet test = claims::read_images(settings, "t10k", settings.at_most(10000, 500));
  const bv::Matrix<float> x = claims::all_images(test);
  std::vector<bv::Matrix<float>> codes(2);
  claims::side_by_side(codes.size(), [&](std::size_t i) {
    const std::uint64_t seed = settings.seed + i;
    bv::Vae model{bv::dense_encoder<784, 400, 10>({.seed = seed}), bv::dense_decoder<10, 400, 784>({.seed = seed}),
                  bv::Bernoulli{}};
    bv::fit(model, images, bv::BetaElbo{4},
            {.epochs = settings.at_most(15, 1), .seed = seed, .schedule = bv::cosine_decay(), .threads = 1});
    codes[i] = model.encode(x).mean;
  });
  const bv::Alignment pair = bv::align(codes[0], codes[1]);
  claim.say("Fashion-MNIST, 784-400-10 at β = 4, two seeds, test images: {}", pair);
  claim.verdict.check("Fashion-MNIST, two seeds: share explained as they are, and by the best rotation",
                      "below 0.5 and above 0.9", fmt::format("{:.2f} and {:.2f}", pair.before, pair.rotated),
                      pair.before < 0.5 && pair.rotated > 0.9);
  claim.verdict.check("Fashion-MNIST, two seeds: share explained by order and signs, which a diagonal posterior leaves",
                      "that of the rotation, to 0.05", fmt::format("{:.2f}", pair.permuted),
                      pair.permuted > pair.rotated - 0.05);
  bv::ReportTable table{
      .caption =
          "Fashion-MNIST, 784-400-10 at β = 4: of each active latent of the first model, the variance over test "
          "images, and the share of it that the second's codes explain.",
      .columns = {{"latent"}, {"variance"}, {"as they are"}, {"order and signs"}, {"rotation"}}};
  for (bv::Index k = 0; k < codes[0].rows(); ++k) {
    const Eigen::ArrayXf row = codes[0].row(k).transpose().array();
    const double variance = (row - row.mean()).square().mean();
    if (variance > bv::active_variance) {
      const auto at = static_cast<std::size_t>(k);
      table.rows.push_back(
          {fmt::format("{}", k), fmt::format("{:.2f}", variance), fmt::format("{:.2f}", pair.of_latent_before[at]),
           fmt::format("{:.2f}", pair.of_latent_permuted[at]), fmt::format("{:.2f}", pair.of_latent_rotated[at])});
    }
  }
  claim.page.text("Two seeds of one model on Fashion-MNIST: a share below 0 is farther off than a constant.")
      .add(table);
}

void show(claims::Claim& claim, const claims::Settings& settings) {
  show_changes(claim, settings);
  show_linear_seeds(claim, settings);
  show_fashion_seeds(claim, settings);
}

}  // namespace

int main(int argc, char** argv) {
  return claims::run(
      argc, argv,
      {.number = 14,
       .title = "Which axes a code has",
       .theory = "A code is known up to the changes of axes that leave rate and distortion as they are. With prior "
                 "N(0, I) and full posteriors every rotation does; unequal variances of the prior forbid it and allow "
                 "another, so they pin nothing. A diagonal posterior of unequal variances pins the axes up to order "
                 "and signs, and so do a prior that is factorial and not Gaussian, and unequal variances together "
                 "with orthonormal columns of the decoder. So two seeds agree only after alignment."},
      show);
}
