// SPDX-License-Identifier: MIT
// What β turns: an autoencoder at one end, and at the other a model that has nothing to say but the mean of its data.
#include <betavae/analysis/code_covariance.hpp>
#include <betavae/analysis/model_family.hpp>
#include <betavae/analysis/rate_split.hpp>
#include <betavae/io/report/beta_slider.hpp>
#include <betavae/io/report/latent_explorer.hpp>

#include "claims/claim.hpp"
#include "claims/images.hpp"
#include "claims/linear_algebra.hpp"
#include "claims/linear_optimum.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace bv = betavae;

namespace {

/// KL(N(m, C) ‖ N(0, I)) with the codes' own mean and covariance. No distribution with these two is nearer to the prior, so it is a lower
/// bound of KL(q(z) ‖ p(z)), and one that few samples do not spoil.
double divergence_of_moments(const bv::CodeCovariance& codes) {
  const bv::Matrix<double> covariance = codes.total();
  const Eigen::Map<const Eigen::VectorXd> mean(codes.z_mean.data(), covariance.rows());
  return 0.5 * (covariance.trace() + mean.squaredNorm() - static_cast<double>(covariance.rows()) -
                claims::log_determinant(covariance));
}

/// One model of the family, in nats but for the last two.
struct Setting {
  double beta;
  double rate;
  double training_excess;  ///< of distortion over the least that any decoder can reach, on images it was trained on
  double excess;           ///< the same on test images
  double divergence;       ///< KL(q(z) ‖ p(z)) of as many images as are measured
  double divergence_error;
  double least_divergence;  ///< its lower bound
  double off_diagonal;      ///< the part of Cov[z]'s squares that is off its diagonal
  double distance;  ///< of decoded images from the mean of the training set: RMS over images and pixels, white being 1
};

template <class Model>
Setting measure(const Model& model, double beta, const bv::Evaluation& on_test, const bv::ImageSet& training,
                const bv::ImageSet& test, const bv::Matrix<float>& mean, bv::Index samples) {
  const bv::CodeCovariance codes = bv::code_covariance(model, test);
  const bv::RateSplit split = bv::rate_split(model, bv::Subset(test, claims::first_places(samples)));
  const bv::Matrix<float> decoded = model.reconstruct(claims::all_images(test)).colwise() - mean.col(0);
  return {.beta = beta,
          .rate = on_test.rate,
          .training_excess = bv::evaluate(model, training).excess(),
          .excess = on_test.excess(),
          .divergence = split.divergence,
          .divergence_error = split.divergence_error,
          .least_divergence = divergence_of_moments(codes),
          .off_diagonal = bv::off_diagonal_mass(codes.total()),
          .distance = std::sqrt(static_cast<double>(decoded.squaredNorm()) / static_cast<double>(decoded.size()))};
}

/// The excess of the best model that tells nothing: the mean of the training set, whatever the image.
double excess_of_mean(const bv::Matrix<float>& mean, const bv::ImageSet& test) {
  const bv::Matrix<float> pixels = claims::all_images(test);
  double nats = 0;
  for (bv::Index j = 0; j < pixels.cols(); ++j) {
    for (bv::Index i = 0; i < pixels.rows(); ++i) {
      const auto x = static_cast<double>(pixels(i, j));
      const double p = std::clamp(static_cast<double>(mean(i, 0)), 1e-9, 1 - 1e-9);
      nats -= x * std::log(p) + (1 - x) * std::log1p(-p) + bv::Bernoulli{}.floor(x);
    }
  }
  return nats / static_cast<double>(pixels.cols());
}

void add_charts(claims::Claim& claim, const std::vector<Setting>& settings, double of_mean) {
  const auto series = [&](std::string name, double Setting::*member) {
    bv::ChartSeries result{.name = std::move(name)};
    for (const Setting& at : settings) {
      result.points.push_back({at.beta, at.*member});
    }
    return result;
  };
  bv::ChartSeries constant{.name = "the mean image, whatever is to be drawn", .markers = false};
  constant.points = {{settings.front().beta, of_mean}, {settings.back().beta, of_mean}};
  const bv::ChartAxis beta{"β", "", true};
  claim.page
      .text(
          "Distortion above its floor, on images that were trained on and on others: from an autoencoder's to that "
          "of a model that tells nothing.")
      .add(bv::LineChart{.x = beta,
                         .y = {"distortion above its floor", "nats"},
                         .series = {series("training images", &Setting::training_excess),
                                    series("test images", &Setting::excess), constant}})
      .text("How far decoded images are from the mean of the training set.")
      .add(bv::LineChart{.x = beta,
                         .y = {"RMS over pixels", "white is 1"},
                         .series = {series("decoded test images", &Setting::distance)}})
      .text(
          "How far all codes together are from the prior. Of few images, KL(q(z) ‖ p(z)) is too great where the rate "
          "is far above the logarithm of their number; mean and covariance alone give a lower bound.")
      .add(bv::LineChart{.x = beta,
                         .y = {"", "nats"},
                         .series = {series("rate", &Setting::rate), series("KL(q(z) ‖ p(z))", &Setting::divergence),
                                    series("lower bound", &Setting::least_divergence)}})
      .text("How entangled the codes are, by their covariance.")
      .add(bv::LineChart{
          .x = beta, .y = {"off-diagonal mass of Cov[z]"}, .series = {series("test images", &Setting::off_diagonal)}});
}

/// The exact ends: a linear model of Gaussian points tells their principal components at one end, and nothing at the other.
void turn_linear_model(claims::Claim& claim, const claims::Settings& settings) {
  const std::vector<double> variances = {8, 4, 2, 1, 0.5};
  const bv::Matrix<double> points = claims::exact_points(variances, settings.at_most(5000, 200), settings.seed);
  constexpr double noise = 0.1;
  const double constant = 2.5 * std::log(2 * std::numbers::pi * noise);
  const bv::Vae model{bv::dense_encoder<double, 5, 3>({.seed = settings.seed}),
                      bv::dense_decoder<double, 3, 5>({.seed = settings.seed}), bv::Gaussian{std::sqrt(noise)}};
  const auto family = bv::train_family(model, points, {0.01, 100},
                                       {.fit = {.epochs = settings.at_most(400, 1),
                                                .batch = 100,
                                                .learning_rate = 1e-2,
                                                .seed = settings.seed,
                                                .schedule = bv::cosine_decay()}});
  // ½β nats a latent on top of the components that there is no latent for.
  const double components = (1 + 0.5) / (2 * noise) + constant;
  const double theory = components + 3 * 0.5 * 0.01;
  const double low = bv::evaluate(family.models[0], points).distortion;
  claim.verdict.check("linear model at β = 0.01: distortion beside that of 3 principal components",
                      fmt::format("{:.3f} nats above it, within 0.005", theory - components),
                      fmt::format("{:.3f}", low - components), std::abs(low - theory) < 0.005);
  const bv::Evaluation high = bv::evaluate(family.models[1], points);
  const double farthest = family.models[1].reconstruct(points).colwise().norm().maxCoeff();
  claim.verdict.check("linear model at β = 100, beyond ζ²/η² = 80: rate, and the decoded point farthest from the mean",
                      "0 and 0, within 0.01 nats and 0.1", fmt::format("{:.4f} and {:.3f}", high.rate, farthest),
                      high.rate < 0.01 && farthest < 0.1);
}

void show(claims::Claim& claim, const claims::Settings& settings) {
  const bv::ImageSet training = claims::read_images(settings, "train", settings.at_most(60000, 1000));
  const bv::ImageSet test = claims::read_images(settings, "t10k", settings.at_most(10000, 300));
  const bv::ImageSet seen = claims::read_images(settings, "train", test.count);
  const bv::Matrix<float> mean = claims::all_images(training).rowwise().mean();
  const std::vector<double> betas = {0.001, 0.01, 0.1, 1, 4, 16, 50, 150};
  const bv::Vae model{bv::dense_encoder<784, 400, 20>({.seed = settings.seed}),
                      bv::dense_decoder<20, 400, 784>({.seed = settings.seed}), bv::Bernoulli{}};
  const bv::FitOptions fit{
      .epochs = settings.at_most(4, 1), .learning_rate = 2e-3, .seed = settings.seed, .schedule = bv::cosine_decay()};
  claim.say("Training 784-400-20 at {} β on {} images of Fashion-MNIST, {} epochs each.", betas.size(), training.count,
            fit.epochs);
  // As many chains as β: each model begins from one that was trained at the lowest, untouched by the others.
  const auto family =
      bv::train_family(model, training, betas, {.fit = fit, .chains = static_cast<bv::Index>(betas.size())});

  const double of_mean = excess_of_mean(mean, test);
  const auto in_picture = [&](const auto& pixels) { return bv::to_images(pixels, test.height, test.width); };
  const bv::Matrix<float> originals = claims::first_images(test, 10);
  bv::PictureRows pictures{.rows = {{.label = "test images", .images = in_picture(originals)}}};
  bv::BetaStudy study{.originals = in_picture(originals)};
  std::vector<Setting> measured;
  for (std::size_t i = 0; i < betas.size(); ++i) {
    const auto& trained = family.models[i];
    const bv::Evaluation on_test = bv::evaluate(trained, test);
    measured.push_back(measure(trained, betas[i], on_test, seen, test, mean, settings.at_most(2000, 100)));
    const Setting& at = measured.back();
    claim.say(
        "β {}: rate {:.3f} nats  distortion above floor {:.2f} (training images), {:.2f} (test)  KL(q(z)‖p(z)) "
        "{:.3f} ± {:.3f}, at least {:.3f}  off-diagonal mass {:.4f}  from the mean image {:.4f}",
        at.beta, at.rate, at.training_excess, at.excess, at.divergence, at.divergence_error, at.least_divergence,
        at.off_diagonal, at.distance);
    study.models.push_back({.beta = at.beta,
                            .rate = at.rate,
                            .distortion = on_test.distortion,
                            .rate_per_latent = on_test.rate_per_dimension,
                            .active = on_test.active,
                            .reconstructions = in_picture(trained.reconstruct(originals)),
                            .decoder = bv::StoredDecoder(trained.decoder, trained.likelihood)});
    pictures.rows.push_back({.label = fmt::format("β = {}", at.beta),
                             .images = study.models.back().reconstructions,
                             .note = fmt::format("{:.1f} nats", at.rate),
                             .id = fmt::format("beta-{}-reconstructions", i)});
  }
  pictures.rows.push_back({.label = "mean image", .images = in_picture(mean)});
  claim.page.text("What each model draws of test images that it has encoded: all of them, and one at a time.")
      .add(pictures)
      .add(bv::BetaSlider{study})
      .add(bv::latent_explorer(study));
  add_charts(claim, measured, of_mean);

  const Setting& low = measured.front();
  const Setting& middle = measured[4];
  const Setting& high = measured.back();
  claim.verdict.check(fmt::format("β = {}: decoded images, RMS over pixels from the mean image", high.beta),
                      "0, within 0.01", fmt::format("{:.4f}", high.distance), high.distance < 0.01);
  claim.verdict.check(fmt::format("β = {}: rate", high.beta), "0 nats, within 0.01", fmt::format("{:.4f}", high.rate),
                      high.rate < 0.01);
  claim.verdict.check(fmt::format("β = {}: distortion, above that of the mean image", high.beta), "0 nats, within 0.5",
                      fmt::format("{:.3f}", high.excess - of_mean), std::abs(high.excess - of_mean) < 0.5);
  double best = low.training_excess;
  for (const Setting& at : measured) {
    best = std::min(best, at.training_excess);
  }
  claim.verdict.check(fmt::format("β = {}: distortion on training images, above the least of all β", low.beta),
                      "0 nats, within 1", fmt::format("{:.2f}", low.training_excess - best),
                      low.training_excess - best < 1);
  claim.verdict.check(
      fmt::format("KL(q(z) ‖ p(z)) at β = {} and {}: its lower bound by two moments", low.beta, middle.beta),
      "more at the lower β", fmt::format("{:.2f} and {:.2f} nats", low.least_divergence, middle.least_divergence),
      low.least_divergence > middle.least_divergence);
  claim.verdict.check(fmt::format("off-diagonal mass of Cov[z] at β = {} and {}", low.beta, middle.beta),
                      "more at the lower β", fmt::format("{:.4f} and {:.4f}", low.off_diagonal, middle.off_diagonal),
                      low.off_diagonal > middle.off_diagonal);
  turn_linear_model(claim, settings);
}

}  // namespace

int main(int argc, char** argv) {
  return claims::run(argc, argv,
                     {.number = 7,
                      .title = "The knob",
                      .theory = "As β goes to 0, a β-VAE becomes an autoencoder: it draws its data best, its codes are "
                                "entangled, and all of them together are far from the prior. (At 0 itself nothing but "
                                "the bound of the log-variance keeps the rate finite.) As β grows, the posterior "
                                "becomes the prior, the code tells nothing, and the decoder gives the mean of the "
                                "training set."},
                     show);
}
