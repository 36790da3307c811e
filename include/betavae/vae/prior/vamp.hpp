// SPDX-License-Identifier: MIT
// The variational mixture of posteriors as prior (Tomczak and Welling, 2018, "VAE with a VampPrior"):
//
//     p(z) = (1/C) Σ_c q(z|u_c)
//
// where the encoder itself says what q is, and the C pseudo-inputs u_c are learned. The aggregate posterior is such a mixture over the
// data; this one has few terms, so that it costs little and cannot learn every sample by heart. The rate is sampled, the code's as a whole.
#pragma once

#include <betavae/nn/gradients.hpp>
#include <betavae/nn/state.hpp>
#include <betavae/vae/posterior.hpp>
#include <betavae/vae/prior/detail/mixture_density.hpp>

#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace betavae {

/// For images in [0, 1]: {.lowest = 0, .highest = 1}, as the paper has it.
struct VampOptions {
  double lowest = -std::numeric_limits<double>::infinity();  ///< what of a pseudo-input is below counts as this
  double highest = std::numeric_limits<double>::infinity();  ///< and above as this; outside, its gradient is 0
  double spread = 0.01;    ///< standard deviation of the pseudo-inputs about the mean, where they begin there
  std::uint64_t seed = 1;  ///< of the samples or numbers that they begin with
};

namespace detail {

/// A prior of posteriors that lie on a tape.
template <Operand Mean, Operand LogVariance>
struct MixtureOfPosteriors {
  using Scalar = typename Mean::Scalar;
  static constexpr int latents = Mean::Rows;
  static constexpr bool is_learned = true;
  Mean mean;                          ///< latents × components
  LogVariance log_variance;           ///< latents × components
  Constant<Scalar, dynamic> weights;  ///< components × 1, equal

  template <class Context, Operand Z>
  [[nodiscard]] auto log_density(Context& /*context*/, const Z& z) const {
    return mixture_log_density(z, mean, log_variance, weights);
  }
  void sample(MatrixView<Scalar> z, const Random& random, std::uint64_t first_sample = 0) const {
    sample_mixture(z, mean.value_view(), log_variance.value_view(), weights.value_view().data, random, first_sample);
  }
};

}  // namespace detail

/// VampPrior<784, 100> prior(images, {.lowest = 0, .highest = 1}); the encoder is the model's own.
template <int Features, int Components, class ScalarType = float>
class VampPrior {
  static_assert(Features >= 1, "betavae: VampPrior: the number of features is part of the type, and at least 1");
  static_assert(Components >= 1, "betavae: VampPrior: a mixture needs at least one component");

 public:
  using Scalar = ScalarType;
  static constexpr int features = Features;
  static constexpr int components = Components;

  /// Pseudo-inputs that begin about 0, or in the middle of a finite range: for a model to be loaded, or data without a matrix.
  /// Errors: ArgumentError for bad options.
  explicit VampPrior(const VampOptions& options = {}) : options_(checked(options)) {
    const bool is_finite = std::isfinite(options.lowest) && std::isfinite(options.highest);
    begin_about(Matrix<Scalar>::Constant(
        Features, 1, is_finite ? static_cast<Scalar>(0.5 * (options.lowest + options.highest)) : Scalar(0)));
  }

  /// Pseudo-inputs that begin as samples of the data (features × samples), each taken at most once.
  /// Errors: ArgumentError for another number of features, fewer samples than components, or bad options.
  template <class Derived>
  explicit VampPrior(const Eigen::MatrixBase<Derived>& data, const VampOptions& options = {})
      : options_(checked(options)) {
    require_same_size("VampPrior", "rows of the data", data.rows(), "features of the prior", Features);
    require(data.cols() >= Components, "VampPrior", "data", "at least one sample for each component", data.cols());
    std::vector<Index> order(static_cast<std::size_t>(data.cols()));
    std::iota(order.begin(), order.end(), Index{0});
    const Random random(options.seed, Stream::prior_parameters);
    for (Index c = 0; c < Components; ++c) {
      const auto left = static_cast<std::uint64_t>(data.cols() - c);
      const auto chosen = static_cast<std::size_t>(c) + random.below(left, {0, static_cast<std::uint64_t>(c), 0});
      std::swap(order[static_cast<std::size_t>(c)], order[chosen]);
      pseudo_inputs.value().col(c) = data.col(order[static_cast<std::size_t>(c)]).template cast<Scalar>();
    }
  }

  /// Pseudo-inputs that begin about the mean of the data. Errors: as above, but for one sample or more.
  template <class Derived>
  [[nodiscard]] static VampPrior about_mean(const Eigen::MatrixBase<Derived>& data, const VampOptions& options = {}) {
    VampPrior prior(options);
    require_same_size("VampPrior", "rows of the data", data.rows(), "features of the prior", Features);
    require(data.cols() > 0, "VampPrior", "data", "at least one sample", data.cols());
    prior.begin_about(data.rowwise().mean().template cast<Scalar>());
    return prior;
  }

  template <class Visitor>
  void visit(Visitor&& visitor) {
    visitor("pseudo_inputs", pseudo_inputs);
  }
  [[nodiscard]] std::vector<std::string> schema() const {
    return {detail::schema_line("name", "Vamp"), detail::schema_line("lowest", options_.lowest),
            detail::schema_line("highest", options_.highest)};
  }

  /// The prior that this encoder makes of the pseudo-inputs; good for as long as the tape's contents.
  template <class Context, class EncoderType>
  [[nodiscard]] auto given(Context& context, const EncoderType& encoder) const {
    static_assert(std::is_same_v<typename EncoderType::Scalar, Scalar>,
                  "betavae: VampPrior must have the encoder's scalar type, as in VampPrior<784, 100, double>");
    static_assert(EncoderType::inputs == Features || EncoderType::inputs == dynamic,
                  "betavae: VampPrior: the pseudo-inputs must have as many features as the encoder has inputs");
    const auto posterior = encoder(context, bounded(context.parameter(pseudo_inputs)));
    static_assert(
        !requires { posterior.factor; },
        "betavae: VampPrior needs an encoder whose posterior is diagonal: a mixture of full Gaussians is not built");
    return detail::MixtureOfPosteriors<decltype(posterior.mean), decltype(posterior.log_variance)>{
        posterior.mean,
        posterior.log_variance,
        {context.tape(), {context.tape().allocate_zeros(Components), Components, 1, Components}}};
  }

  Parameter<Scalar, Features, Components> pseudo_inputs;  ///< before they are kept within their range

 private:
  [[nodiscard]] static const VampOptions& checked(const VampOptions& options) {
    require(options.lowest < options.highest, "VampPrior", "options.lowest", "a number below options.highest",
            options.lowest);
    require(options.spread > 0 && std::isfinite(options.spread), "VampPrior", "options.spread",
            "a finite number above 0, or the components would stay alike", options.spread);
    return options;
  }

  void begin_about(const Matrix<Scalar>& middle) {
    const Random random(options_.seed, Stream::prior_parameters);
    for (Index c = 0; c < Components; ++c) {
      random.fill_normals(pseudo_inputs.data() + c * Features, Features, 0, static_cast<std::uint64_t>(c));
    }
    pseudo_inputs.value() *= static_cast<Scalar>(options_.spread);
    pseudo_inputs.value().colwise() += middle.col(0);
  }

  template <Operand X>
  [[nodiscard]] auto bounded(const X& x) const {
    const auto lowest = static_cast<Scalar>(options_.lowest);
    const auto highest = static_cast<Scalar>(options_.highest);
    return unary(
        "pseudo-inputs", x, [=](Scalar v) { return std::min(std::max(v, lowest), highest); },
        [=](Scalar v, Scalar) { return v < lowest || v > highest ? Scalar(0) : Scalar(1); });
  }

  VampOptions options_;
};

}  // namespace betavae
