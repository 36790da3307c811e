// SPDX-License-Identifier: MIT
// A flow of affine coupling layers as prior: RealNVP of vectors (Dinh, Sohl-Dickstein and Bengio, 2017, "Density estimation using Real
// NVP").
//
// Each layer leaves one part of the code as it is, and scales and shifts the other by networks of the first; the parts take turns:
//
//     v_A = z_A,      v_B = z_B ⊙ e^s(z_A) + t(z_A),      ln |det ∂v/∂z| = Σ s(z_A)
//
// After the last layer v = u is standard normal: ln p(z) = ln N(u; 0, I) + Σ_layers Σ s. A draw goes the other way, from u to z, by
// z_B = (v_B − t(v_A)) ⊙ e^−s(v_A), which no network must be inverted for. s = 2 tanh(r/2) of a network's output r, so that a layer
// scales by e^±2 at most and neither direction overflows. Each network has one hidden layer (tanh), and ends with zeros: the flow begins as the
// standard normal exactly. The rate is sampled, the code's as a whole.
#pragma once

#include <betavae/nn/sequential.hpp>
#include <betavae/vae/rate.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace betavae {

namespace detail {

/// |s| in a coupling layer is below this.
inline constexpr double coupling_log_scale_bound = 2;

/// A layer of a flow of K dimensions whose `Kept` dimensions from row `FirstKept` on stay as they are.
template <int K, int FirstKept, int Kept, int Hidden, class Scalar>
class CouplingLayer {
  static constexpr int moved = K - Kept;
  static constexpr int first_moved = FirstKept == 0 ? Kept : 0;

 public:
  explicit CouplingLayer(std::uint64_t seed, std::uint64_t number)
      : network(Dense<Kept, Hidden, Scalar>(Activation::tanh), Dense<Hidden, 2 * moved, Scalar>()) {
    network.initialise(Initialiser::glorot_uniform, {seed, Stream::prior_parameters, 2 * number});
    std::get<1>(network.layers).weight.value().setZero();
    std::get<1>(network.layers).bias.value().setZero();
  }

  /// s and t for the part that is kept.
  template <class Context, Operand Part>
  [[nodiscard]] auto scale_and_shift(Context& context, const Part& kept) const {
    constexpr auto bound = Scalar(coupling_log_scale_bound);
    const auto both = network(context, kept);
    return std::pair{bound * activate(Activation::tanh, rows<moved>(both, 0) / bound), rows<moved>(both, moved)};
  }

  [[nodiscard]] static MatrixView<Scalar> kept_of(MatrixView<Scalar> z) { return row_slice(z, FirstKept, Kept); }
  [[nodiscard]] static MatrixView<Scalar> moved_of(MatrixView<Scalar> z) { return row_slice(z, first_moved, moved); }

  /// The way of a density, from the code towards the normal: what comes out, and ln |det| as 1 × samples.
  template <class Context, Operand Z>
  [[nodiscard]] auto operator()(Context& context, const Z& z) const {
    const auto kept = rows<Kept>(z, FirstKept);
    const auto [ln_scale, shift] = scale_and_shift(context, kept);
    const auto changed = rows<moved>(z, first_moved) * exp(ln_scale) + shift;
    if constexpr (FirstKept == 0) {
      return std::pair{concatenate(kept, changed), sum_over_features(ln_scale)};
    } else {
      return std::pair{concatenate(changed, kept), sum_over_features(ln_scale)};
    }
  }

  Sequential<Dense<Kept, Hidden, Scalar>, Dense<Hidden, 2 * moved, Scalar>> network;
};

}  // namespace detail

/// CouplingFlowPrior<20, 4, 64>{}: 4 coupling layers of 20 latents, with 64 hidden units each.
template <int K, int Layers, int Hidden, class ScalarType = float>
class CouplingFlowPrior {
  static_assert(K >= 2,
                "betavae: CouplingFlowPrior: a coupling needs at least two latents, one to be moved by the other");
  static_assert(Layers >= 2,
                "betavae: CouplingFlowPrior: there must be at least two layers, so that each latent moves");
  static_assert(Hidden >= 1, "betavae: CouplingFlowPrior: there must be at least one hidden unit");

  /// Even layers keep the first half, odd ones the second; of an odd number of latents the first half has one more.
  static constexpr int half = (K + 1) / 2;
  template <std::size_t I>
  using Layer = detail::CouplingLayer<K, I % 2 == 0 ? 0 : half, I % 2 == 0 ? half : K - half, Hidden, ScalarType>;
  template <class>
  struct TupleOf;
  template <std::size_t... I>
  struct TupleOf<std::index_sequence<I...>> {
    using type = std::tuple<Layer<I>...>;
    static type make(std::uint64_t seed) { return type(Layer<I>(seed, I)...); }
  };
  using Numbers = std::make_index_sequence<static_cast<std::size_t>(Layers)>;

 public:
  using Scalar = ScalarType;
  static constexpr int latents = K;

  explicit CouplingFlowPrior(std::uint64_t seed = 1) : layers(TupleOf<Numbers>::make(seed)) {}

  template <class Visitor>
  void visit(Visitor&& visitor) {
    visit_from<0>(visitor);
  }
  [[nodiscard]] std::vector<std::string> schema() const { return {detail::schema_line("name", "coupling flow")}; }

  /// ln p(z), in nats: latents × samples → 1 × samples.
  template <class Context, Operand Z>
  [[nodiscard]] auto log_density(Context& context, const Z& z) const {
    static_assert(Z::Rows == K || Z::Rows == dynamic, "betavae: the prior must have as many dimensions as the codes");
    require_same_size("CouplingFlowPrior", "rows of the codes", z.rows(), "dimensions of the prior", K);
    constexpr auto constant = Scalar(-0.91893853320467274178 * K);  // −K/2 ln 2π
    return run<0>(context, z,
                  [](const auto& u) { return affine(sum_over_features(square(u)), Scalar(-0.5), constant); });
  }

  /// Fills latents × samples with draws; column j is sample `first_sample` + j of `random`.
  void sample(MatrixView<Scalar> z, const Random& random, std::uint64_t first_sample = 0) const {
    require_same_size("CouplingFlowPrior", "rows of the codes", z.rows, "dimensions of the prior", K);
    constexpr Index most = 512;  // at a time, so that memory does not grow with the draws
    Tape<Scalar> tape;
    for (Index first = 0; first < z.columns; first += most) {
      const MatrixView<Scalar> block{z.column(first), z.rows, std::min(most, z.columns - first), z.stride};
      for (Index j = 0; j < block.columns; ++j) {
        random.fill_normals(block.column(j), K, 0, first_sample + static_cast<std::uint64_t>(first + j));
      }
      tape.clear();
      Evaluating<Scalar> context(tape);
      invert_from<Layers>(context, block);
    }
  }

  typename TupleOf<Numbers>::type layers;

 private:
  /// Σ of ln |det| from layer I on, and what `finish` makes of u.
  template <std::size_t I, class Context, Operand Z, class Finish>
  [[nodiscard]] auto run(Context& context, const Z& z, const Finish& finish) const {
    if constexpr (I == static_cast<std::size_t>(Layers)) {
      return finish(z);
    } else {
      const auto [out, log_determinant] = std::get<I>(layers)(context, z);
      return run<I + 1>(context, out, finish) + log_determinant;
    }
  }

  /// Undoes the layers before layer I, the last of them first, in place.
  template <std::size_t I>
  void invert_from(Evaluating<Scalar>& context, MatrixView<Scalar> z) const {
    using std::exp;
    if constexpr (I > 0) {
      const auto& layer = std::get<I - 1>(layers);
      const auto kept = layer.kept_of(z);
      const auto moved = layer.moved_of(z);
      const auto [ln_scale, shift] = layer.scale_and_shift(context, Constant<Scalar, dynamic>(context.tape(), kept));
      for (Index j = 0; j < z.columns; ++j) {
        for (Index k = 0; k < moved.rows; ++k) {
          moved.column(j)[k] =
              (moved.column(j)[k] - shift.value_view().column(j)[k]) * exp(-ln_scale.value_view().column(j)[k]);
        }
      }
      invert_from<I - 1>(context, z);
    }
  }

  template <std::size_t I, class Visitor>
  void visit_from(Visitor& visitor) {
    if constexpr (I < static_cast<std::size_t>(Layers)) {
      visit_parameters(std::to_string(I), std::get<I>(layers).network, visitor);
      visit_from<I + 1>(visitor);
    }
  }
};

}  // namespace betavae
