// SPDX-License-Identifier: MIT
// Whether latents follow the factors that images were made from, over β, and why latents that are not correlated need not.
#include <betavae/analysis/factor_correlation.hpp>
#include <betavae/analysis/model_family.hpp>

#include "claims/claim.hpp"
#include "claims/linear_algebra.hpp"
#include "claims/mean_and_error.hpp"
#include "claims/soft_discs.hpp"

#include <algorithm>
#include <functional>
#include <numbers>

namespace bv = betavae;

namespace {

/// Each pair of rows, 0 and 1, 2 and 3, …, rotated by 45°; the last row of an odd number stays.
bv::Matrix<double> rotated_in_pairs(bv::Matrix<double> codes) {
  for (bv::Index k = 0; k + 1 < codes.rows(); k += 2) {
    const bv::Matrix<double> first = codes.row(k);
    codes.row(k) = (first - codes.row(k + 1)) * std::numbers::sqrt2 / 2;
    codes.row(k + 1) = (first + codes.row(k + 1)) * std::numbers::sqrt2 / 2;
  }
  return codes;
}

/// The active latents, decorrelated exactly, each moved as little as can be: Σ^−½ (z − mean).
bv::Matrix<double> decorrelated(const bv::Matrix<double>& codes) {
  const bv::Matrix<double> centred = codes.colwise() - codes.rowwise().mean();
  std::vector<bv::Index> active;
  for (bv::Index k = 0; k < codes.rows(); ++k) {
    if (centred.row(k).squaredNorm() / static_cast<double>(codes.cols()) > bv::active_variance) {
      active.push_back(k);
    }
  }
  return claims::whitened(centred(active, Eigen::all));
}

/// Four factors in all combinations of five values each are exactly independent: they are themselves a perfect code.
void check_rotated_factors(claims::Claim& claim) {
  bv::Matrix<double> factors(4, 625);
  for (bv::Index n = 0; n < factors.cols(); ++n) {
    for (bv::Index f = 0, digits = n; f < 4; ++f, digits /= 5) {
      factors(f, n) = static_cast<double>(digits % 5) - 2;
    }
  }
  const bv::FactorCorrelation before = bv::factor_correlation(factors, factors);
  const bv::FactorCorrelation after = bv::factor_correlation(rotated_in_pairs(factors), factors);
  claim.say("The factors as their own code:    {}\nrotated by 45° in pairs:          {}", before, after);
  claim.verdict.check_exact(
      "four independent factors as their own code, rotated by 45° in pairs: correlation between latents",
      "0 before and after", fmt::format("{:.0e} and {:.0e}", before.off_diagonal, after.off_diagonal),
      before.off_diagonal < 1e-12 && after.off_diagonal < 1e-12);
  claim.verdict.check_exact(
      "the same: correlation with factors", "1 before, 0.707107 = 1/√2 after",
      fmt::format("{:.6f} and {:.6f}", before.score, after.score),
      std::abs(before.score - 1) < 1e-12 && std::abs(after.score - std::numbers::sqrt2 / 2) < 1e-12);
}

/// What came of one β, a number for each seed.
struct AtBeta {
  std::vector<double> score, off_diagonal, active, rate;
  std::vector<double> whitened_score, rotated_score;  ///< of the codes decorrelated exactly, and these rotated
  double worst_off_diagonal = 0;                      ///< of both, over the seeds
};

template <class Model>
void measure(AtBeta& numbers, const Model& model, const claims::SoftDiscs& discs) {
  const bv::Matrix<double> codes = model.encode(discs.images).mean.template cast<double>();
  const bv::FactorCorrelation found = bv::factor_correlation(codes, discs.factors);
  numbers.score.push_back(found.score);
  numbers.off_diagonal.push_back(found.off_diagonal);
  numbers.active.push_back(static_cast<double>(found.active));
  if (found.active > 1) {
    const bv::Matrix<double> white = decorrelated(codes);
    const bv::FactorCorrelation before = bv::factor_correlation(white, discs.factors);
    const bv::FactorCorrelation after = bv::factor_correlation(rotated_in_pairs(white), discs.factors);
    numbers.whitened_score.push_back(before.score);
    numbers.rotated_score.push_back(after.score);
    numbers.worst_off_diagonal = std::max({numbers.worst_off_diagonal, before.off_diagonal, after.off_diagonal});
  }
}

/// A row for each factor: images decoded while the latent that follows it goes from −2 to 2, all others at 0.
template <class Model>
bv::PictureRows traversals(const Model& model, const bv::FactorCorrelation& found, double beta) {
  bv::PictureRows pictures{
      .caption = fmt::format("A model at β = {}: for each factor the latent that follows it best, from −2 to 2, all "
                             "others at 0.",
                             beta)};
  for (std::size_t f = 0; f < found.latent_of_factor.size(); ++f) {
    const bv::Index latent = found.latent_of_factor[f];
    bv::Matrix<float> codes = bv::Matrix<float>::Zero(Model::latents, 9);
    codes.row(latent).setLinSpaced(-2, 2);
    pictures.rows.push_back(
        {claims::SoftDiscs::factor_names[f],
         bv::to_images(model.decode(codes), claims::SoftDiscs::side, claims::SoftDiscs::side),
         fmt::format("latent {}, {:.2f}", latent, found.with_factors(latent, static_cast<bv::Index>(f)))});
  }
  return pictures;
}

auto model_of(std::uint64_t seed) {
  return bv::Vae{bv::dense_encoder<claims::SoftDiscs::pixels, 128, 64, 6>({.seed = seed}),
                 bv::dense_decoder<6, 64, 128, claims::SoftDiscs::pixels>({.seed = seed}), bv::Bernoulli{}};
}

/// Models of one kind of data over β, from several seeds.
struct Study {
  std::vector<claims::MeanAndError> score = {};  ///< of each β
  std::vector<claims::MeanAndError> off_diagonal = {};
  std::vector<AtBeta> at = {};
  std::size_t best =
      0;  ///< place of the β of the greatest score, by models of other seeds: chosen by these, it would flatter
  std::vector<decltype(model_of(0))> of_first_seed = {};  ///< a model of each β
  claims::SoftDiscs test = {};
};

using Family = bv::ModelFamily<decltype(model_of(0))>;

Family train_family(const claims::SoftDiscs& training, const std::vector<double>& betas, std::uint64_t seed,
                    bv::Index epochs) {
  const bv::FitOptions fit{
      .epochs = epochs, .batch = 64, .learning_rate = 2e-3, .seed = seed, .schedule = bv::cosine_decay()};
  return bv::train_family(model_of(seed), training.images, betas,
                          {.fit = fit, .chains = static_cast<bv::Index>(betas.size()), .warm_up = 0});
}

/// The place of the β whose models follow the factors best, by two models of each.
std::size_t place_of_peak(const claims::SoftDiscs& training, const claims::SoftDiscs& test,
                          const std::vector<double>& betas, std::uint64_t seed, bv::Index epochs) {
  std::vector<double> score(betas.size());
  for (std::uint64_t run = 0; run < 2; ++run) {
    const Family family = train_family(training, betas, seed + run, epochs);
    for (std::size_t i = 0; i < betas.size(); ++i) {
      score[i] +=
          bv::factor_correlation(family.models[i].encode(test.images).mean.template cast<double>(), test.factors).score;
    }
  }
  return static_cast<std::size_t>(std::max_element(score.begin(), score.end()) - score.begin());
}

Study train_over(const std::vector<double>& betas, double spread_of_y, const claims::Settings& settings) {
  const claims::SoftDiscs training = claims::draw_soft_discs(settings.at_most(5000, 300), settings.seed, spread_of_y);
  Study study{.at = std::vector<AtBeta>(betas.size()),
              .test = claims::draw_soft_discs(settings.at_most(2000, 200), settings.seed + 1000, spread_of_y)};
  const bv::Index epochs = settings.at_most(30, 1);
  study.best = place_of_peak(training, study.test, betas, settings.seed + 100, epochs);
  for (std::uint64_t seed = settings.seed; seed < settings.seed + (settings.quick ? 2 : 5); ++seed) {
    const Family family = train_family(training, betas, seed, epochs);
    for (std::size_t i = 0; i < betas.size(); ++i) {
      measure(study.at[i], family.models[i], study.test);
      study.at[i].rate.push_back(bv::evaluate(family.models[i], study.test.images).rate);
    }
    if (study.of_first_seed.empty()) {
      study.of_first_seed = family.models;
    }
  }
  for (const AtBeta& numbers : study.at) {
    study.score.push_back(claims::mean_and_error(numbers.score));
    study.off_diagonal.push_back(claims::mean_and_error(numbers.off_diagonal));
  }
  return study;
}

/// What a study says about the claim.
void check(claims::Claim& claim, const Study& study, const std::vector<double>& betas, const std::string& data) {
  const auto& score = study.score;
  const auto& off_diagonal = study.off_diagonal;
  const std::size_t best = study.best;
  claim.verdict.check(data + ": correlation of latents with factors at its peak, at the lowest β and at the highest",
                      "a peak between the ends, above both by over two standard errors",
                      fmt::format("{} at β = {}; {} and {}", score[best].text(3), betas[best], score.front().text(3),
                                  score.back().text(3)),
                      score[best].exceeds(score.front()) && score[best].exceeds(score.back()));
  claim.verdict.check(data + ": correlation between latents at the lowest β and at that peak",
                      "less at the peak by over two standard errors",
                      fmt::format("{} and {}", off_diagonal.front().text(3), off_diagonal[best].text(3)),
                      off_diagonal.front().exceeds(off_diagonal[best]));
  // Of the same models, so it is each one's own loss that counts.
  const std::vector<double>& before = study.at[best].whitened_score;
  std::vector<double> lost = before;
  std::transform(before.begin(), before.end(), study.at[best].rotated_score.begin(), lost.begin(), std::minus<>());
  const claims::MeanAndError loss = claims::mean_and_error(lost);
  claim.verdict.check(
      data + ": codes at the peak decorrelated exactly, and then rotated by 45°: loss of correlation with factors",
      "above 0 by over two standard errors, where that between latents stays 0",
      fmt::format("{} of {}; {:.0e} at most", loss.text(3), claims::mean_and_error(before).text(3),
                  study.at[best].worst_off_diagonal),
      loss.exceeds({0, 0}) && study.at[best].worst_off_diagonal < 1e-10);
}

void show(claims::Claim& claim, const claims::Settings& settings) {
  const std::vector<double> betas = {0.03, 0.25, 1, 2, 4, 8, 16};
  const std::vector<std::pair<std::string, double>> kinds = {{"x and y spread alike", 4},
                                                             {"x spread wider than y", 2.5}};
  bv::LineChart chart{.x = {"β", "", true}, .y = {"|correlation|", ""}, .series = {}};
  bv::ReportTable table{
      .caption = "Means over seeds of the model ± standard error, on one set of images that were not trained on.",
      .columns = {{"data", false}, {"β"}, {"with factors"}, {"between latents"}, {"active"}, {"rate, nats"}}};
  std::vector<Study> studies;
  for (const auto& [data, spread] : kinds) {
    claim.say("{}: training 256-128-64-6 at {} β from several seeds on simulated discs.", data, betas.size());
    const Study& study = studies.emplace_back(train_over(betas, spread, settings));
    bv::ChartSeries with_factors{.name = data + ": latents with factors"};
    bv::ChartSeries between{.name = data + ": between latents"};
    for (std::size_t i = 0; i < betas.size(); ++i) {
      with_factors.points.push_back({betas[i], study.score[i].mean});
      between.points.push_back({betas[i], study.off_diagonal[i].mean});
      table.rows.push_back({data, fmt::format("{}", betas[i]), study.score[i].text(3), study.off_diagonal[i].text(3),
                            claims::mean_and_error(study.at[i].active).text(1),
                            claims::mean_and_error(study.at[i].rate).text(2)});
      claim.say("  β = {:5}: correlation with factors {}, between latents {}, active {}", betas[i],
                table.rows.back()[2], table.rows.back()[3], table.rows.back()[4]);
    }
    chart.series.push_back(std::move(with_factors));
    chart.series.push_back(std::move(between));
    check(claim, study, betas, data);
  }
  const claims::MeanAndError alike = studies[0].score[studies[0].best];
  const claims::MeanAndError wider = studies[1].score[studies[1].best];
  claim.verdict.check("correlation with factors at the peak, where spreads tell x from y, and where they do not",
                      "greater at the first by over two standard errors",
                      fmt::format("{} and {}", wider.text(3), alike.text(3)), wider.exceeds(alike));
  check_rotated_factors(claim);

  const Study& shown = studies[1];
  const auto& model = shown.of_first_seed[shown.best];
  const bv::FactorCorrelation found =
      bv::factor_correlation(model.encode(shown.test.images).mean.cast<double>(), shown.test.factors);
  bv::PictureRows samples;
  for (std::size_t k = 0; k < kinds.size(); ++k) {
    samples.rows.push_back({kinds[k].first, bv::to_images(studies[k].test.images.leftCols(7), claims::SoftDiscs::side,
                                                          claims::SoftDiscs::side)});
  }
  claim.page
      .text(
          "A disc's place, radius and brightness are drawn independently. Where x and y are spread alike, the prior "
          "and the posteriors have no reason to prefer them to x and y rotated.")
      .add(samples)
      .text("Over β: how closely each factor is followed by one latent, and how correlated latents are.")
      .add(chart)
      .add(table)
      .text(fmt::format("Decorrelation is no proof of disentanglement. Codes at β = {} that are decorrelated exactly "
                        "follow the factors by {}; rotated by 45° in pairs they are as decorrelated, and follow them "
                        "by {}.",
                        betas[shown.best], claims::mean_and_error(shown.at[shown.best].whitened_score).text(3),
                        claims::mean_and_error(shown.at[shown.best].rotated_score).text(3)))
      .add(traversals(model, found, betas[shown.best]));
}

}  // namespace

int main(int argc, char** argv) {
  return claims::run(
      argc, argv,
      {.number = 15,
       .title = "Disentangled, and merely decorrelated",
       .theory = "A price on the rate makes latents independent of each other, and with diagonal posteriors it favours "
                 "axes that follow the factors that data were made from: up to a β beyond which factors are dropped. "
                 "But latents that are not correlated need not follow any factor: a rotated code is as decorrelated, "
                 "and two independent factors rotated by 45° are followed by 1/√2."},
      show);
}
