// SPDX-License-Identifier: MIT
// The page that shows someone who knows nothing what β does, composed from the blocks of a report.
//
//     BetaStudy study{.title = "What β does to Fashion-MNIST", .originals = …, .models = …};
//     beta_report(study).write("report.html");
#pragma once

#include <betavae/io/html_report.hpp>
#include <betavae/io/report/beta_slider.hpp>
#include <betavae/io/report/latent_explorer.hpp>
#include <betavae/io/report/pictures.hpp>

namespace betavae {

/// The page: the story of β, reconstructions, rate against distortion, a table, samples from the prior, traversals, the
/// rate of each latent, the facts of the run. Sections whose images are missing are left out. A study of two models or more has a
/// slider of β, and one with decoders a slider for each active latent, which draws in the page.
/// Errors: ArgumentError for a study without models or originals, for sizes and counts that do not fit together, and
/// for a β that is negative or not finite.
BETAVAE_API ReportPage beta_report(const BetaStudy& study);

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/io/beta_report.ipp>
#endif
