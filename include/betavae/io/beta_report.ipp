// SPDX-License-Identifier: MIT
// How the page is composed.
#pragma once

#include <betavae/core/version.hpp>
#include <betavae/io/beta_report.hpp>
#include <betavae/io/report/beta_slider.ipp>

#include <algorithm>
#include <string>
#include <vector>

namespace betavae {

BETAVAE_DEFINITION ReportPage beta_report(const BetaStudy& study) {
  detail::check_study(study);
  const std::vector<ModelAtBeta> models = detail::in_order_of_beta(study);

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
      .text("A model can say more about each image, or draw it less well: every β settles on one point of that trade.");
  if (models.size() > 1) {
    page.add(BetaSlider{study});
  } else {
    page.add(detail::rate_distortion_chart(models));
  }
  page.add(detail::beta_table(models));

  if (const LatentExplorer explorer = latent_explorer(study); !explorer.models.empty()) {
    page.section("Draw with the decoder").add(explorer);
  }

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
    for (std::size_t k = 0; k < models.size(); ++k) {
      if (!models[k].traversals.empty()) {
        page.add_folded(
            detail::format_text("{}, {} active", {detail::beta_name(models[k]), detail::latents(models[k].active)}),
            detail::traversal_rows(study, models, k), models[k].traversals.size() <= 10 || k == 0);
      }
    }
  }

  page.section("Where the rate goes")
      .text("The rate is a sum over latents. The price of the code decides how many of them are worth using.")
      .add(detail::latent_bars(models));

  if (!study.facts.empty()) {
    page.section("How this was made").add(TermList{study.facts, true});
  }
  page.footer(detail::format_text("Made with betavae {}.{}.{}.",
                                  {BETAVAE_VERSION_MAJOR, BETAVAE_VERSION_MINOR, BETAVAE_VERSION_PATCH}));
  return page;
}

}  // namespace betavae
