// SPDX-License-Identifier: MIT
// The sentences of the page about β. Each number comes from the study, and each claim about a model is made only where
// its numbers bear it out: nothing is called collapsed, the same or the closest that is not.
#pragma once

#include <betavae/io/report/beta_study.hpp>

#include <string>
#include <vector>

namespace betavae::detail {

/// "β = 4", never broken over two lines.
[[nodiscard]] std::string beta_name(const ModelAtBeta& model);

/// "6.9", "0.42", "0": as many digits as prose can bear.
[[nodiscard]] std::string prose_number(double value);

/// "1 latent", "3 latents".
[[nodiscard]] std::string latents(Index count);

/// What the explanation of the terms says.
[[nodiscard]] TermList beta_terms();

/// What β did to the reconstructions, one paragraph for each kind of model that the study has. Models in order of β.
[[nodiscard]] std::vector<std::string> reconstruction_story(const std::vector<ModelAtBeta>& models);

/// What β did to the traversals. Models in order of β.
[[nodiscard]] std::string traversal_story(const std::vector<ModelAtBeta>& models);

}  // namespace betavae::detail

#if BETAVAE_HEADER_ONLY
#include <betavae/io/report/beta_prose.ipp>
#endif
