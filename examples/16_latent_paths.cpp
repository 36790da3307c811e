// SPDX-License-Identifier: MIT
// What lies between two codes: paths from one test image to another, and how plausible models of several β find what they decode there.
#include <betavae/analysis/latent_path.hpp>
#include <betavae/analysis/model_family.hpp>

#include "claims/claim.hpp"
#include "claims/images.hpp"
#include "claims/linear_optimum.hpp"
#include "claims/mean_and_error.hpp"
#include "claims/side_by_side.hpp"

#include <array>
#include <numbers>

namespace bv = betavae;

namespace {

/// How plausible a decoded image is found, in nats.
constexpr std::array<std::string_view, 4> measures = {"by the model itself", "beyond the floor", "by the judge",
                                                      "judge, beyond the floor"};

/// Of many paths under one model, for each measure.
struct Paths {
  std::array<std::vector<double>, measures.size()> excess;  ///< of each path's worst point over its worse end
  std::array<std::vector<double>, measures.size()> along;   ///< mean over paths at each point
};

/// Paths between consecutive images of x: 0 to 1, 2 to 3, …
template <class Model>
Paths follow(const Model& model, const Model& judge, const bv::Matrix<float>& x, bv::PathShape shape) {
  const bv::Matrix<float> codes = model.encode(x).mean;
  const bv::LatentPathOptions options{.points = 11, .shape = shape, .draws = 4};
  Paths paths;
  const auto points = static_cast<std::size_t>(options.points);
  paths.along.fill(std::vector<double>(points));
  const bv::Index pairs = x.cols() / 2;
  for (bv::Index j = 0; j < 2 * pairs; j += 2) {
    const auto path = bv::latent_path(model, codes.col(j), codes.col(j + 1), options);
    std::array<std::vector<double>, measures.size()> nats;
    for (bv::Index i = 0; i < options.points; ++i) {
      const bv::Matrix<float> decoded = path.decoded.col(i);
      const double floor = path.floor[static_cast<std::size_t>(i)];
      const double judged = judge.negative_elbo(decoded).loss();
      nats[0].push_back(path.negative_elbo(i));
      nats[1].push_back(path.above_floor(i));
      nats[2].push_back(judged);
      nats[3].push_back(judged - floor);
    }
    for (std::size_t m = 0; m < measures.size(); ++m) {
      const double of_ends = std::max(nats[m].front(), nats[m].back());
      paths.excess[m].push_back(*std::max_element(nats[m].begin(), nats[m].end()) - of_ends);
      for (std::size_t i = 0; i < points; ++i) {
        paths.along[m][i] += nats[m][i] / static_cast<double>(pairs);
      }
    }
  }
  return paths;
}

constexpr double linear_beta = 1.3;
constexpr double linear_sigma = 0.8;
const std::vector<double> linear_variances = {4, 2.5, 1.6, 1, 0.5, 0.2};

/// The negative ELBO of what the linear optimum decodes at z, written down: decoded and encoded again, zₖ becomes (1 − βη²/ζₖ²) zₖ.
double negative_elbo_of_linear(const bv::Matrix<double>& z) {
  const double noise = linear_sigma * linear_sigma;
  double nats = 0.5 * static_cast<double>(linear_variances.size()) * std::log(2 * std::numbers::pi * noise);
  for (bv::Index k = 0; k < z.rows(); ++k) {
    const double variance = linear_variances[static_cast<std::size_t>(k)];
    const double of_posterior = claims::optimal_posterior_variance(variance, linear_beta, linear_sigma);
    const double kept = 1 - of_posterior;
    const double square = z(k, 0) * z(k, 0);
    nats += 0.5 * (kept * kept * square + of_posterior - 1 - std::log(of_posterior)) +
            variance * kept * (of_posterior * of_posterior * square + of_posterior) / (2 * noise);
  }
  return nats;
}

/// There it is a convex quadratic in z: no point of a straight path is worse than both ends.
void check_linear_model(claims::Claim& claim, const claims::Settings& settings) {
  const auto model = claims::optimal_linear_model<6, 4>(linear_variances, linear_beta, linear_sigma);
  const bv::Index pairs = settings.at_most(1000, 20);
  const bv::Matrix<double> codes = model.sample_prior(2 * pairs, settings.seed);
  double worst_straight = 0;
  double worst_spherical = 0;
  double worst_difference = 0;
  for (bv::Index j = 0; j < pairs; ++j) {
    const auto path = [&](bv::PathShape shape) {
      return bv::latent_path(model, codes.col(2 * j), codes.col(2 * j + 1), {.shape = shape, .draws = 8},
                             bv::QuadratureNoise{});
    };
    const auto straight = path(bv::PathShape::straight);
    worst_straight = std::max(worst_straight, straight.worst_excess);
    worst_spherical = std::max(worst_spherical, path(bv::PathShape::spherical).worst_excess);
    for (bv::Index i = 0; i < straight.codes.cols(); ++i) {
      worst_difference = std::max(worst_difference,
                                  std::abs(straight.negative_elbo(i) - negative_elbo_of_linear(straight.codes.col(i))));
    }
  }
  claim.say("Linear model, {} pairs: worst excess over both ends {:.3f} nats straight, {:.3f} spherical.", pairs,
            worst_straight, worst_spherical);
  claim.verdict.check_exact(
      fmt::format("linear model, {} straight paths: the worst excess of a point over both ends", pairs),
      "0 nats, within 1e-12", fmt::format("{:.0e} nats", worst_straight), worst_straight < 1e-12);
  claim.verdict.check_exact("the same: negative ELBO of each point, off its closed form by", "0 nats, within 1e-6",
                            fmt::format("{:.0e} nats at most", worst_difference), worst_difference < 1e-6);
}

void show(claims::Claim& claim, const claims::Settings& settings) {
  const bv::ImageSet images = claims::read_images(settings, "train", settings.at_most(60000, 1000));
  const bv::Index pairs = settings.at_most(200, 10);
  const bv::Matrix<float> x = claims::first_images(claims::read_images(settings, "t10k", 10000), 2 * pairs);
  const std::vector<double> betas = {0.001, 0.03, 0.3, 1, 4};
  constexpr std::size_t moderate = 3;
  const auto model_of = [](std::uint64_t seed) {
    return bv::Vae{bv::dense_encoder<784, 400, 20>({.seed = seed}), bv::dense_decoder<20, 400, 784>({.seed = seed}),
                   bv::Bernoulli{}};
  };
  const bv::FitOptions fit{
      .epochs = settings.at_most(5, 1), .batch = 128, .seed = settings.seed, .schedule = bv::cosine_decay()};
  claim.say("Training 784-400-20 at {} β on {} images of Fashion-MNIST, and one more at β = 1 as a judge.",
            betas.size(), images.count);
  const auto family = bv::train_family(model_of(settings.seed), images, betas,
                                       {.fit = fit, .chains = static_cast<bv::Index>(betas.size()), .warm_up = 0});
  auto judge = model_of(settings.seed + 1);
  bv::FitOptions of_judge = fit;
  of_judge.seed = settings.seed + 1;
  bv::fit(judge, images, bv::BetaElbo{1}, of_judge);

  constexpr std::array<std::string_view, 2> shapes = {"straight", "spherical"};
  std::vector<std::array<Paths, 2>> paths(betas.size());
  claims::side_by_side(betas.size(), [&](std::size_t i) {
    paths[i] = {follow(family.models[i], judge, x, bv::PathShape::straight),
                follow(family.models[i], judge, x, bv::PathShape::spherical)};
  });

  bv::ReportTable table{
      .caption = fmt::format("By how many nats the worst point of a path exceeds its worse end, mean over {} pairs of "
                             "test images ± standard error.",
                             x.cols() / 2),
      .columns = {{"path", false}, {"β"}}};
  for (const std::string_view measure : measures) {
    table.columns.push_back({std::string(measure)});
  }
  for (std::size_t shape = 0; shape < shapes.size(); ++shape) {
    for (std::size_t i = 0; i < betas.size(); ++i) {
      std::vector<std::string>& row = table.rows.emplace_back();
      row = {std::string(shapes[shape]), fmt::format("{}", betas[i])};
      for (const auto& excess : paths[i][shape].excess) {
        row.push_back(claims::mean_and_error(excess).text(1));
      }
      claim.say("  {} paths, β = {:5}: worst excess {}; {} beyond the floor; by the judge {}; {} beyond the floor",
                row[0], row[1], row[2], row[3], row[4], row[5]);
    }
    for (std::size_t m = 0; m < measures.size(); ++m) {
      const claims::MeanAndError low = claims::mean_and_error(paths[0][shape].excess[m]);
      const claims::MeanAndError middle = claims::mean_and_error(paths[moderate][shape].excess[m]);
      claim.verdict.check(fmt::format("{} paths, {}: worst excess over the ends at β = {} and at β = {}", shapes[shape],
                                      measures[m], betas[0], betas[moderate]),
                          "less at the second by over two standard errors",
                          fmt::format("{} and {} nats", low.text(1), middle.text(1)), low.exceeds(middle));
    }
  }
  const auto chart = [&](std::size_t measure, bool above_ends) {
    bv::LineChart result{.x = {"t", ""}, .y = {above_ends ? "above the ends" : "", "nats"}, .series = {}};
    for (std::size_t i = 0; i < betas.size(); ++i) {
      const std::vector<double>& along = paths[i][0].along[measure];
      const double of_ends = above_ends ? 0.5 * (along.front() + along.back()) : 0;
      bv::ChartSeries line{.name = fmt::format("β = {}", betas[i]), .markers = false};
      for (std::size_t k = 0; k < along.size(); ++k) {
        line.points.push_back({0.1 * static_cast<double>(k), along[k] - of_ends});
      }
      result.series.push_back(std::move(line));
    }
    return result;
  };

  bv::PictureRows pictures{.caption = "Straight paths between the same two test images, decoded by each model."};
  for (bv::Index j : {bv::Index{0}, bv::Index{2}, bv::Index{6}}) {
    for (std::size_t i : {std::size_t{0}, std::size_t{2}, moderate, std::size_t{4}}) {
      const auto& model = family.models[i];
      const bv::Matrix<float> codes = model.encode(x).mean;
      const auto path = bv::latent_path(model, codes.col(j), codes.col(j + 1), {.points = 9});
      pictures.rows.push_back({fmt::format("β = {}", betas[i]), bv::to_images(path.decoded, 28, 28),
                               fmt::format("worst {:.0f} nats over the ends", path.worst_excess)});
    }
  }
  claim.page.text("What is decoded between two codes.")
      .add(pictures)
      .text(
          "Each decoded point of a straight path is given to the model as if it were data. Its negative ELBO tells "
          "how plausible the model finds it; here less the mean of the ends.")
      .add(chart(0, true))
      .text(
          "A model may think well of what it makes itself, so another one, of another seed at β = 1, judges the same "
          "images. And a blend of two images is grey: grey pixels cost their entropy whatever the model, so that is "
          "taken off. What is left tells images that the judge knows from others, ends too.")
      .add(chart(3, false))
      .add(table);
  check_linear_model(claim, settings);
}

}  // namespace

int main(int argc, char** argv) {
  return claims::run(
      argc, argv,
      {.number = 16,
       .title = "Paths between two codes",
       .theory = "At a moderate β the posteriors overlap and fill the prior, so that a path between two codes stays "
                 "where the decoder was trained, and decodes to plausible data. At β → 0 codes are points far apart, "
                 "and what lies between them was never decoded in training. On a linear model no point of a straight "
                 "path is worse than both ends."},
      show);
}
