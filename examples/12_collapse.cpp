// SPDX-License-Identifier: MIT
// Posterior collapse in three forms, each from a training of its own, and what a report says of them: of a latent, of the whole code,
// and a decoder that does not look at its code.
#include <betavae/analysis/collapse_report.hpp>
#include <betavae/vae/skip_networks.hpp>

#include "claims/claim.hpp"
#include "claims/images.hpp"
#include "claims/linear_optimum.hpp"
#include "claims/side_by_side.hpp"
#include "claims/swapped_codes.hpp"

#include <cmath>
#include <functional>
#include <optional>

namespace bv = betavae;

namespace {

using Kind = bv::CollapseFinding::Kind;

/// What a report takes for no use of the code: less than a nat of more than 200. (The checks of theory below are stricter.)
constexpr double flat = 1;
/// Nats that theory's 0 may be off.
constexpr double tolerance = 0.01;

/// A training, its report, and whether that names what was done to the model, where this is known beforehand.
struct Case {
  std::string what;
  bv::CollapseReport report = {};
  std::optional<bool> told = std::nullopt;
  bv::ImageSet own = {};     ///< some test images, reconstructed
  bv::ImageSet others = {};  ///< the same with the code of the next one
};

/// The data, what they say before training, and the images to show.
struct Data {
  bv::ImageSet training;
  bv::ImageSet test;
  bv::PriceSpectrum spectrum;
  bv::Matrix<float> shown;
};

template <class Model, class Objective>
Case train(const std::string& what, Model model, const Objective& objective, const Data& data,
           const claims::Settings& settings) {
  bv::fit(model, data.training, objective,
          {.epochs = settings.at_most(8, 1), .seed = settings.seed, .schedule = bv::cosine_decay(), .threads = 1});
  bv::CollapseOptions options{.flat = flat, .threads = 1};
  if constexpr (requires { objective.beta(); }) {
    options.spectrum = data.spectrum;  // of the training data, to which β was a price
    options.beta = objective.beta();
  }
  return {.what = what,
          .report = bv::collapse_report(model, data.test, options),
          .own = bv::to_images(model.reconstruct(data.shown), data.test.height, data.test.width),
          .others = bv::to_images(claims::with_the_next_code(model, data.shown), data.test.height, data.test.width)};
}

Case train_at(double beta, const Data& data, const claims::Settings& settings) {
  return train(fmt::format("β = {}", beta),
               bv::Vae{bv::dense_encoder<784, 400, 20>({.seed = settings.seed}),
                       bv::dense_decoder<20, 400, 784>({.seed = settings.seed}), bv::Bernoulli{}},
               bv::BetaElbo{beta}, data, settings);
}

/// The decoder sees the encoder's hidden layer, whatever becomes of z.
template <class Objective>
Case train_with_skip(std::string what, const Objective& objective, const Data& data, const claims::Settings& settings) {
  return train(
      std::move(what),
      bv::Vae{bv::dense_skip_encoder<784, 400, 20>({.seed = settings.seed}),
              bv::dense_skip_decoder<20, 400, 784>({.skip = bv::Skip::plain, .seed = settings.seed}), bv::Bernoulli{}},
      objective, data, settings);
}

std::vector<Case> train_all(const Data& data, const claims::Settings& settings) {
  const std::vector<std::function<Case()>> trainings = {
      [&] { return train_at(1, data, settings); }, [&] { return train_at(16, data, settings); },
      [&] { return train_at(120, data, settings); },
      [&] { return train_with_skip("β = 1, plain skip", bv::BetaElbo{1.0}, data, settings); },
      [&] {
        return train_with_skip("10 nats, plain skip", bv::CapacityElbo{10.0, {.gamma = 10}}, data, settings);
      }};
  std::vector<Case> cases(trainings.size());
  claims::side_by_side(cases.size(), [&](std::size_t i) { cases[i] = trainings[i](); });
  const auto says = [&](std::size_t i, Kind kind) { return cases[i].report.found(kind); };
  const auto is_alive = [&](std::size_t i) {
    return !says(i, Kind::code_collapsed) && !says(i, Kind::decoder_ignores_code);
  };
  cases[0].told = is_alive(0);
  cases[1].told = is_alive(1) && says(1, Kind::latent_collapsed);
  cases[2].told = says(2, Kind::code_collapsed) && !says(2, Kind::decoder_ignores_code);
  cases[3].told = says(3, Kind::decoder_ignores_code);
  return cases;
}

std::string swap_text(const bv::CollapseReport& report) {
  return fmt::format("{:.2f} ± {:.2f}", report.swap_cost, report.swap_error);
}

void show_cases(claims::Claim& claim, const std::vector<Case>& cases, const Data& data) {
  bv::ReportTable table{
      .caption = "On test images. Swap cost: what it costs to decode each with the code of another, ± its error.",
      .columns = {{"", false}, {"active"}, {"predicted"}, {"rate, nats"}, {"distortion, nats"}, {"swap cost, nats"}}};
  bv::TermList findings;
  bv::PictureRows pictures{
      .caption =
          "Test images, and what each model makes of them: from their own code, and from the code of the image "
          "to the right. Where both rows look alike, the code decides nothing."};
  pictures.rows.push_back({"images", bv::to_images(data.shown, data.test.height, data.test.width)});
  bv::BarCharts rates{.caption = "Rate of each latent, largest first.", .axis = {"rate", "nats"}};
  for (const Case& c : cases) {
    claim.say("{}: {}", c.what, c.report);
    table.rows.push_back({c.what, fmt::format("{}", c.report.active()),
                          c.report.predicted() ? fmt::format("{}", *c.report.predicted()) : "",
                          fmt::format("{:.2f}", c.report.rate), fmt::format("{:.1f}", c.report.distortion),
                          swap_text(c.report)});
    for (const bv::CollapseFinding& finding : c.report.findings) {
      findings.terms.push_back({fmt::format("{}: {}", c.what, finding.what), finding.advice});
    }
    pictures.rows.push_back({c.what, c.own, "own code"});
    pictures.rows.push_back({"", c.others, "another's code"});
    std::vector<double> nats;
    for (const bv::LatentState& latent : c.report.latents) {
      nats.push_back(latent.rate);
    }
    std::sort(nats.rbegin(), nats.rend());
    rates.charts.push_back({.title = c.what});
    for (std::size_t k = 0; k < nats.size(); ++k) {
      rates.charts.back().bars.push_back({fmt::format("{}", k + 1), nats[k]});
    }
  }
  claim.page
      .text(
          "Five trainings: at three β, and two with a skip from encoder to decoder. The last has an objective that "
          "asks for 10 nats, whatever they are good for, so that its code cannot collapse.")
      .add(table)
      .text("What the reports find, and what they advise:")
      .add(findings)
      .add(rates)
      .add(pictures);
}

void check_cases(claims::Claim& claim, const std::vector<Case>& cases) {
  const auto known = std::count_if(cases.begin(), cases.end(), [](const Case& c) { return c.told.has_value(); });
  const auto told = std::count_if(cases.begin(), cases.end(), [](const Case& c) { return c.told.value_or(false); });
  claim.verdict.check("trainings whose report names what was done to them, and nothing worse",
                      fmt::format("{} of {}", known, known), fmt::format("{} of {}", told, known), told == known);
  for (std::size_t i = 0; i < 3; ++i) {
    const bv::CollapseReport& report = cases[i].report;
    claim.verdict.check(fmt::format("{}: active latents, as many as there are prices above β", cases[i].what),
                        fmt::format("{}", *report.predicted()), fmt::format("{}", report.active()),
                        report.predicted() == report.active());
  }
  double of_collapsed = 0;
  for (const bv::LatentState& latent : cases[1].report.latents) {
    of_collapsed = latent.active ? of_collapsed : std::max(of_collapsed, latent.rate);
  }
  claim.verdict.check(fmt::format("{}: the largest rate of a collapsed latent, to {} nats", cases[1].what, tolerance),
                      "0 nats", fmt::format("{:.4f} nats", of_collapsed), of_collapsed <= tolerance);
  // The last training is forced to spend 10 nats beside a skip: nothing says that its decoder ignores them.
  for (const std::size_t i : {2U, 3U}) {
    const bv::CollapseReport& report = cases[i].report;
    claim.verdict.check(fmt::format("{}: swap cost, to {} nats and two standard errors", cases[i].what, tolerance),
                        "0 nats", swap_text(report) + " nats",
                        std::abs(report.swap_cost) <= tolerance + 2 * report.swap_error);
  }
}

/// At the optimum of the linear model, another's code costs Σ (ζᵢ² − βη²)/η² over the active latents.
void check_linear_model(claims::Claim& claim, const claims::Settings& settings) {
  const std::vector<double> variances = {8, 4, 2, 1, 0.5};
  constexpr double sigma = 0.5;
  const bv::Matrix<double> points = claims::exact_points(variances, settings.at_most(20000, 500), settings.seed);
  const auto exact = [&](double beta) {
    double nats = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      nats += std::max(0.0, variances[i] / (sigma * sigma) - beta);
    }
    return nats;
  };
  const auto check = [&](std::string_view what, const auto& model, double beta, bool is_exact) {
    const bv::CollapseReport report = bv::collapse_report(model, points, {.seed = settings.seed});
    claim.verdict.add(is_exact, fmt::format("{}, β = {}: swap cost, to two standard errors", what, beta),
                      fmt::format("{:.2f} nats", exact(beta)), swap_text(report) + " nats",
                      std::abs(report.swap_cost - exact(beta)) <= 2 * report.swap_error);
  };
  for (const double beta : {1.0, 6.0, 24.0}) {
    check("optimum of the linear model", claims::optimal_linear_model<5, 4>(variances, beta, sigma), beta, true);
  }
  bv::Vae model{bv::dense_encoder<double, 5, 4>({.seed = settings.seed}),
                bv::dense_decoder<double, 4, 5>({.seed = settings.seed}), bv::Gaussian{sigma}};
  bv::fit(model, points, bv::BetaElbo{6.0},
          {.epochs = settings.at_most(20, 1),
           .batch = 100,
           .learning_rate = 1e-2,
           .seed = settings.seed,
           .schedule = bv::cosine_decay()});
  check("a trained linear model", model, 6, false);
}

void show(claims::Claim& claim, const claims::Settings& settings) {
  Data data{.training = claims::read_images(settings, "train", settings.at_most(30000, 1000)),
            .test = claims::read_images(settings, "t10k", settings.at_most(5000, 500)),
            .spectrum = {},
            .shown = {}};
  data.spectrum = bv::price_spectrum(bv::Bernoulli{}, data.training);
  data.shown = claims::first_images(data.test, 10);
  claim.say("{} images of Fashion-MNIST; beyond β = {:.1f} nothing is learned of them.", data.training.count,
            data.spectrum.collapse_price());
  const std::vector<Case> cases = train_all(data, settings);
  show_cases(claim, cases, data);
  check_cases(claim, cases);
  check_linear_model(claim, settings);
}

}  // namespace

int main(int argc, char** argv) {
  return claims::run(
      argc, argv,
      {.number = 12,
       .title = "Posterior collapse, and what kind of it",
       .theory = "A latent whose price is below β carries nothing: that is how a code finds its size. Where β exceeds "
                 "every price, the whole code is gone. And a decoder may do without a code that is alive: then another "
                 "image's code would do as well, which can be measured."},
      show);
}
