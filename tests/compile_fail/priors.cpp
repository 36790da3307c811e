// SPDX-License-Identifier: MIT
// Priors.
#include <betavae/vae/committed_encoder.hpp>
#include <betavae/vae/full_gaussian_encoder.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/prior/flow.hpp>
#include <betavae/vae/prior/mixture.hpp>
#include <betavae/vae/prior/vamp.hpp>
#include <betavae/vae/vae.hpp>

namespace bv = betavae;

// case: vae/committed_rate_of_another_prior
// A bound of the variance is a bound of the rate for one prior alone.
// expect: betavae: a CommittedEncoder keeps its rate under the prior StandardNormal alone
namespace committed_rate_of_another_prior {

struct Prior : bv::StandardNormal {};

auto model() {
  return bv::Vae{bv::CommittedEncoder(bv::dense_encoder<4, 2>(), 1.0), bv::dense_decoder<2, 4>(), bv::Bernoulli{},
#ifdef BETAVAE_MUST_FAIL
                 Prior{}
#else
                 bv::StandardNormal{}
#endif
  };
}

}  // namespace committed_rate_of_another_prior

// case: vae/flow_of_one_latent
// expect: betavae: CouplingFlowPrior: a coupling needs at least two latents, one to be moved by the other
namespace flow_of_one_latent {

#if defined(BETAVAE_MUST_FAIL)
constexpr int latents = 1;
#else
constexpr int latents = 2;
#endif

bv::CouplingFlowPrior<latents, 2, 3> prior;

}  // namespace flow_of_one_latent

// case: vae/mixture_of_none
// expect: betavae: GaussianMixturePrior: a mixture needs at least one component
namespace mixture_of_none {

#if defined(BETAVAE_MUST_FAIL)
constexpr int components = 0;
#else
constexpr int components = 1;
#endif

bv::GaussianMixturePrior<2, components> prior;

}  // namespace mixture_of_none

// case: vae/prior_of_other_latents
// expect: betavae: the prior must have as many latents as the encoder
namespace prior_of_other_latents {

#if defined(BETAVAE_MUST_FAIL)
constexpr int latents = 3;
#else
constexpr int latents = 2;
#endif

bv::Vae model{bv::dense_encoder<7, 2>(), bv::dense_decoder<2, 7>(), bv::Bernoulli{},
              bv::GaussianMixturePrior<latents, 5>{}};

}  // namespace prior_of_other_latents

// case: vae/prior_without_nats
// expect: betavae: a prior needs a member sample(MatrixView<Scalar>, Random, first_sample), and one that gives nats
namespace prior_without_nats {

struct Prior {
#if !defined(BETAVAE_MUST_FAIL)
  template <class Context, bv::Operand Z>
  auto log_density(Context& context, const Z& z) const {
    return bv::StandardNormal{}.log_density(context, z);
  }
#endif
  void sample(bv::MatrixView<float> z, const bv::Random& random, std::uint64_t first_sample) const {
    bv::StandardNormal{}.sample(z, random, first_sample);
  }
};

bv::Vae model{bv::dense_encoder<7, 2>(), bv::dense_decoder<2, 7>(), bv::Bernoulli{}, Prior{}};

}  // namespace prior_without_nats

// case: vae/prior_without_sample
// expect: betavae: a prior needs a member sample(MatrixView<Scalar>, Random, first_sample)
namespace prior_without_sample {

struct Prior {
  template <class Posterior>
  auto rate(const Posterior& posterior) const {
    return bv::gaussian_rate(posterior);
  }
#if !defined(BETAVAE_MUST_FAIL)
  void sample(bv::MatrixView<float> z, const bv::Random& random, std::uint64_t first_sample) const {
    bv::StandardNormal{}.sample(z, random, first_sample);
  }
#endif
};

bv::Vae model{bv::dense_encoder<7, 2>(), bv::dense_decoder<2, 7>(), bv::Bernoulli{}, Prior{}};

}  // namespace prior_without_sample

// case: vae/vamp_of_full_posterior
// expect: betavae: VampPrior needs an encoder whose posterior is diagonal
namespace vamp_of_full_posterior {

#if defined(BETAVAE_MUST_FAIL)
bv::FullGaussianEncoder encoder{bv::dense_network<float, 7, 5>()};
#else
bv::GaussianEncoder encoder{bv::dense_network<float, 7, 4>()};
#endif

bv::Vae model{encoder, bv::dense_decoder<2, 7>(), bv::Bernoulli{}, bv::VampPrior<7, 5>{}};

}  // namespace vamp_of_full_posterior

// case: vae/vamp_of_other_features
// expect: betavae: VampPrior: the pseudo-inputs must have as many features as the encoder has inputs
namespace vamp_of_other_features {

#if defined(BETAVAE_MUST_FAIL)
constexpr int features = 8;
#else
constexpr int features = 7;
#endif

bv::Vae model{bv::dense_encoder<7, 2>(), bv::dense_decoder<2, 7>(), bv::Bernoulli{}, bv::VampPrior<features, 5>{}};

}  // namespace vamp_of_other_features
