// SPDX-License-Identifier: MIT
// The page that shows someone who knows nothing what β does, composed from the blocks of a report.
//
//     BetaStudy study{.title = "What β does to Fashion-MNIST", .originals = …, .models = …};
//     beta_report(study).write("report.html");
#pragma once

#include <betavae/core/version.hpp>
#include <betavae/io/html_report.hpp>
#include <betavae/io/report/beta_prose.hpp>
#include <betavae/io/report/pictures.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <string>
#include <vector>

namespace betavae {
namespace detail {

inline PictureRows reconstruction_rows(const BetaStudy& study, const std::vector<ModelAtBeta>& models) {
  PictureRows rows{
      .caption = "On top, images that no model was trained on. Below, what each model draws from its code of them."};
  rows.rows.push_back({.label = "original",
                       .images = study.originals,
                       .description = fmt::format("{} original images", study.originals.count)});
  for (const ModelAtBeta& model : models) {
    rows.rows.push_back({.label = beta_name(model),
                         .images = model.reconstructions,
                         .description = fmt::format("Reconstructions of the {} images at {}", study.originals.count,
                                                    beta_name(model))});
  }
  return rows;
}

inline LineChart rate_distortion_chart(const std::vector<ModelAtBeta>& models) {
  ChartSeries series{.name = "trained models"};
  for (const ModelAtBeta& model : models) {
    series.points.push_back({model.rate, model.distortion, beta_name(model)});
  }
  return {
      .caption =
          "Each point is one trained model. Where a curve through them falls by β nats of distortion for one more nat "
          "of rate, that β finds its optimum.",
      .x = {"rate", "nats"},
      .y = {"distortion", "nats"},
      .series = {series}};
}

/// The numbers of the objectives that are no fixed settings, each name once, in the order in which models bring them.
inline std::vector<NamedNumber> named_numbers(const std::vector<ModelAtBeta>& models) {
  std::vector<NamedNumber> names;
  const auto is_new = [&](const NamedNumber& number) {
    return std::none_of(names.begin(), names.end(), [&](const NamedNumber& n) { return n.name == number.name; });
  };
  for (const ModelAtBeta& model : models) {
    for (const NamedNumber& number : model.of_objective) {
      if (number.kind != NumberKind::fixed_setting && is_new(number)) {
        names.push_back(number);
      }
    }
  }
  return names;
}

/// A model's number of this name, or a dash.
inline std::string named_cell(const ModelAtBeta& model, std::string_view name) {
  for (const NamedNumber& number : model.of_objective) {
    if (number.name == name) {
      return format_fixed(number.value, 2);
    }
  }
  return "–";
}

inline ReportTable beta_table(const std::vector<ModelAtBeta>& models) {
  const bool floor_known =
      std::any_of(models.begin(), models.end(), [](const ModelAtBeta& m) { return std::isfinite(m.excess); });
  ReportTable table{.caption = "All figures are averages over the images; nats are summed over pixels and latents.",
                    .columns = {{"β", false}, {"rate, nats"}, {"rate, bits"}, {"distortion, nats"}}};
  if (floor_known) {
    table.columns.push_back({"excess, nats"});
  }
  table.columns.push_back({"active latents"});
  table.columns.push_back({"distortion + β\u00A0·\u00A0rate"});
  const std::vector<NamedNumber> named = named_numbers(models);
  for (const NamedNumber& number : named) {
    table.columns.push_back({std::string(number.name) + (number.kind == NumberKind::nats ? ", nats" : "")});
  }
  for (const ModelAtBeta& model : models) {
    std::vector<std::string> row = {format_number(model.beta), format_fixed(model.rate, 2),
                                    format_fixed(model.rate / std::numbers::ln2, 2), format_fixed(model.distortion, 1)};
    if (floor_known) {
      row.push_back(format_fixed(model.excess, 1));
    }
    row.push_back(fmt::format("{} of {}", model.active, model.rate_per_latent.size()));
    row.push_back(format_fixed(model.distortion + model.beta * model.rate, 1));
    for (const NamedNumber& number : named) {
      row.push_back(named_cell(model, number.name));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

inline PictureSheets sample_sheets(const std::vector<ModelAtBeta>& models) {
  PictureSheets sheets{.columns = 4};
  for (const ModelAtBeta& model : models) {
    if (model.samples.count > 0) {
      sheets.sheets.push_back(
          {.label = beta_name(model),
           .images = model.samples,
           .description = fmt::format("{} images drawn from the prior at {}", model.samples.count, beta_name(model))});
    }
  }
  return sheets;
}

/// The latents of a model, the one with the highest rate first. NaN sorts last.
inline std::vector<Index> latents_by_rate(const ModelAtBeta& model) {
  std::vector<Index> order(model.rate_per_latent.size());
  std::iota(order.begin(), order.end(), Index{0});
  const auto key = [&](Index latent) {
    const double rate = model.rate_per_latent[static_cast<std::size_t>(latent)];
    return std::isnan(rate) ? -1.0 : rate;
  };
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return key(a) > key(b); });
  return order;
}

inline PictureRows traversal_rows(const BetaStudy& study, const ModelAtBeta& model) {
  PictureRows rows;
  for (const double position : study.traversal_positions) {
    rows.column_labels.push_back(format_number(position, 2));
  }
  for (const Index latent : latents_by_rate(model)) {
    for (const LatentTraversal& traversal : model.traversals) {
      if (traversal.latent == latent) {
        const double rate = model.rate_per_latent[static_cast<std::size_t>(latent)];
        rows.rows.push_back({.label = fmt::format("latent {}", latent),
                             .images = traversal.images,
                             .note = fmt::format("{} nats", prose_number(rate)),
                             .description = fmt::format("What latent {} changes at {}", latent, beta_name(model))});
      }
    }
  }
  return rows;
}

inline BarCharts latent_bars(const std::vector<ModelAtBeta>& models) {
  BarCharts charts{
      .caption =
          "Latents from the highest rate to the lowest, each with its number in the code below its bar. All "
          "charts have the same scale, and the bars of each add up to its rate.",
      .axis = {"rate", "nats"}};
  for (const ModelAtBeta& model : models) {
    BarChart chart{.title =
                       fmt::format("{}: {} nats, {} active", beta_name(model), prose_number(model.rate), model.active)};
    for (const Index latent : latents_by_rate(model)) {
      chart.bars.push_back({fmt::format("{}", latent), model.rate_per_latent[static_cast<std::size_t>(latent)]});
    }
    charts.charts.push_back(std::move(chart));
  }
  return charts;
}

}  // namespace detail

/// The page: the story of β, reconstructions, rate against distortion, a table, samples from the prior, traversals, the
/// rate of each latent, the facts of the run. Sections whose images are missing are left out.
/// Errors: ArgumentError for a study without models or originals, for sizes and counts that do not fit together, and
/// for a β that is negative or not finite.
inline ReportPage beta_report(const BetaStudy& study) {
  detail::check_study(study);
  std::vector<ModelAtBeta> models = study.models;
  std::stable_sort(models.begin(), models.end(),
                   [](const ModelAtBeta& a, const ModelAtBeta& b) { return a.beta < b.beta; });

  ReportPage page{
      study.title,
      "A variational autoencoder squeezes every image through a short code and draws it again from the code alone. β "
      "is the price of that code: it decides how much the model finds worth remembering."};
  page.add(detail::beta_terms());

  page.section("The same images at every price");
  for (const std::string& paragraph : detail::reconstruction_story(models)) {
    page.text(paragraph);
  }
  page.add(detail::reconstruction_rows(study, models));

  page.section("Rate against distortion")
      .text("A model can say more about each image, or draw it less well: every β settles on one point of that trade.")
      .add(detail::rate_distortion_chart(models))
      .add(detail::beta_table(models));

  if (const PictureSheets sheets = detail::sample_sheets(models); !sheets.sheets.empty()) {
    page.section("Images that never were")
        .text(
            "A code drawn at random from the prior, a standard normal distribution, and turned into an image. A cheap "
            "code tends "
            "to leave parts of the prior unused, and what is drawn from there resembles nothing; a costly code fills "
            "it, and has "
            "less to say.")
        .add(sheets);
  }

  if (std::any_of(models.begin(), models.end(), [](const ModelAtBeta& model) { return !model.traversals.empty(); })) {
    page.section("One latent at a time").text(detail::traversal_story(models));
    for (const ModelAtBeta& model : models) {
      if (!model.traversals.empty()) {
        page.add_folded(fmt::format("{}, {} active", detail::beta_name(model), detail::latents(model.active)),
                        detail::traversal_rows(study, model),
                        model.traversals.size() <= 10 || &model == &models.front());
      }
    }
  }

  page.section("Where the rate goes")
      .text("The rate is a sum over latents. The price of the code decides how many of them are worth using.")
      .add(detail::latent_bars(models));

  if (!study.facts.empty()) {
    page.section("How this was made").add(TermList{study.facts, true});
  }
  page.footer(
      fmt::format("Made with betavae {}.{}.{}.", BETAVAE_VERSION_MAJOR, BETAVAE_VERSION_MINOR, BETAVAE_VERSION_PATCH));
  return page;
}

}  // namespace betavae
