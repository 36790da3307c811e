// SPDX-License-Identifier: MIT
// Encoders, decoders, likelihoods and posteriors, and how they fit together.
#include <betavae/vae/full_gaussian_encoder.hpp>
#include <betavae/vae/full_gaussian_posterior.hpp>
#include <betavae/vae/generative_skip.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/likelihood/categorical.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>
#include <betavae/vae/likelihood/negative_binomial.hpp>
#include <betavae/vae/likelihood/ordered_logistic.hpp>
#include <betavae/vae/networks.hpp>
#include <betavae/vae/posterior.hpp>
#include <betavae/vae/rate.hpp>
#include <betavae/vae/vae.hpp>

namespace bv = betavae;

// case: vae/categorical_of_one
// expect: betavae: a categorical likelihood needs at least two categories
namespace categorical_of_one {

#if !defined(BETAVAE_MUST_FAIL)
bv::Categorical<2> likelihood;
#else
bv::Categorical<1> likelihood;
#endif

}  // namespace categorical_of_one

// case: vae/data_of_another_scalar
// expect: betavae: the data must have the scalar type of the model
namespace data_of_another_scalar {

#if !defined(BETAVAE_MUST_FAIL)
using Data = Eigen::MatrixXf;
#else
using Data = Eigen::MatrixXd;
#endif

auto encode(const Data& data) {
  const bv::Vae model{bv::dense_encoder<7, 2>(), bv::dense_decoder<2, 7>(), bv::Bernoulli{}};
  return model.encode(data);
}

}  // namespace data_of_another_scalar

// case: vae/decoder_of_another_scalar
// expect: betavae: a decoder needs constants inputs and outputs, and a const operator()(context, z) that gives the likelihood's parameters (one column a sample), in the encoder's scalar type
namespace decoder_of_another_scalar {

struct Decoder {
  static constexpr int inputs = 2;
  static constexpr int outputs = 2;
  template <class Context, bv::Operand Z>
#if !defined(BETAVAE_MUST_FAIL)
  auto operator()(Context& /*context*/, const Z& z) const {
    return z;
  }
#else
  double operator()(Context& /*context*/, const Z& /*z*/) const {
    return 0;
  }
#endif
};

bv::Vae model{bv::dense_encoder<2, 2>(), Decoder{}, bv::Bernoulli{}};

}  // namespace decoder_of_another_scalar

// case: vae/decoder_of_one_parameter
// expect: betavae: the decoder must give as many outputs as the likelihood needs for the encoder's inputs
namespace decoder_of_one_parameter {

#if !defined(BETAVAE_MUST_FAIL)
bv::Vae model{bv::dense_encoder<7, 2>(), bv::dense_decoder<2, 14>(), bv::NegativeBinomial{}};
#else
bv::Vae model{bv::dense_encoder<7, 2>(), bv::dense_decoder<2, 7>(), bv::NegativeBinomial{}};
#endif

}  // namespace decoder_of_one_parameter

// case: vae/decoder_of_wrong_inputs
// expect: betavae: the decoder must take as many inputs as the encoder has latents
namespace decoder_of_wrong_inputs {

#if !defined(BETAVAE_MUST_FAIL)
bv::Vae model{bv::dense_encoder<7, 2>(), bv::dense_decoder<2, 7>(), bv::Bernoulli{}};
#else
bv::Vae model{bv::dense_encoder<7, 2>(), bv::dense_decoder<3, 7>(), bv::Bernoulli{}};
#endif

}  // namespace decoder_of_wrong_inputs

// case: vae/decoder_of_wrong_outputs
// expect: betavae: the decoder must give as many outputs as the likelihood needs for the encoder's inputs
namespace decoder_of_wrong_outputs {

#if !defined(BETAVAE_MUST_FAIL)
bv::Vae model{bv::dense_encoder<7, 2>(), bv::dense_decoder<2, 7>(), bv::Bernoulli{}};
#else
bv::Vae model{bv::dense_encoder<7, 2>(), bv::dense_decoder<2, 6>(), bv::Bernoulli{}};
#endif

}  // namespace decoder_of_wrong_outputs

// case: vae/decoder_without_outputs
// expect: betavae: a decoder needs constants inputs and outputs, and a const operator()(context, z) that gives the likelihood's parameters (one column a sample), in the encoder's scalar type
namespace decoder_without_outputs {

struct Decoder {
  static constexpr int inputs = 2;
#if !defined(BETAVAE_MUST_FAIL)
  static constexpr int outputs = 2;
#endif
  template <class Context, bv::Operand Z>
  auto operator()(Context& /*context*/, const Z& z) const {
    return z;
  }
};

bv::Vae model{bv::dense_encoder<2, 2>(), Decoder{}, bv::Bernoulli{}};

}  // namespace decoder_without_outputs

// case: vae/encoder_odd_outputs
// expect: betavae: GaussianEncoder: the network must have two outputs for each latent, a mean and a log-variance
namespace encoder_odd_outputs {

#if !defined(BETAVAE_MUST_FAIL)
bv::GaussianEncoder encoder{bv::dense_network<float, 5, 4>()};
#else
bv::GaussianEncoder encoder{bv::dense_network<float, 5, 3>()};
#endif

}  // namespace encoder_odd_outputs

// case: vae/encoder_without_log_variance
// expect: betavae: an encoder needs a type Scalar, constants inputs and latents, and a const operator()(context, x) whose result has members mean and log_variance (latents x samples)
namespace encoder_without_log_variance {

template <class Mean, class LogVariance>
struct Posterior {
  Mean mean;
#if !defined(BETAVAE_MUST_FAIL)
  LogVariance log_variance;
#else
  LogVariance log_sigma;
#endif
};

struct Encoder {
  using Scalar = float;
  static constexpr int inputs = 5;
  static constexpr int latents = 2;
  template <class Context, bv::Operand X>
  auto operator()(Context& /*context*/, const X& x) const {
    const auto mean = bv::rows<2>(x, 0);
    return Posterior<std::remove_cv_t<decltype(mean)>, std::remove_cv_t<decltype(mean)>>{mean, bv::rows<2>(x, 2)};
  }
};

bv::Vae model{Encoder{}, bv::dense_decoder<2, 5>(), bv::Bernoulli{}};

}  // namespace encoder_without_log_variance

// case: vae/encoder_without_scalar
// expect: betavae: an encoder needs a type Scalar, constants inputs and latents, and a const operator()(context, x) whose result has members mean and log_variance (latents x samples)
namespace encoder_without_scalar {

struct Encoder {
#if !defined(BETAVAE_MUST_FAIL)
  using Scalar = float;
#endif
  static constexpr int inputs = 4;
  static constexpr int latents = 2;
  template <class Context, bv::Operand X>
  auto operator()(Context& /*context*/, const X& x) const {
    return bv::gaussian_posterior(x);
  }
};

bv::Vae model{Encoder{}, bv::dense_decoder<2, 4>(), bv::Bernoulli{}};

}  // namespace encoder_without_scalar

// case: vae/full_encoder_of_wrong_outputs
// expect: betavae: FullGaussianEncoder: the network must have K (K+3)/2 outputs for K latents
namespace full_encoder_of_wrong_outputs {

#if !defined(BETAVAE_MUST_FAIL)
bv::FullGaussianEncoder encoder{bv::dense_network<float, 5, 9>()};
#else
bv::FullGaussianEncoder encoder{bv::dense_network<float, 5, 8>()};
#endif

}  // namespace full_encoder_of_wrong_outputs

// case: vae/full_posterior_of_wrong_factor
// expect: betavae: a full Gaussian posterior of K latents needs K (K-1)/2 numbers below the diagonal
namespace full_posterior_of_wrong_factor {

#if !defined(BETAVAE_MUST_FAIL)
constexpr int below_diagonal = 6;
#else
constexpr int below_diagonal = 4;
#endif

void rate(const bv::FullGaussianPosterior<bv::Constant<float, 4>, bv::Constant<float, 4>,
                                          bv::Constant<float, below_diagonal>>& posterior) {
  (void)bv::gaussian_rate(posterior);
}

}  // namespace full_posterior_of_wrong_factor

// case: vae/latents_everywhere_without_hidden_layer
// expect: betavae: latents everywhere: give at least three sizes, latents, a hidden layer and outputs
namespace latents_everywhere_without_hidden_layer {

#if !defined(BETAVAE_MUST_FAIL)
auto decoder = bv::dense_decoder_with_latents_everywhere<2, 5, 7>();
#else
auto decoder = bv::dense_decoder_with_latents_everywhere<2, 7>();
#endif

}  // namespace latents_everywhere_without_hidden_layer

// case: vae/likelihood_scalar
// expect: the likelihood must have the encoder's scalar type
namespace likelihood_scalar {

int use() {
#if defined(BETAVAE_MUST_FAIL)
  const bv::GaussianLearnedSigma<float> likelihood;
#else
  const bv::GaussianLearnedSigma<double> likelihood;
#endif
  const bv::Vae model{bv::dense_encoder<double, 3, 2>(), bv::dense_decoder<double, 2, 3>(), likelihood};
  return static_cast<int>(bv::count_parameters(model) == 0);
}

}  // namespace likelihood_scalar

// case: vae/likelihood_without_floor
// expect: betavae: a likelihood needs parameters_per_value (or outputs), name, point_estimate_name, distortion, score, point_estimate, sample, fisher_information, floor and check; vae/likelihood/bernoulli.hpp is a whole one
namespace likelihood_without_floor {

struct Likelihood : bv::Bernoulli {
#if defined(BETAVAE_MUST_FAIL)
  double floor(double) const = delete;
#endif
};

bv::Vae model{bv::dense_encoder<7, 2>(), bv::dense_decoder<2, 7>(), Likelihood{}};

}  // namespace likelihood_without_floor

// case: vae/noise_without_fill
// expect: betavae: a noise needs a member fill(MatrixView<Scalar> values, std::uint64_t step, std::uint64_t first_sample) const
namespace noise_without_fill {

struct Noise {
#if !defined(BETAVAE_MUST_FAIL)
  void fill(bv::MatrixView<float> values, std::uint64_t step, std::uint64_t first_sample) const {
    bv::NoNoise{}.fill(values, step, first_sample);
  }
#endif
};

void draw(const bv::GaussianPosterior<bv::Constant<float>, bv::Constant<float>>& posterior) {
  (void)bv::reparameterize(posterior, Noise{}, 0);
}

}  // namespace noise_without_fill

// case: vae/ordered_logistic_of_one
// expect: betavae: an ordered likelihood needs at least two categories
namespace ordered_logistic_of_one {

#if !defined(BETAVAE_MUST_FAIL)
bv::OrderedLogistic<2> likelihood;
#else
bv::OrderedLogistic<1> likelihood;
#endif

}  // namespace ordered_logistic_of_one

// case: vae/posterior_of_odd_rows
// expect: betavae: a Gaussian posterior needs an even number of rows: means above log-variances
namespace posterior_of_odd_rows {

#if !defined(BETAVAE_MUST_FAIL)
constexpr int rows = 4;
#else
constexpr int rows = 5;
#endif

void read(const bv::Constant<float, rows>& outputs) { (void)bv::gaussian_posterior(outputs); }

}  // namespace posterior_of_odd_rows

// case: vae/posterior_of_unequal_rows
// expect: betavae: a Gaussian posterior needs as many log-variances as means
namespace posterior_of_unequal_rows {

#if !defined(BETAVAE_MUST_FAIL)
constexpr int log_variances = 4;
#else
constexpr int log_variances = 3;
#endif

void rate(const bv::GaussianPosterior<bv::Constant<float, 4>, bv::Constant<float, log_variances>>& posterior) {
  (void)bv::gaussian_rate(posterior);
}

}  // namespace posterior_of_unequal_rows
