// SPDX-License-Identifier: MIT
// Two logits, as many implementations have, are one too many: their difference is the logit.
// expect: betavae: FactorVae: the discriminator must give one output, a logit
#include <betavae/train/objective/factor_vae.hpp>

#ifdef BETAVAE_MUST_FAIL
constexpr int outputs = 2;
#else
constexpr int outputs = 1;
#endif

auto objective() { return betavae::FactorVae(betavae::dense_network<float, 3, 8, outputs>()); }
