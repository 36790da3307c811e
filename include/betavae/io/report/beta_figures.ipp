// SPDX-License-Identifier: MIT
// The figures of the page about β: pictures, chart, table and bars made from the models of a study, in order of β.
#pragma once

#include <betavae/io/report/bars.hpp>
#include <betavae/io/report/beta_prose.hpp>
#include <betavae/io/report/chart.hpp>
#include <betavae/io/report/pictures.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <string_view>
#include <vector>

namespace betavae::detail {

/// The id under which the slider finds a picture of the model with this number, in order of β.
BETAVAE_DEFINITION std::string picture_id(std::size_t model, std::string_view what) {
  return format_text("beta-{}-{}", {model, what});
}

BETAVAE_DEFINITION PictureRows reconstruction_rows(const BetaStudy& study, const std::vector<ModelAtBeta>& models) {
  PictureRows rows{
      .caption = "On top, images that no model was trained on. Below, what each model draws from its code of them."};
  rows.rows.push_back({.label = "original",
                       .images = study.originals,
                       .description = format_text("{} original images", {study.originals.count})});
  for (std::size_t k = 0; k < models.size(); ++k) {
    const std::string name = beta_name(models[k]);
    rows.rows.push_back(
        {.label = name,
         .images = models[k].reconstructions,
         .description = format_text("Reconstructions of the {} images at {}", {study.originals.count, name}),
         .id = picture_id(k, "reconstructions")});
  }
  return rows;
}

BETAVAE_DEFINITION LineChart rate_distortion_chart(const std::vector<ModelAtBeta>& models) {
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
BETAVAE_DEFINITION std::vector<NamedNumber> named_numbers(const std::vector<ModelAtBeta>& models) {
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
BETAVAE_DEFINITION std::string named_cell(const ModelAtBeta& model, std::string_view name) {
  for (const NamedNumber& number : model.of_objective) {
    if (number.name == name) {
      return format_fixed(number.value, 2);
    }
  }
  return "–";
}

BETAVAE_DEFINITION ReportTable beta_table(const std::vector<ModelAtBeta>& models) {
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
    row.push_back(format_text("{} of {}", {model.active, model.rate_per_latent.size()}));
    row.push_back(format_fixed(model.distortion + model.beta * model.rate, 1));
    for (const NamedNumber& number : named) {
      row.push_back(named_cell(model, number.name));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

BETAVAE_DEFINITION PictureSheets sample_sheets(const std::vector<ModelAtBeta>& models) {
  PictureSheets sheets{.columns = 4};
  for (std::size_t k = 0; k < models.size(); ++k) {
    const ImageSet& samples = models[k].samples;
    if (samples.count > 0) {
      const std::string name = beta_name(models[k]);
      sheets.sheets.push_back(
          {.label = name,
           .images = samples,
           .description = format_text("{} images drawn from the prior at {}", {samples.count, name}),
           .id = picture_id(k, "samples")});
    }
  }
  return sheets;
}

BETAVAE_DEFINITION PictureRows traversal_rows(const BetaStudy& study, const std::vector<ModelAtBeta>& models,
                                              std::size_t number) {
  const ModelAtBeta& model = models[number];
  PictureRows rows{.id = picture_id(number, "traversals")};
  for (const double position : study.traversal_positions) {
    rows.column_labels.push_back(format_number(position, 2));
  }
  for (const Index latent : latents_by_rate(model)) {
    for (const LatentTraversal& traversal : model.traversals) {
      if (traversal.latent == latent) {
        const double rate = model.rate_per_latent[static_cast<std::size_t>(latent)];
        rows.rows.push_back({.label = format_text("latent {}", {latent}),
                             .images = traversal.images,
                             .note = format_text("{} nats", {prose_number(rate)}),
                             .description = format_text("What latent {} changes at {}", {latent, beta_name(model)})});
      }
    }
  }
  return rows;
}

BETAVAE_DEFINITION BarCharts latent_bars(const std::vector<ModelAtBeta>& models) {
  BarCharts charts{
      .caption =
          "Latents from the highest rate to the lowest, each with its number in the code below its bar. All "
          "charts have the same scale, and the bars of each add up to its rate.",
      .axis = {"rate", "nats"}};
  for (const ModelAtBeta& model : models) {
    BarChart chart{
        .title = format_text("{}: {} nats, {} active", {beta_name(model), prose_number(model.rate), model.active})};
    for (const Index latent : latents_by_rate(model)) {
      chart.bars.push_back({std::to_string(latent), model.rate_per_latent[static_cast<std::size_t>(latent)]});
    }
    charts.charts.push_back(std::move(chart));
  }
  return charts;
}

}  // namespace betavae::detail
