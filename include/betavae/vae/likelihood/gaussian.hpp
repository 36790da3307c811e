// SPDX-License-Identifier: MIT
// The Gaussian likelihood p(x|μ) = N(μ, σ² I), with σ fixed, learned, or optimal.
//
//     distortion = ‖x − μ‖² / 2σ² + ½ d ln 2πσ²,   score in μ = (x − μ)/σ²,   Fisher information in μ = 1/σ²
//
// What β means depends on σ: on the linear model, codes live where the variance of the data exceeds βσ² (Lucas, Tucker, Grosse and
// Norouzi, 2019). Three ways to choose it:
//
//     Gaussian              fixed: part of the model's definition.
//     GaussianLearnedSigma  one parameter for all values, trained with the rest.
//     GaussianOptimalSigma  the best one for each batch in closed form, σ̂² = Σ ‖x − μ‖² / Σ d (Rybkin, Daniilidis and Levine, 2021,
//                           equation 5); gradients flow through it.
//
// The last two have no lower bound of the objective as σ → 0 when reconstruction can be perfect (β < 1 and K ≥ d); so σ has a
// floor, which is a constructor argument, and `at_floor()` says when it binds.
#pragma once

#include <betavae/autodiff/reduction.hpp>
#include <betavae/core/random.hpp>
#include <betavae/kernels/gaussian_likelihood.hpp>
#include <betavae/nn/state.hpp>
#include <betavae/vae/likelihood/observed.hpp>

#include <algorithm>
#include <cmath>

namespace betavae {

inline constexpr double log_2_pi = 1.837877066409345483560659472811235;  ///< ln 2π

namespace detail {

/// ½ ‖x − μ‖² of each sample and how many values are present: 1 × samples each.
template <class Scalar>
struct HalfSquaredError {
  Erased<Scalar> half;
  MatrixView<Scalar> present;
};

template <class Scalar>
HalfSquaredError<Scalar> erased_half_squared_error(const Erased<Scalar>& mean, const ErasedObserved<Scalar>& observed) {
  const Index features = observed.values.rows;
  const Index samples = observed.values.columns;
  const bool differentiates = mean.is_variable();
  const HalfSquaredError<Scalar> error{make_erased(*mean.tape, 1, samples, differentiates),
                                       allocate_matrix(*mean.tape, 1, samples)};
  const MatrixView<Scalar> partial =
      differentiates ? allocate_matrix(*mean.tape, features, samples) : MatrixView<Scalar>{};
  share_samples(*mean.tape, features, samples, [&](Index j) {
    const auto squares = kernels::squared_error<Scalar>(features, mean.value.column(j), observed.values.column(j),
                                                        observed.mask_of(j), observed.offset_of(j), partial.column(j));
    *error.half.value.column(j) = Scalar(0.5) * squares.sum;
    *error.present.column(j) = Scalar(squares.present);
  });
  record_by_sample("half_squared_error", error.half, mean, partial);
  return error;
}

template <Operand Mean, Operand Values>
[[nodiscard]] auto half_squared_error(const Mean& mean, const Observed<Values>& observed) {
  using Scalar = typename Mean::Scalar;
  require_matching("Gaussian", mean, observed);
  const auto error = erased_half_squared_error(erase(mean), erase(observed));
  return std::pair{restore<ResultOf<Scalar, 1, Mean>>(error.half), Constant<Scalar, 1>{mean.tape(), error.present}};
}

/// h e^{−2s} + d (s + ½ ln 2π) for each sample, s = ln σ being one number for all (1 × 1).
template <class Scalar>
Erased<Scalar> erased_gaussian_nats(const Erased<Scalar>& half, MatrixView<Scalar> present,
                                    const Erased<Scalar>& log_sigma) {
  using std::exp;
  const Index samples = half.value.columns;
  const Erased<Scalar> nats = make_erased(*half.tape, 1, samples, half.is_variable() || log_sigma.is_variable());
  const Scalar s = *log_sigma.value.data;
  const Scalar precision = exp(Scalar(-2) * s);
  for (Index j = 0; j < samples; ++j) {
    *nats.value.column(j) =
        *half.value.column(j) * precision + *present.column(j) * (s + Scalar(0.5) * Scalar(log_2_pi));
  }
  record_erased("gaussian_nats", nats, [=] {
    for (Index j = 0; j < samples; ++j) {
      if (half.is_variable()) {
        *half.adjoint.column(j) += *nats.adjoint.column(j) * precision;
      }
      if (log_sigma.is_variable()) {
        *log_sigma.adjoint.data +=
            *nats.adjoint.column(j) * (*present.column(j) - Scalar(2) * *half.value.column(j) * precision);
      }
    }
  });
  return nats;
}

template <Operand Half, Operand Present, Operand LogSigma>
[[nodiscard]] auto gaussian_nats(const Half& half, const Present& present, const LogSigma& log_sigma) {
  using Result = ResultOf<typename Half::Scalar, 1, Half, LogSigma>;
  return restore<Result>(erased_gaussian_nats(erase(half), present.value_view(), erase(log_sigma)));
}

#if !BETAVAE_HEADER_ONLY
#define BETAVAE_GAUSSIAN(Keyword, Scalar)                                                                         \
  Keyword template BETAVAE_API HalfSquaredError<Scalar> erased_half_squared_error(const Erased<Scalar>&,          \
                                                                                  const ErasedObserved<Scalar>&); \
  Keyword template BETAVAE_API Erased<Scalar> erased_gaussian_nats(const Erased<Scalar>&, MatrixView<Scalar>,     \
                                                                   const Erased<Scalar>&);
BETAVAE_INSTANCES(BETAVAE_GAUSSIAN)
#endif

/// ln σ as a constant on the tape: 1 × 1.
template <class Scalar>
[[nodiscard]] Constant<Scalar, 1> constant_log_sigma(Tape<Scalar>& tape, double sigma) {
  Scalar* const log_sigma = tape.allocate(1);
  *log_sigma = Scalar(std::log(sigma));
  return {tape, {log_sigma, 1, 1, 1}};
}

/// What all three share. `Derived` has a member sigma().
template <class Derived>
struct GaussianBase {
  static constexpr int parameters_per_value = 1;  ///< the decoder gives one mean for each value
  static constexpr std::string_view point_estimate_name = "mean";

  /// ∂ ln p/∂μ, value by value: features × samples.
  template <class Mean, class Values>
  [[nodiscard]] Matrix<typename Mean::Scalar> score(const Mean& mean, const Values& values) const {
    using Scalar = typename Mean::Scalar;
    const auto precision = Scalar(1 / (sigma() * sigma()));
    return transform(mean, [&](Scalar m, Index i, Index j) { return (values(i, j) - m) * precision; });
  }

  template <class Mean>
  [[nodiscard]] Matrix<typename Mean::Scalar> point_estimate(const Mean& mean) const {
    return transform(mean, [](auto m, Index, Index) { return m; });
  }

  /// Draws of μ + σ ε. Column j is sample `first_sample` + j of `random`.
  template <class Mean>
  [[nodiscard]] Matrix<typename Mean::Scalar> sample(const Mean& mean, const Random& random,
                                                     std::uint64_t first_sample = 0) const {
    using Scalar = typename Mean::Scalar;
    const auto deviation = Scalar(sigma());
    return transform(mean, [&](Scalar m, Index i, Index j) {
      const NoiseAddress address{0, first_sample + static_cast<std::uint64_t>(j), static_cast<std::uint64_t>(i)};
      return m + deviation * random.normal<Scalar>(address);
    });
  }

  template <class Mean>
  [[nodiscard]] Matrix<typename Mean::Scalar> fisher_information(const Mean& mean) const {
    using Scalar = typename Mean::Scalar;
    const auto precision = Scalar(1 / (sigma() * sigma()));
    return transform(mean, [=](Scalar, Index, Index) { return precision; });
  }

  /// The distortion of one value at perfect reconstruction with this σ, in nats: ½ ln 2πσ². Below zero for small σ.
  [[nodiscard]] double floor(double /*x*/) const { return std::log(sigma()) + 0.5 * log_2_pi; }

  /// Errors: DataError unless x is finite.
  template <class Scalar>
  void check(Scalar x, Index feature, Index sample) const {
    using std::isfinite;
    if (!isfinite(x)) [[unlikely]] {
      throw DataError(detail::format_text("Gaussian: feature {} of sample {}: expected a finite value, got {}",
                                          {feature, sample, static_cast<double>(x)}));
    }
  }

 private:
  [[nodiscard]] double sigma() const { return static_cast<const Derived&>(*this).sigma(); }
};

inline void require_positive_sigma(std::string_view argument, double sigma) {
  require(sigma > 0 && std::isfinite(sigma), "Gaussian", argument, "a finite number above 0", sigma);
}

}  // namespace detail

/// σ is given, and stays.
class Gaussian : public detail::GaussianBase<Gaussian> {
 public:
  static constexpr std::string_view name = "Gaussian";

  /// Errors: ArgumentError unless sigma is finite and above 0.
  explicit Gaussian(double sigma = 1) : sigma_(sigma) { detail::require_positive_sigma("sigma", sigma); }

  [[nodiscard]] double sigma() const { return sigma_; }
  [[nodiscard]] std::vector<std::string> schema() const { return {detail::schema_line("sigma", sigma_)}; }

  /// −ln p of each sample in nats, summed over its features: 1 × samples. `mean` is features × samples.
  template <class Context, Operand Mean, Operand Values>
  [[nodiscard]] auto distortion(Context& /*context*/, const Mean& mean, const Observed<Values>& observed) const {
    const auto [half, present] = detail::half_squared_error(mean, observed);
    return detail::gaussian_nats(half, present, detail::constant_log_sigma(mean.tape(), sigma_));
  }

 private:
  double sigma_;
};

/// σ is one parameter of the model: ln σ = ln floor + softplus(s), so that σ > floor always and the gradient never stops.
template <class ScalarType = float>
class GaussianLearnedSigma : public detail::GaussianBase<GaussianLearnedSigma<ScalarType>> {
 public:
  using Scalar = ScalarType;
  static constexpr std::string_view name = "GaussianLearnedSigma";

  /// Errors: ArgumentError unless 0 < floor < initial_sigma.
  explicit GaussianLearnedSigma(double initial_sigma = 1, double floor = 1e-3) : sigma_floor(floor) {
    detail::require_positive_sigma("floor", floor);
    detail::require_positive_sigma("initial_sigma", initial_sigma);
    require(initial_sigma > floor, name, "initial_sigma", "above the floor", initial_sigma);
    set_sigma(initial_sigma);
  }

  [[nodiscard]] double sigma() const {
    return sigma_floor * std::exp(kernels::softplus(static_cast<double>(*raw.data())));
  }
  /// Errors: ArgumentError unless finite and above the floor.
  void set_sigma(double sigma) {
    detail::require_positive_sigma("sigma", sigma);
    require(sigma > sigma_floor, name, "sigma", "above the floor", sigma);
    *raw.data() = Scalar(std::log(std::expm1(std::log(sigma / sigma_floor))));
  }
  /// Whether the floor keeps σ from shrinking: σ is within 1 % of it.
  [[nodiscard]] bool at_floor() const { return sigma() < 1.01 * sigma_floor; }

  template <class Context, Operand Mean, Operand Values>
  [[nodiscard]] auto distortion(Context& context, const Mean& mean, const Observed<Values>& observed) const {
    const auto log_sigma = activate(Activation::softplus, context.parameter(raw)) + Scalar(std::log(sigma_floor));
    const auto [half, present] = detail::half_squared_error(mean, observed);
    return detail::gaussian_nats(half, present, log_sigma);
  }

  template <class Visitor>
  void visit(Visitor&& visitor) {
    visitor("raw_log_sigma", raw);
  }
  /// The parameter is measured from the floor.
  [[nodiscard]] std::vector<std::string> schema() const { return {detail::schema_line("floor", sigma_floor)}; }

  Parameter<Scalar, 1> raw;
  double sigma_floor;
};

/// While training, σ is the best one for each batch. `sigma()`, which evaluation and sampling use, is that of the last epoch of
/// training, and 1 before it (or the floor, if that is larger): what is measured must not depend on how it is cut into batches.
class GaussianOptimalSigma : public detail::GaussianBase<GaussianOptimalSigma> {
 public:
  static constexpr std::string_view name = "GaussianOptimalSigma";
  /// While training, what a sample costs depends on the others of its batch.
  static constexpr bool is_of_batch = true;

  /// Errors: ArgumentError unless the floor is finite and above 0.
  explicit GaussianOptimalSigma(double floor = 1e-3) : sigma_floor(floor), sigma_(std::max(1.0, floor)) {
    detail::require_positive_sigma("floor", floor);
  }

  [[nodiscard]] double sigma() const { return sigma_; }
  [[nodiscard]] bool at_floor() const { return sigma_ <= 1.01 * sigma_floor; }

  template <class Context, Operand Mean, Operand Values>
  [[nodiscard]] auto distortion(Context& /*context*/, const Mean& mean, const Observed<Values>& observed) const {
    const auto [half, present] = detail::half_squared_error(mean, observed);
    if constexpr (!is_variable<Mean>) {
      return detail::gaussian_nats(half, present, detail::constant_log_sigma(mean.tape(), sigma_));
    } else {
      return detail::gaussian_nats(half, present, log_best_sigma(half, present, observed));
    }
  }

  /// Called by training with what an epoch's samples had in the mean, by weight: their distortion D in nats, and how many values d of
  /// them were present. From D = ½ d (ln 2πσ² + 1), σ, which stays as it was where no value was present.
  void end_epoch(double distortion, double values) {
    if (values > 0) {
      sigma_ = std::max(sigma_floor, std::exp(distortion / values - 0.5 * (log_2_pi + 1)));
    }
  }

  template <class Visitor>
  void visit_state(Visitor&& visitor) {
    visitor("sigma", sigma_, 0.0);
  }

  double sigma_floor;

 private:
  /// ½ ln (Σ ‖x − μ‖² / Σ d), by weight. 0 where no value is present: nothing depends on it then.
  template <Operand Half, Operand Present, Operand Values>
  [[nodiscard]] auto log_best_sigma(const Half& half, const Present& present, const Observed<Values>& observed) const {
    using Scalar = typename Half::Scalar;
    Scalar weighted_present(0);
    for (Index j = 0; j < observed.samples(); ++j) {
      weighted_present += observed.weight_of(j) * *present.value_view().column(j);
    }
    const bool any = weighted_present > Scalar(0);
    const auto variance = (any ? Scalar(2) / weighted_present : Scalar(0)) * sum_over_samples(half, observed.weights);
    const auto least = any ? Scalar(sigma_floor * sigma_floor) : Scalar(1);
    return unary(
        "log_optimal_sigma", variance,
        [=](Scalar v) {
          using std::log;
          return Scalar(0.5) * log(v < least ? least : v);
        },
        [=](Scalar v, Scalar) { return v < least ? Scalar(0) : Scalar(0.5) / v; });
  }

  double sigma_;
};

}  // namespace betavae
