// SPDX-License-Identifier: MIT
// The page that shows how one training went: rate, distortion, and all that its objective measured and set, epoch by epoch.
//
//     training_report(history, "Trained under a capacity").write("training.html");
#pragma once

#include <betavae/io/html_report.hpp>
#include <betavae/train/history.hpp>

#include <string_view>

namespace betavae {

/// The page: where training ended, warnings, charts of rate and distortion (held-out data beside them, where there were any), and a
/// chart of each number of the objective that training changes. Errors: ArgumentError for a history without epochs.
[[nodiscard]] BETAVAE_API ReportPage training_report(const History& history, std::string_view title);

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/io/training_report.ipp>
#endif
