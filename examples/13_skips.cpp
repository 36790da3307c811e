// SPDX-License-Identifier: MIT
// A decoder that can look at x through a skip has no need of z. What that does to the code, and which remedies bring it back.
#include <betavae/analysis/collapse_report.hpp>
#include <betavae/vae/skip_networks.hpp>

#include "claims/claim.hpp"
#include "claims/images.hpp"
#include "claims/side_by_side.hpp"
#include "claims/swapped_codes.hpp"

#include <cmath>
#include <functional>

namespace bv = betavae;

namespace {

/// Below this part of what a model without a skip has, a rate, or what a code is worth, counts as nothing.
constexpr double nothing = 0.01;
/// From this part on, the rate counts as brought back.
constexpr double brought_back = 0.5;

struct Case {
  std::string what;
  std::string gate = {};  ///< at the beginning and at the end
  bv::CollapseReport report = {};
  double excess = 0;           ///< of distortion above the least possible, nats
  double from_likelihood = 0;  ///< KL of p(z) p(x|z, s)/p(x|s) from p(z), nats
  bv::ImageSet own = {};       ///< test images, reconstructed
  bv::ImageSet others = {};    ///< the same with the code of the next one

  [[nodiscard]] double largest_rate() const {
    double largest = 0;
    for (const bv::LatentState& latent : report.latents) {
      largest = std::max(largest, latent.rate);
    }
    return largest;
  }
};

struct Data {
  bv::ImageSet training;
  bv::ImageSet test;
  bv::Matrix<float> shown;
};

/// Bayes' side, without the encoder's opinion of z: KL of the posterior p(z) p(x|z, s)/p(x|s) from the prior, in nats, the mean over
/// samples. Draws from the prior are weighed by their likelihood; the result is at most ln(draws).
template <class Model>
double told_by_the_likelihood(const Model& model, const bv::Matrix<float>& x, bv::Index draws, std::uint64_t seed) {
  const bv::Matrix<float> codes = model.sample_prior(draws, seed);
  double nats = 0;
  for (bv::Index j = 0; j < x.cols(); ++j) {
    bv::Tape<float> tape;
    bv::Evaluating<float> context(tape);
    const bv::Matrix<float> repeated = x.col(j).replicate(1, draws);
    const auto values = bv::constant(tape, repeated);
    const auto encoded = model.encoder(context, values);
    const auto parameters = model.decode_given(context, bv::constant(tape, codes), values, encoded);
    const auto distortion = model.likelihood.distortion(context, parameters, bv::Observed{values});
    const Eigen::ArrayXd log_likelihood = -distortion.value().row(0).template cast<double>().transpose().array();
    const Eigen::ArrayXd weights = (log_likelihood - log_likelihood.maxCoeff()).exp();
    const Eigen::ArrayXd posterior = weights / weights.sum();
    nats += (posterior > 0).select(posterior * (posterior * static_cast<double>(draws)).log(), 0.0).sum();
  }
  return nats / static_cast<double>(x.cols());
}

template <class Model>
Case train(std::string what, Model model, const Data& data, const claims::Settings& settings) {
  Case result{.what = std::move(what)};
  const auto gate = [&] {
    if constexpr (requires { model.decoder.gates(); }) {
      return fmt::format("{:.3g}", model.decoder.gates().front());
    } else {
      return std::string();
    }
  };
  result.gate = gate();
  bv::fit(model, data.training, bv::BetaElbo{1.0},
          {.epochs = settings.at_most(3, 1), .seed = settings.seed, .threads = 1});
  result.gate += result.gate.empty() || result.gate == gate() ? "" : " → " + gate();
  result.report = bv::collapse_report(model, data.test, {.threads = 1});
  result.excess = bv::evaluate(model, data.test, {.threads = 1}).excess();
  const bv::Matrix<float> some = claims::first_images(data.test, settings.at_most(50, 5));
  result.from_likelihood = told_by_the_likelihood(model, some, 500, settings.seed);
  result.own = bv::to_images(model.reconstruct(data.shown), data.test.height, data.test.width);
  result.others = bv::to_images(claims::with_the_next_code(model, data.shown), data.test.height, data.test.width);
  return result;
}

Case train_with(std::string what, const bv::DenseSkipOptions& skip, const Data& data,
                const claims::Settings& settings) {
  return train(std::move(what),
               bv::Vae{bv::dense_skip_encoder<784, 400, 20>({.seed = settings.seed}),
                       bv::dense_skip_decoder<20, 400, 784>(skip), bv::Bernoulli{}},
               data, settings);
}

Case train_with_latents_everywhere(std::string what, bv::Skip skip, const Data& data,
                                   const claims::Settings& settings) {
  return train(
      std::move(what),
      bv::Vae{bv::dense_skip_encoder<784, 400, 20>({.seed = settings.seed}),
              bv::dense_skip_decoder_with_latents_everywhere<20, 400, 784>({.skip = skip, .seed = settings.seed}),
              bv::Bernoulli{}},
      data, settings);
}

std::vector<Case> train_all(const Data& data, const claims::Settings& settings) {
  using bv::Skip;
  const std::uint64_t seed = settings.seed;
  const std::vector<std::function<Case()>> trainings = {
      [&] { return train_with("skip removed", {.skip = Skip::removed, .seed = seed}, data, settings); },
      [&] { return train_with("plain skip", {.skip = Skip::plain, .seed = seed}, data, settings); },
      [&] { return train_with("gate, half open", {.skip = Skip::gated, .gate = 0.5, .seed = seed}, data, settings); },
      [&] {
        return train_with("gate, nearly closed", {.skip = Skip::gated, .gate = 0.001, .seed = seed}, data, settings);
      },
      [&] { return train_with("dropout of units", {.skip = Skip::dropout, .seed = seed}, data, settings); },
      [&] { return train_with("dropout of the skip", {.skip = Skip::sample_dropout, .seed = seed}, data, settings); },
      [&] { return train_with_latents_everywhere("z in each layer, no skip", Skip::removed, data, settings); },
      [&] { return train_with_latents_everywhere("z in each layer, plain skip", Skip::plain, data, settings); }};
  std::vector<Case> cases(trainings.size());
  claims::side_by_side(cases.size(), [&](std::size_t i) { cases[i] = trainings[i](); });
  return cases;
}

void check(claims::Claim& claim, const std::vector<Case>& cases) {
  const Case& without = cases[0];
  const Case& plain = cases[1];
  claim.verdict.check("rate with a plain skip, to 1 % of the rate without", "0 nats",
                      fmt::format("{:.2f} nats (without {:.1f})", plain.report.rate, without.report.rate),
                      plain.report.rate <= nothing * without.report.rate);
  claim.verdict.check("cost of another image's code with a plain skip, to 1 % of that without", "0 nats",
                      fmt::format("{:.2f} ± {:.2f} nats (without {:.0f})", plain.report.swap_cost,
                                  plain.report.swap_error, without.report.swap_cost),
                      plain.report.swap_cost <= nothing * without.report.swap_cost);
  claim.verdict.check(
      "posterior by Bayes' rule with a plain skip: nats from the prior, to 1 % of the rate without", "0 nats",
      fmt::format("{:.2f} nats (without at least {:.1f})", plain.from_likelihood, without.from_likelihood),
      plain.from_likelihood <= nothing * without.report.rate);
  claim.verdict.check("distortion above the least possible with a plain skip: near perfect, a tenth of that without",
                      fmt::format("below {:.1f} nats", without.excess / 10), fmt::format("{:.1f} nats", plain.excess),
                      plain.excess < without.excess / 10);
  const double wanted = brought_back * without.report.rate;
  for (std::size_t i = 2; i < cases.size(); ++i) {
    claim.verdict.check(fmt::format("{}: the rate is brought back, to half of that without a skip", cases[i].what),
                        fmt::format("at least {:.1f} nats", wanted), fmt::format("{:.2f} nats", cases[i].report.rate),
                        cases[i].report.rate >= wanted);
  }
}

void show(claims::Claim& claim, const claims::Settings& settings) {
  Data data{.training = claims::read_images(settings, "train", settings.at_most(60000, 1000)),
            .test = claims::read_images(settings, "t10k", settings.at_most(5000, 500)),
            .shown = {}};
  data.shown = claims::first_images(data.test, 10);
  claim.say("Training 784-400-20 on {} images of Fashion-MNIST, β = 1, with several skips.", data.training.count);
  const std::vector<Case> cases = train_all(data, settings);

  bv::ReportTable table{
      .caption =
          "On test images. Above the floor: distortion beyond the least that any decoder could have. Swap cost: "
          "of decoding with another image's code. From the prior: what the likelihood alone says of z, by Bayes' "
          "rule; no more than 6.2 nats can be seen.",
      .columns = {{"", false},
                  {"gate"},
                  {"rate, nats"},
                  {"largest latent's"},
                  {"above the floor, nats"},
                  {"swap cost, nats"},
                  {"from the prior, nats"}}};
  bv::ChartSeries models{.name = "models", .line = false};
  bv::PictureRows pictures{
      .caption =
          "Test images, and what each model makes of them: from their own code, and from the code of the image "
          "to the right. Where both rows look alike, the code decides nothing."};
  pictures.rows.push_back({"images", bv::to_images(data.shown, data.test.height, data.test.width)});
  for (const Case& c : cases) {
    claim.say(
        "{:<28} rate {:5.2f}, distortion {:5.1f}, {:4.1f} above the floor, swap cost {:6.2f} ± {:.2f}, from the "
        "prior {:.2f}{}{}",
        c.what, c.report.rate, c.report.distortion, c.excess, c.report.swap_cost, c.report.swap_error,
        c.from_likelihood, c.gate.empty() ? "" : ", gate ", c.gate);
    table.rows.push_back({c.what, c.gate, fmt::format("{:.2f}", c.report.rate), fmt::format("{:.3f}", c.largest_rate()),
                          fmt::format("{:.1f}", c.excess),
                          fmt::format("{:.2f} ± {:.2f}", c.report.swap_cost, c.report.swap_error),
                          fmt::format("{:.2f}", c.from_likelihood)});
    const bool is_beside_another = std::any_of(models.points.begin(), models.points.end(), [&](const auto& point) {
      return std::abs(point.x - c.report.rate) < 1 && std::abs(point.y - c.report.distortion) < 1.5;
    });
    models.points.push_back({c.report.rate, c.report.distortion, is_beside_another ? "" : c.what});
    pictures.rows.push_back({c.what, c.own, "own code"});
    pictures.rows.push_back({"", c.others, "another's code"});
  }
  check(claim, cases);
  claim.page
      .text(
          "By Bayes' rule the posterior is prior times likelihood. If the decoder reads x off the skip, its "
          "likelihood is the same for every z, and the posterior is the prior: the rate, which counts what z "
          "carries and not what the skip does, is 0. A gate starts at the first number and ends at the second.")
      .add(table)
      .text(
          "The last two columns need not agree: a decoder may still answer to z as to noise, where the encoder has "
          "given up telling it anything. Then the last is above 0, and the swap cost is 0.")
      .add(bv::LineChart{.caption = "Models that lie beside one with a label have none.",
                         .x = {"rate", "nats"},
                         .y = {"distortion", "nats"},
                         .series = {models}})
      .add(pictures);
}

}  // namespace

int main(int argc, char** argv) {
  return claims::run(
      argc, argv,
      {.number = 13,
       .title = "Skip connections, and a code that nobody reads",
       .theory =
           "A decoder that sees x through a plain skip (here of the encoder's 400 hidden units) ignores z: the rate is "
           "0 while reconstruction is near "
           "perfect. It is said that removing the skip, gating it, dropping it out, or feeding z into every layer "
           "brings the rate back."},
      show);
}
