// SPDX-License-Identifier: MIT
// Skips from encoder to decoder.
#include <betavae/analysis/importance_weighting.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/skip_networks.hpp>
#include <betavae/vae/vae.hpp>

#include <array>

namespace bv = betavae;

// case: vae/skip_decoder_of_other_sizes
// expect: betavae: the decoder's hidden layers must mirror those of the encoder, whose skips they take
namespace skip_decoder_of_other_sizes {

#if !defined(BETAVAE_MUST_FAIL)
bv::Vae model{bv::dense_skip_encoder<7, 5, 4, 2>(), bv::dense_skip_decoder<2, 4, 5, 7>(), bv::Bernoulli{}};
#else
bv::Vae model{bv::dense_skip_encoder<7, 5, 4, 2>(), bv::dense_skip_decoder<2, 5, 4, 7>(), bv::Bernoulli{}};
#endif

}  // namespace skip_decoder_of_other_sizes

// case: vae/skip_decoder_of_plain_encoder
// expect: betavae: a decoder with skips needs an encoder that gives them, such as dense_skip_encoder
namespace skip_decoder_of_plain_encoder {

#if !defined(BETAVAE_MUST_FAIL)
bv::Vae model{bv::dense_skip_encoder<7, 5, 2>(), bv::dense_skip_decoder<2, 5, 7>(), bv::Bernoulli{}};
#else
bv::Vae model{bv::dense_encoder<7, 5, 2>(), bv::dense_skip_decoder<2, 5, 7>(), bv::Bernoulli{}};
#endif

}  // namespace skip_decoder_of_plain_encoder

// case: vae/skip_decoder_without_call
// expect: betavae: a decoder with skip_sizes needs a const operator()(context, z, skips)
namespace skip_decoder_without_call {

/// Doubles its code, and looks at no skip.
struct Decoder {
  static constexpr int inputs = 2;
  static constexpr int outputs = 2;
  static constexpr std::array<int, 1> skip_sizes{5};

  template <class Context, bv::Operand Z>
  auto operator()(Context& /*context*/, const Z& z) const {
    return 2.0F * z;
  }
#if !defined(BETAVAE_MUST_FAIL)
  template <class Context, bv::Operand Z, class Skips>
  auto operator()(Context& /*context*/, const Z& z, const Skips& /*skips*/) const {
    return 2.0F * z;
  }
#endif
};

const bv::Vae model{bv::dense_skip_encoder<2, 5, 2>(), Decoder{}, bv::Bernoulli{}};
const auto nats = model.negative_elbo(bv::Matrix<float>::Zero(2, 1));

}  // namespace skip_decoder_without_call

// case: vae/skip_encoder_without_hidden_layer
// expect: betavae: a skip needs at least one hidden layer that it can come from
namespace skip_encoder_without_hidden_layer {

#if !defined(BETAVAE_MUST_FAIL)
auto encoder = bv::dense_skip_encoder<7, 5, 2>();
#else
auto encoder = bv::dense_skip_encoder<7, 2>();
#endif

}  // namespace skip_encoder_without_hidden_layer

// case: train/log_likelihood_of_skip_decoder
// expect: betavae: log_likelihood: a decoder with skips has read the data that it decodes
namespace log_likelihood_of_skip_decoder {

#if !defined(BETAVAE_MUST_FAIL)
auto decoder = bv::dense_decoder<2, 5, 7>();
#else
auto decoder = bv::dense_skip_decoder<2, 5, 7>();
#endif

double nats() {
  const bv::Vae model{bv::dense_skip_encoder<7, 5, 2>(), decoder, bv::Bernoulli{}};
  return bv::log_likelihood(model, bv::Matrix<float>::Zero(7, 3).eval()).mean;
}

}  // namespace log_likelihood_of_skip_decoder
