// SPDX-License-Identifier: MIT
// A type of one's own: 344 penguins, some measurements missing (Horst, Hill and Gorman, 2020; Debian's r-cran-palmerpenguins). One
// β-VAE at each of several β, missing cells imputed, the most surprising birds and why, new birds, and a page to look at.
#include <betavae/betavae.hpp>
#include <betavae/data/record_vae.hpp>
#include <betavae/io/csv.hpp>
#include <betavae/io/html_report.hpp>
#include <CLI/CLI.hpp>

#include "penguins/imputation_study.hpp"
#include "penguins/penguin.hpp"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <numbers>
#include <optional>
#include <tuple>

namespace bv = betavae;

namespace {

struct Settings {
  std::vector<double> betas = {0.1, 0.5, 1, 2, 5};
  bv::Index epochs = 400;
  std::string data = "/usr/lib/R/site-library/palmerpenguins/extdata/penguins.csv";
  std::string out = "betavae-penguins.html";
  int masks = 0;
  std::uint64_t seed = 1;
};

using Model = decltype(bv::expert_record_vae<Penguin, 24, 4>(std::vector<Penguin>{}));

Model train(const std::vector<Penguin>& birds, double beta, const Settings& settings) {
  Model model = bv::expert_record_vae<Penguin, 24, 4>(birds, {.seed = settings.seed});
  bv::fit(model, birds, bv::BetaElbo{beta},
          {.epochs = settings.epochs, .batch = 32, .learning_rate = 3e-3, .seed = settings.seed});
  return model;
}

std::string measured(const std::optional<float>& x) { return x ? fmt::format("{:.1f}", *x) : "NA"; }

/// The name that the description gives the category of field `Number`.
template <std::size_t Number, class Category>
std::string named(const std::optional<Category>& category) {
  return category ? std::string(std::get<Number>(bv::Record<Penguin>::fields).name_of(static_cast<int>(*category)))
                  : "NA";
}

/// A bird as a row of a table.
std::vector<std::string> row_of(const Penguin& bird) {
  return {named<0>(bird.species),
          named<1>(bird.island),
          measured(bird.bill_length_mm),
          measured(bird.bill_depth_mm),
          measured(bird.flipper_length_mm),
          measured(bird.body_mass_g),
          named<6>(bird.sex)};
}

const std::vector<std::string> column_names = {"species",     "island",       "bill, mm", "bill depth, mm",
                                               "flipper, mm", "body mass, g", "sex"};

void print_row(const std::vector<std::string>& cells, std::string_view end = {}) {
  fmt::print("{:>10} {:>10} {:>9} {:>15} {:>12} {:>13} {:>7}  {}\n", cells[0], cells[1], cells[2], cells[3], cells[4],
             cells[5], cells[6], end);
}

bool lacks_something(const Penguin& bird) {
  return !bird.bill_length_mm || !bird.bill_depth_mm || !bird.flipper_length_mm || !bird.body_mass_g || !bird.sex;
}

struct Surprise {
  std::size_t bird;
  double nats;
  std::string why;
};

/// The birds in the order of their surprise, and of each the field that is furthest above its mean over all birds.
std::vector<Surprise> rank_by_surprise(const Model& model, const std::vector<Penguin>& birds) {
  const auto names = model.likelihood.field_names();
  std::vector<std::array<double, Model::fields>> nats;
  std::array<double, Model::fields> mean{};
  for (const Penguin& bird : birds) {
    nats.push_back(model.surprise(bird));
    for (std::size_t f = 0; f < mean.size(); ++f) {
      mean[f] += nats.back()[f] / static_cast<double>(birds.size());
    }
  }
  std::vector<Surprise> ranked;
  for (std::size_t i = 0; i < birds.size(); ++i) {
    std::size_t oddest = 0;
    double total = 0;
    for (std::size_t f = 0; f < mean.size(); ++f) {
      total += nats[i][f];
      oddest = nats[i][f] - mean[f] > nats[i][oddest] - mean[oddest] ? f : oddest;
    }
    ranked.push_back(
        {i, total, fmt::format("{}, {:.1f} nats above its mean", names[oddest], nats[i][oddest] - mean[oddest])});
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const Surprise& a, const Surprise& b) { return a.nats > b.nats; });
  return ranked;
}

/// The measurements, for the page.
struct Measurement {
  std::string name;
  std::optional<float> Penguin::*member;
};
const std::vector<Measurement> measurements = {{"bill length, mm", &Penguin::bill_length_mm},
                                               {"bill depth, mm", &Penguin::bill_depth_mm},
                                               {"flipper length, mm", &Penguin::flipper_length_mm},
                                               {"body mass, g", &Penguin::body_mass_g}};

/// The share of birds in each of twelve equal parts of the data's range.
bv::BarChart histogram(const std::string& title, const std::vector<Penguin>& birds, const std::vector<Penguin>& data,
                       const Measurement& measurement) {
  constexpr int parts = 12;
  std::vector<double> values;
  for (const Penguin& bird : data) {
    if (bird.*measurement.member) {
      values.push_back(static_cast<double>(*(bird.*measurement.member)));
    }
  }
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  const double width = (*most - *least) / parts;
  std::vector<double> share(parts);
  for (const Penguin& bird : birds) {
    if (bird.*measurement.member) {
      const double part = (static_cast<double>(*(bird.*measurement.member)) - *least) / width;
      share[static_cast<std::size_t>(std::clamp(static_cast<int>(part), 0, parts - 1))] +=
          100.0 / static_cast<double>(birds.size());
    }
  }
  bv::BarChart chart{.title = title};
  for (int i = 0; i < parts; ++i) {
    chart.bars.push_back({fmt::format("{:.0f}", *least + (i + 0.5) * width), share[static_cast<std::size_t>(i)]});
  }
  return chart;
}

/// One measurement against another, a series for each species.
bv::LineChart scatter(const std::string& caption, const std::vector<Penguin>& birds, const Measurement& x,
                      const Measurement& y) {
  bv::LineChart chart{.caption = caption, .x = {.label = x.name}, .y = {.label = y.name}};
  for (const std::string name : {"Adelie", "Chinstrap", "Gentoo"}) {
    chart.series.push_back({.name = name, .line = false});
  }
  for (const Penguin& bird : birds) {
    if (bird.species && bird.*x.member && bird.*y.member) {
      chart.series[static_cast<std::size_t>(*bird.species)].points.push_back(
          {static_cast<double>(*(bird.*x.member)), static_cast<double>(*(bird.*y.member))});
    }
  }
  return chart;
}

void write_page(const Settings& settings, const std::vector<Penguin>& birds, const std::vector<Penguin>& sampled,
                const bv::ReportTable& by_beta, const bv::ReportTable& imputed, const bv::ReportTable& odd) {
  bv::ReportPage page(
      "344 penguins and a β-VAE",
      "Seven columns of mixed kinds, some cells missing. Each column has a likelihood of its own, a missing cell is "
      "masked, and all figures are in nats of the columns' own units.");
  page.section("What β does").add(by_beta);
  page.section("Birds that the model invents")
      .text(
          "At β = 1, as many birds as were measured, drawn from the prior: their measurements beside those of the "
          "data.");
  for (const Measurement& measurement : measurements) {
    bv::BarCharts charts;
    charts.caption = measurement.name;
    charts.axis.label = "share of birds";
    charts.axis.unit = "%";
    charts.charts = {histogram("measured", birds, birds, measurement),
                     histogram("sampled", sampled, birds, measurement)};
    page.add(charts);
  }
  page.section("Two measurements at a time");
  for (std::size_t x = 0; x < measurements.size(); ++x) {
    for (std::size_t y = x + 1; y < measurements.size(); ++y) {
      page.add(scatter("Measured", birds, measurements[x], measurements[y]));
      page.add(scatter("Sampled", sampled, measurements[x], measurements[y]));
    }
  }
  page.section("Missing cells, filled").add(imputed);
  page.section("The most surprising birds").add(odd);
  page.write(settings.out);
}

/// The table of `imputation_study.hpp`, for 0, 20 and 50 % of the cells taken away.
void print_study(const std::vector<Penguin>& birds, const Settings& settings) {
  for (const double share : {0.0, 0.2, 0.5}) {
    const imputation::Study study =
        imputation::study(birds, share, {.rounds = settings.masks, .epochs = settings.epochs});
    fmt::print(
        "\n{:.0f} % of the cells taken away, {} times. Error and its standard error (numbers in standard deviations of "
        "their column, categories in shares); −ELBO of a held-out bird in nats:\n\n{:>14}",
        100 * share, settings.masks, "");
    for (const std::string& name : column_names) {
      fmt::print(" {:>15}", name);
    }
    fmt::print(" {:>15}\n", "−ELBO");
    for (std::size_t m = 0; m < imputation::methods.size(); ++m) {
      fmt::print("{:>14}", imputation::methods[m]);
      for (std::size_t c = 0; c < imputation::columns; ++c) {
        const imputation::Score& score = study.errors[m][c];
        fmt::print(" {:>15}", share > 0 ? fmt::format("{:.3f} ± {:.3f}", score.mean, score.standard_error) : "–");
      }
      const imputation::Score& elbo = study.negative_elbo[m];
      fmt::print(" {:>15}\n", m > 1 ? fmt::format("{:.2f} ± {:.2f}", elbo.mean, elbo.standard_error) : "–");
    }
  }
}

void run(const Settings& settings) {
  const std::vector<Penguin> birds = bv::read_csv<Penguin>(settings.data);
  if (settings.masks > 0) {
    print_study(birds, settings);
    return;
  }
  fmt::print("{} penguins. Nats a bird, over the cells that were measured:\n\n{:>6} {:>8} {:>12} {:>8}\n", birds.size(),
             "β", "rate", "distortion", "active");
  bv::ReportTable by_beta{.caption = "Nats a bird, over the cells that were measured.",
                          .columns = {{"β"}, {"rate, nats"}, {"rate, bits"}, {"distortion, nats"}, {"active latents"}}};
  std::optional<Model> model;
  for (const double beta : settings.betas) {
    const Model trained = train(birds, beta, settings);
    const bv::Evaluation e = bv::evaluate(trained, birds);
    fmt::print("{:>6} {:>8.2f} {:>12.2f} {:>6}/{}\n", beta, e.rate, e.distortion, e.active, Model::latents);
    by_beta.rows.push_back({fmt::format("{}", beta), fmt::format("{:.2f}", e.rate),
                            fmt::format("{:.2f}", e.rate / std::numbers::ln2), fmt::format("{:.2f}", e.distortion),
                            fmt::format("{}/{}", e.active, Model::latents)});
    if (beta == 1) {
      model = trained;
    }
  }
  if (!model) {
    model = train(birds, 1, settings);
  }

  bv::ReportTable imputed{.caption = "Birds with missing cells, then the same with the model's estimates at β = 1."};
  bv::ReportTable odd{
      .caption = "−ln p of all cells at the posterior's mean, and the column that is furthest above its mean."};
  for (const std::string& name : column_names) {
    imputed.columns.push_back({.name = name, .numeric = false});
    odd.columns.push_back({.name = name, .numeric = false});
  }
  odd.columns.push_back({.name = "nats"});
  odd.columns.push_back({.name = "why", .numeric = false});

  fmt::print("\nMissing cells at β = 1:\n\n");
  print_row(column_names);
  for (const Penguin& bird : birds) {
    if (lacks_something(bird)) {
      const Penguin whole = model->impute(bird);
      imputed.rows.push_back(row_of(bird));
      imputed.rows.push_back(row_of(whole));
      print_row(row_of(bird));
      print_row(row_of(whole), "imputed");
    }
  }
  fmt::print("\nThe most surprising birds:\n\n");
  const std::vector<Surprise> ranked = rank_by_surprise(*model, birds);
  for (std::size_t i = 0; i < std::min<std::size_t>(8, ranked.size()); ++i) {
    std::vector<std::string> cells = row_of(birds[ranked[i].bird]);
    print_row(cells, fmt::format("{:.1f} nats: {}", ranked[i].nats, ranked[i].why));
    cells.push_back(fmt::format("{:.1f}", ranked[i].nats));
    cells.push_back(ranked[i].why);
    odd.rows.push_back(cells);
  }
  std::vector<Penguin> sampled;
  for (std::size_t i = 0; i < birds.size(); ++i) {
    sampled.push_back(model->sample(settings.seed + i));
  }
  fmt::print("\nNew birds:\n\n");
  for (std::size_t i = 0; i < std::min<std::size_t>(5, sampled.size()); ++i) {
    print_row(row_of(sampled[i]));
  }
  write_page(settings, birds, sampled, by_beta, imputed, odd);
  fmt::print("\nThe page: {}\n", std::filesystem::absolute(settings.out).string());
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  CLI::App app{"Trains a β-VAE on the Palmer penguins at several β, fills missing cells and finds odd birds."};
  app.add_option("--beta", settings.betas, "the prices of a nat of rate, each at least 0")->capture_default_str();
  app.add_option("--epochs", settings.epochs, "passes over the birds")
      ->capture_default_str()
      ->check(CLI::Range(1, 100000));
  app.add_option("--data", settings.data, "penguins.csv")->capture_default_str();
  app.add_option("--out", settings.out, "where to write the page")->capture_default_str();
  app.add_option("--masks", settings.masks, "instead: how well cells are imputed, over so many random masks")
      ->check(CLI::Range(1, 1000));
  app.add_option("--seed", settings.seed, "of initial parameters, order and noise")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    run(settings);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
