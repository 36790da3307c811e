// SPDX-License-Identifier: MIT
// A slider of β over a family of trained models: what each costs, its point in the curve, and its pictures follow it.
//
// The pictures are not stored twice: the script copies them from where they stand on the page, under the ids `beta-0-reconstructions`,
// `beta-0-samples` and `beta-0-traversals` of the model with the lowest β, `beta-1-…` of the next, as beta_report writes them. Without
// script the chart alone is seen. Since those ids belong to the whole page, only its first slider works; others are
// seen as without script.
#pragma once

#include <betavae/io/report/beta_study.hpp>
#include <betavae/io/report/pictures.hpp>

#include <string>

namespace betavae {

/// The models of a study, in order of β, under a slider that stops at each of them.
struct BetaSlider {
  static constexpr bool needs_script = true;
  BetaStudy study = {};
};

/// The slider, the chart of rate and distortion, and the places for the pictures of the chosen model.
/// Errors: those of beta_report, and ArgumentError for fewer than two models.
BETAVAE_API std::string to_html(const BetaSlider& slider);

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/io/report/beta_slider.ipp>
#endif
