// SPDX-License-Identifier: MIT
// The ELBO with free bits: the first nats of a code cost nothing, so that no dimension collapses for want of a start.
//
//     loss = distortion + β · Σₖ max(λ, rateₖ)                                (Kingma et al., 2016, the objective with free bits)
//     loss = distortion + β · max(λ, rate)                                    the same, one floor for the code as a whole
//
// rateₖ is the mean over the batch, and the maximum is taken of means: max(λ, ·) of each sample's rate would be another objective.
// Below its floor a rate has no price, so training raises it as long as that lowers the distortion at all.
//
// Where it ends. In the linear model (latent k with rate rₖ = −½ ln sₖ, sₖ its posterior variance) one might take the water-filling of
// β = const and lift what lies below the floor, rᵢ = max(λ, ½ ln ζᵢ²/βη²), each latent keeping an eigenvector of the data. That is not
// the optimum. A latent of rate λ is at best a channel of signal-to-noise ratio e^{2λ} − 1, with sₖ = e^{−2λ}. When all K sit at the
// floor their noise is isotropic, so a rotation of the code costs nothing, and the distortion depends on the eigenvalues pᵢ of signal
// over noise alone, pᵢ going to eigenvector i: (1/2η²) Σᵢ ζᵢ²/(1 + pᵢ). The floors fix the diagonal of that matrix, each entry
// e^{2λ} − 1, hence the sum of its eigenvalues and nothing else (any eigenvalues have a rotation that makes the diagonal constant: Schur,
// 1923; Horn, 1954). So the least distortion has
//
//     1 + pᵢ = max(1, ζᵢ/ν),    Σᵢ₌₁ᴷ pᵢ = K (e^{2λ} − 1)          for i = 1 … K by falling ζᵢ, ν > 0 from the sum
//
// and to make all diagonal entries equal out of unequal pᵢ, every latent mixes several eigenvectors: free bits entangle. That is where
// training stays while more rate is not worth its price: a nat above the floor saves ν² e^{2λ}/η² nats of distortion, which must be
// below β.
//
// The rate that training sees is a batch's, which scatters about that of all data, and its maximum turns the price on in some batches
// and off in others: training ends where P(rateₖ of a batch > λ) · β is what a nat of it is worth. Where that is below ½β, the rate
// over all data ends below λ by some of the scatter: on Fashion-MNIST with 784-400-20, batches of 128 and λ = ½, the least of 20 rates is
// 0.50 at β = 4 and 0.44 at β = 40. A full batch does not scatter, and ends at λ.
#pragma once

#include <betavae/vae/elbo.hpp>
#include <betavae/vae/objective/setting.hpp>

#include <algorithm>

namespace betavae {

/// So many nats that each dimension has free. (Nats: a bit is ln 2 of them.)
struct FreeNatsPerDimension {
  double nats = 0;
};

/// So many nats that the code has free as a whole.
struct FreeNatsPerCode {
  double nats = 0;
};

/// FreeBitsElbo{FreeNatsPerDimension{0.5}, 4.0}: distortion + β · Σ max(λ, rateₖ), or with FreeNatsPerCode distortion + β · max(λ, rate).
/// β is a number, 1 unless given, a schedule or a controller: it is the price of the rate, if only above the floor.
template <class Floor, SettingSource BetaSource = FixedValue>
class FreeBitsElbo : public detail::WithSetting<BetaSource> {
  static constexpr bool is_per_dimension = std::same_as<Floor, FreeNatsPerDimension>;
  static_assert(is_per_dimension || std::same_as<Floor, FreeNatsPerCode>,
                "betavae: FreeBitsElbo: say whose nats are free: FreeNatsPerDimension{0.5} or FreeNatsPerCode{10}");

 public:
  /// Errors: ArgumentError unless the free nats and beta are finite and at least 0.
  explicit FreeBitsElbo(Floor floor, double beta = 1) requires std::same_as<BetaSource, FixedValue>
      : FreeBitsElbo(floor, FixedValue{beta}) {}
  explicit FreeBitsElbo(Floor floor, BetaSource beta)
      : detail::WithSetting<BetaSource>("FreeBitsElbo", "beta", std::move(beta)), floor_(floor.nats) {
    require(floor_ >= 0 && std::isfinite(floor_), "FreeBitsElbo", "free nats", "a finite number of at least 0", floor_);
  }

  /// λ, in nats.
  [[nodiscard]] double floor() const { return floor_; }
  /// The β in force: at the first step, until training says otherwise.
  [[nodiscard]] double beta() const { return this->value(); }

  /// The loss of data whose rate and distortion have been measured, all in nats, at the β with which training ends. It knows the
  /// rate as a whole: with nats per dimension it takes none of them to lie below its floor.
  [[nodiscard]] double loss(double rate, double distortion) const {
    return distortion + this->last() * (is_per_dimension ? rate : std::max(floor_, rate));
  }

  /// 1 × 1, nats, with the rate as it is paid for.
  template <class Terms>
  [[nodiscard]] auto operator()(const Terms& terms) const {
    using Scalar = typename decltype(terms.distortion)::Scalar;
    const auto paid = paid_rate(terms);
    return ObjectiveValue{terms.distortion + Scalar(beta()) * paid,
                          std::array{NamedNumber{"paid rate", detail::number_in(paid)}}};
  }

  [[nodiscard]] std::array<NamedNumber, 2> settings() const {
    return {this->setting(), {"free nats", floor_, NumberKind::fixed_setting}};
  }

 private:
  template <class Terms>
  [[nodiscard]] auto paid_rate(const Terms& terms) const {
    using Rate = std::remove_cvref_t<decltype(terms.rate_per_dimension)>;
    const auto least = typename Rate::Scalar(floor_);
    if constexpr (is_per_dimension) {
      if constexpr (requires { terms.posterior.mean.rows(); }) {
        static_assert(Rate::Rows != 1 || std::remove_cvref_t<decltype(terms.posterior.mean)>::Rows == 1,
                      "betavae: FreeBitsElbo: with this prior the rate does not fall apart into dimensions: give "
                      "FreeNatsPerCode");
        require_same_size("FreeBitsElbo", "rates", terms.rate_per_dimension.rows(), "latents",
                          terms.posterior.mean.rows());
      }
      return sum(maximum(terms.rate_per_dimension, least));
    } else {
      return maximum(sum(terms.rate_per_dimension), least);
    }
  }

  double floor_;
};

}  // namespace betavae
