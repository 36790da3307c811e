// SPDX-License-Identifier: MIT
// The loop of a training, its optimizer and what it reports.
#include <betavae/train/evaluate.ipp>
#include <betavae/train/fit_options.ipp>
#include <betavae/train/history.ipp>
#include <betavae/train/learning_rate.ipp>
#include <betavae/train/named_means.ipp>
#include <betavae/train/progress.ipp>
#include <betavae/train/training_loop.ipp>
#include <betavae/train/training_step.ipp>

namespace betavae {

BETAVAE_ADAM(, float)
BETAVAE_ADAM(, double)
BETAVAE_MOMENTS(, float)
BETAVAE_MOMENTS(, double)

}  // namespace betavae

namespace betavae::detail {

BETAVAE_EPOCH_MEASUREMENT(, float)
BETAVAE_EPOCH_MEASUREMENT(, double)

}  // namespace betavae::detail
