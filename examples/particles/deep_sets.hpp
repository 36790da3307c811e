// SPDX-License-Identifier: MIT
// An encoder of sets, and a likelihood of what is modelled of them. Neither has a base class that says so, and the library knows neither.
#pragma once

#include "event.hpp"

#include <cstdint>
#include <string_view>

namespace particles {

/// q(z|event) = all(Σ each(particle)) over the particles that are there (Zaheer et al., 2017, "Deep Sets", theorem 2): their order
/// changes the posterior by rounding alone, and what stands in an empty slot, as long as it is finite, changes no bit of it.
template <class ScalarType, int Slots, int Width, int Latents>
struct DeepSets {
  using Scalar = ScalarType;
  static constexpr int inputs = Layout<Slots>::features;
  static constexpr int latents = Latents;

  template <class Context, bv::Operand X>
  [[nodiscard]] auto operator()(Context& context, const X& x) const {
    auto sum = seen(context, x, 0);
    for (int row = Layout<Slots>::slot; row < Layout<Slots>::pair; row += Layout<Slots>::slot) {
      sum = sum + seen(context, x, row);
    }
    return bv::gaussian_posterior(all(context, sum));
  }

  template <class Visitor>
  void visit(Visitor&& visitor) {
    bv::visit_parameters("each", each, visitor);
    bv::visit_parameters("all", all, visitor);
  }

  static constexpr auto smooth = bv::Activation::silu;
  decltype(bv::dense_network<Scalar, four_momentum, Width, Width>()) each =
      bv::dense_network<Scalar, four_momentum, Width, Width>({.activation = smooth, .last_activation = smooth});
  decltype(bv::dense_network<Scalar, Width, Width, 2 * Latents>()) all =
      bv::dense_network<Scalar, Width, Width, 2 * Latents>({.activation = smooth, .seed = 2});

 private:
  /// What the particle in the slot that begins at this row adds to the sum: Width × events, 0 where the slot is empty.
  template <class Context, bv::Operand X>
  [[nodiscard]] auto seen(Context& context, const X& x, int row) const {
    const auto ones = bv::constant(context.tape(), ones_);
    const auto presence = bv::dense(bv::rows<1>(x, row), ones, bv::constant(context.tape(), zeros_));
    return each(context, bv::rows<four_momentum>(x, row + 1)) * presence;  // the same presence in every row
  }

  bv::Matrix<Scalar> ones_ = bv::Matrix<Scalar>::Ones(Width, 1);
  bv::Matrix<Scalar> zeros_ = bv::Matrix<Scalar>::Zero(Width, 1);
};

/// p(x|z): the four-momentum of the pair with a Gaussian error of given σ. It is the library's likelihood of the last rows of the column
/// alone; the rows above are the encoder's.
template <int Slots>
class PairMomentum : public bv::Gaussian {
 public:
  static constexpr int outputs = four_momentum;  ///< that the decoder gives a sample
  static constexpr std::string_view name = "PairMomentum";

  using bv::Gaussian::Gaussian;

  template <class Context, bv::Operand Mean, bv::Operand Values>
  [[nodiscard]] auto distortion(Context& context, const Mean& mean, const bv::Observed<Values>& observed) const {
    bv::require(observed.mask == nullptr, name, "mask", "none, since an event is observed as a whole", "one");
    const auto pair = bv::rows<outputs>(observed.values, Layout<Slots>::pair);
    return Gaussian::distortion(
        context, mean,
        bv::Observed<std::remove_const_t<decltype(pair)>>{pair, nullptr, observed.weights, observed.offsets});
  }

  template <class Mean, class Values>
  [[nodiscard]] bv::Matrix<typename Mean::Scalar> score(const Mean& mean, const Values& values) const {
    return Gaussian::score(mean, values.bottomRows(outputs));
  }

  /// Asked for each row of the column, of which only the last ones cost anything: the mean over all.
  [[nodiscard]] double floor(double x) const { return Gaussian::floor(x) * outputs / Layout<Slots>::features; }
};

}  // namespace particles
