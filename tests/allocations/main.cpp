// SPDX-License-Identifier: MIT
// Counts what training allocates from step to step: every call of malloc and its relatives, and so of operator new.
#include <betavae/betavae.hpp>
#include <betavae/train/objective/factor_vae.hpp>
#include <betavae/vae/full_gaussian_encoder.hpp>
#include <betavae/vae/objective/beta_tc.hpp>
#include <betavae/vae/objective/dip.hpp>
#include <betavae/vae/objective/importance_weighted_elbo.hpp>
#include <betavae/vae/objective/info_elbo.hpp>
#include <betavae/vae/prior/flow.hpp>
#include <betavae/vae/prior/laplace.hpp>
#include <betavae/vae/prior/vamp.hpp>
#include <betavae/vae/skip_networks.hpp>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <vector>

namespace {
std::atomic<long> allocations{0};
}

// glibc's own names for what these replace.
extern "C" {
void* __libc_malloc(std::size_t size);                           // NOLINT
void* __libc_calloc(std::size_t count, std::size_t size);        // NOLINT
void* __libc_realloc(void* memory, std::size_t size);            // NOLINT
void* __libc_memalign(std::size_t alignment, std::size_t size);  // NOLINT

void* malloc(std::size_t size) {
  ++allocations;
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  ++allocations;
  return __libc_calloc(count, size);
}
void* realloc(void* memory, std::size_t size) {
  ++allocations;
  return __libc_realloc(memory, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  ++allocations;
  return __libc_memalign(alignment, size);
}
void* memalign(std::size_t alignment, std::size_t size) {
  ++allocations;
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
  ++allocations;
  *memory = __libc_memalign(alignment, size);
  return *memory != nullptr ? 0 : ENOMEM;
}
}

namespace bv = betavae;

namespace {

/// Trains, and fails unless each step after the first allocates as much as nothing. An epoch allocates its record, which counts for
/// the first step of the next one.
template <class Model, class Data, class Objective>
bool steps_allocate_nothing(const char* name, Model& model, const Data& data, Objective objective,
                            bv::FitOptions options) {
  long before = 0;
  long in_steps = 0;
  bv::Index first_step = 0;
  options.on_step = [&](const bv::StepReport& report) {
    const bool begins_epoch = report.epoch != first_step;
    first_step = report.epoch;
    if (!begins_epoch) {
      in_steps += allocations - before;
    }
    before = allocations;
  };
  bv::fit(model, data, objective, options);
  std::printf("%s: %ld allocations in steps after the first of each epoch\n", name, in_steps);
  return in_steps == 0;
}

}  // namespace

int main() {
  // A counter that counts nothing would find nothing.
  const long at_first = allocations;
  delete new int(1);  // NOLINT
  std::free(std::malloc(100));
  ::operator delete (::operator new (64, std::align_val_t{64}), std::align_val_t{64});
  if (allocations - at_first < 2) {  // a compiler may leave out the pair of new and delete
    std::printf("malloc is not counted here\n");
    return 1;
  }
  const bv::Matrix<float> pixels = (bv::Matrix<float>::Random(100, 650).array() * 0.5F + 0.5F).matrix();
  bool passed = true;
  for (const bv::Index threads : {1, 2}) {
    const bv::FitOptions options{
        .epochs = 3, .batch = 64, .schedule = bv::cosine_decay(), .max_gradient_norm = 1, .threads = threads};
    bv::Vae bernoulli{bv::dense_encoder<100, 70, 5>(), bv::dense_decoder<5, 70, 100>(), bv::Bernoulli{}};
    passed = steps_allocate_nothing("Bernoulli", bernoulli, pixels, bv::BetaElbo{4.0}, options) && passed;
    bv::Vae gaussian{bv::dense_encoder<100, 30, 5>({.activation = bv::Activation::silu}),
                     bv::dense_decoder<5, 30, 100>({.activation = bv::Activation::tanh}),
                     bv::GaussianLearnedSigma<float>{0.5}};
    passed =
        steps_allocate_nothing("Gaussian with learned sigma", gaussian, pixels, bv::BetaElbo{1.0}, options) && passed;
    bv::BesideValues<float> beside{
        .mask = std::vector<std::uint8_t>(65000, 1), .weights = std::vector<float>(650, 1), .offsets = {}};
    beside.mask[64999] = 0;  // one of all, and so not in the first batch of every epoch
    beside.weights[3] = 2;
    passed = steps_allocate_nothing("Gaussian, a value missing", gaussian, bv::ObservedSet(pixels, beside),
                                    bv::BetaElbo{1.0}, options) &&
             passed;
    for (const bv::Skip skip : {bv::Skip::gated, bv::Skip::dropout, bv::Skip::sample_dropout}) {
      bv::Vae with_skip{bv::dense_skip_encoder<100, 70, 5>(), bv::dense_skip_decoder<5, 70, 100>({.skip = skip}),
                        bv::Bernoulli{}};
      passed = steps_allocate_nothing("Bernoulli with a skip", with_skip, pixels, bv::BetaElbo{1.0}, options) && passed;
    }
    bv::Vae reminded{bv::dense_encoder<100, 70, 5>(), bv::dense_decoder_with_latents_everywhere<5, 70, 100>(),
                     bv::Bernoulli{}};
    passed = steps_allocate_nothing("latents in every layer", reminded, pixels, bv::BetaElbo{1.0}, options) && passed;

    const auto with_objective = [&](const char* name, const auto& objective) {
      passed = steps_allocate_nothing(name, bernoulli, pixels, objective, options) && passed;
    };
    with_objective("capacity on a schedule", bv::CapacityElbo{bv::LinearSchedule({.to = 3, .steps = 20})});
    with_objective("a given rate", bv::BetaElbo{bv::PidController({.rate = 2})});
    with_objective("a given distortion", bv::BetaElbo{bv::GecoController({.distortion = 65})});
    with_objective("free bits", bv::FreeBitsElbo{bv::FreeNatsPerDimension{0.1}});
    with_objective("total correlation", bv::BetaTotalCorrelation{4.0});
    with_objective("DIP", bv::DipElbo({.lambda_diagonal = 5}));
    with_objective("InfoVAE", bv::InfoElbo({.alpha = 0.5, .lambda = 10}));
    with_objective("FactorVAE", bv::factor_vae<5, 16>({.gamma = 5}));
    with_objective("importance weights", bv::ImportanceWeightedElbo({.draws = 3}));

    const auto with_prior = [&](const char* name, const auto& encoder, const auto& prior) {
      bv::Vae model{encoder, bernoulli.decoder, bv::Bernoulli{}, prior};
      passed = steps_allocate_nothing(name, model, pixels, bv::BetaElbo{1.0}, options) && passed;
    };
    with_prior("Laplace prior", bernoulli.encoder, bv::LaplacePrior{});
    with_prior("Vamp prior", bernoulli.encoder, bv::VampPrior<100, 7>(pixels));
    with_prior("flow prior", bernoulli.encoder, bv::CouplingFlowPrior<5, 2, 8>{});
    with_prior("full covariance", bv::dense_full_encoder<100, 70, 5>(), bv::StandardNormal{});
  }
  return passed ? 0 : 1;
}
