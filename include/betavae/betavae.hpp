// SPDX-License-Identifier: MIT
// The library, as far as it needs Eigen and fmt alone. Headers with dependencies of their own (gzip, PNG) are included by name, from io/;
// so are likelihoods other than Bernoulli and Gaussian (vae/likelihood/), priors other than N(0, I) (vae/prior/), objectives with more to
// them than rate and distortion (vae/objective/, train/objective/), other encoders and decoders (vae/), and analysis/: a program compiles
// what it needs.
#pragma once

#include <betavae/core/aligned.hpp>
#include <betavae/core/errors.hpp>
#include <betavae/core/flush_denormals.hpp>
#include <betavae/core/index.hpp>
#include <betavae/core/matrix_view.hpp>
#include <betavae/core/random.hpp>
#include <betavae/core/threads.hpp>
#include <betavae/core/version.hpp>
// core, then simd, kernels, autodiff, nn, vae, data, train; io beside them
#include <betavae/autodiff/arena.hpp>
#include <betavae/autodiff/dense.hpp>
#include <betavae/autodiff/elementwise.hpp>
#include <betavae/autodiff/gradient_check.hpp>
#include <betavae/autodiff/gradient_flow.hpp>
#include <betavae/autodiff/reduction.hpp>
#include <betavae/autodiff/repeat.hpp>
#include <betavae/autodiff/shape.hpp>
#include <betavae/autodiff/tape.hpp>
#include <betavae/autodiff/variable.hpp>
#include <betavae/data/batch.hpp>
#include <betavae/data/data_set.hpp>
#include <betavae/data/image_set.hpp>
#include <betavae/data/observed_set.hpp>
#include <betavae/io/idx.hpp>
#include <betavae/nn/activation.hpp>
#include <betavae/nn/dense.hpp>
#include <betavae/nn/gradients.hpp>
#include <betavae/nn/initialiser.hpp>
#include <betavae/nn/parameter.hpp>
#include <betavae/nn/sequential.hpp>
#include <betavae/nn/single_sample.hpp>
#include <betavae/train/adam.hpp>
#include <betavae/train/controller/geco.hpp>
#include <betavae/train/controller/pid.hpp>
#include <betavae/train/early_stopping.hpp>
#include <betavae/train/evaluate.hpp>
#include <betavae/train/fit.hpp>
#include <betavae/train/fit_options.hpp>
#include <betavae/train/history.hpp>
#include <betavae/train/learning_rate.hpp>
#include <betavae/train/moments.hpp>
#include <betavae/train/named_means.hpp>
#include <betavae/train/progress.hpp>
#include <betavae/train/schedule/cyclical.hpp>
#include <betavae/train/schedule/linear.hpp>
#include <betavae/train/snapshot.hpp>
#include <betavae/train/training_step.hpp>
#include <betavae/train/valid_batches.hpp>
#include <betavae/vae/concepts.hpp>
#include <betavae/vae/draws.hpp>
#include <betavae/vae/elbo.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>
#include <betavae/vae/likelihood/observed.hpp>
#include <betavae/vae/networks.hpp>
#include <betavae/vae/noise.hpp>
#include <betavae/vae/objective/beta_elbo.hpp>
#include <betavae/vae/objective/capacity_elbo.hpp>
#include <betavae/vae/objective/free_bits_elbo.hpp>
#include <betavae/vae/objective/schedule.hpp>
#include <betavae/vae/objective/setting.hpp>
#include <betavae/vae/objective/training_plan.hpp>
#include <betavae/vae/posterior.hpp>
#include <betavae/vae/prior.hpp>
#include <betavae/vae/rate.hpp>
#include <betavae/vae/vae.hpp>
