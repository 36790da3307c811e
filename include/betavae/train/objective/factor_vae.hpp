// SPDX-License-Identifier: MIT
// FactorVAE: the negative ELBO and a price of the total correlation, which a discriminator of its own estimates (Kim and Mnih, 2018).
//
//     loss = distortion + rate + γ · TC,      TC = KL(q(z) ‖ Πₖ q(zₖ)) = E_q(z)[ln q(z) − Σₖ ln q(zₖ)] ≈ mean of l(z) over the batch
//
// where q(z) is the distribution of codes over all data, and the discriminator's logit l(z) = ln D(z)/(1 − D(z)) estimates
// ln q(z)/Πₖ q(zₖ) (see vae/objective/density_ratio.hpp). After each step of the model the discriminator takes one of its own, by Adam,
// on codes of the same batch: their first half as they are, against the second half with each dimension permuted across samples. The
// halves have no sample in common, so that both classes are independent of each other, as the paper's second batch makes them. The
// model's loss takes all samples of the batch.
//
// In the model's loss the discriminator is a constant, in the discriminator's the codes are. That the former is right: with z = z(ε, θ),
//
//     d/dθ TC = E[∂z/∂θ · ∇_z ln q(z)/Πₖ q(zₖ)] + E_q[∂θ ln q(z)] − Σₖ E_q[∂θ ln q(zₖ)]
//
// and each of the last expectations is one of a score under its own distribution, which is 0: zₖ is distributed by q(zₖ) under q(z)
// too. So a discriminator that is exact gives the exact gradient in the mean; one that is not, an estimate that is off in either
// direction (two hidden layers of 16 on Gaussian codes of correlation 0.8, 400 to 6400 updates on 64 to 1024 codes: 0.41 to 0.56 nats
// instead of 0.51).
// And codes may move faster than the discriminator learns: then its cross entropy stays near ln 2, the estimate near 0, and neither
// says anything. The paper's learning rate of 1e-4 is for hundreds of thousands of steps. In 785 steps on 20,000 images of
// Fashion-MNIST, γ = 35, two hidden layers of 400, the total correlation by the sum over 5000 posteriors stayed where the ELBO has it
// (6.2 nats and 5.5); with 1e-3 it fell to 1.5.
//
// This objective stands in train/, and not beside the others in vae/objective/, because it owns an optimizer.
#pragma once

#include <betavae/train/adam.hpp>
#include <betavae/vae/elbo.hpp>
#include <betavae/vae/networks.hpp>
#include <betavae/vae/objective/density_ratio.hpp>
#include <betavae/vae/objective/training_plan.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numbers>
#include <string>
#include <vector>

namespace betavae {

struct FactorVaeOptions {
  double gamma = 35;            ///< γ: what a nat of total correlation costs, beyond its share in the rate
  double learning_rate = 1e-4;  ///< of the discriminator; the paper's, and slow (see above)
  AdamOptions adam = {.first_decay = 0.5, .second_decay = 0.9};  ///< of the discriminator
  std::uint64_t seed = 1;                                        ///< of the permutations and of `factor_vae`'s network
};

namespace detail {

/// Holds what is only worth keeping and can be made again: copies of it begin empty, and so do copies of its owner.
template <class Content>
class Scratch {
 public:
  Scratch() = default;
  Scratch(const Scratch& /*other*/) {}
  Scratch& operator=(const Scratch& /*other*/) {
    content_.reset();
    return *this;
  }
  ~Scratch() = default;

  template <class... Arguments>
  [[nodiscard]] Content& get(Arguments&... arguments) {
    if (content_ == nullptr) {
      content_ = std::make_unique<Content>(arguments...);
    }
    return *content_;
  }

 private:
  std::unique_ptr<Content> content_;
};

}  // namespace detail

/// distortion + rate + γ · TC. `Discriminator` is any network from latents to one logit; see `factor_vae` for the paper's.
///
/// Reports "total correlation", the estimate for the batch, and "discriminator cross entropy", that of its last update (ln 2, which is
/// chance, before the first). Both in nats. Held-out data are judged by rate + distortion alone.
///
/// A value: a copy goes on by itself, from the same parameters and moments. Files keep the discriminator's parameters ("discriminator.0.weight",
/// …) by `save` and `load`, but neither the moments of its Adam, as little as the model's file keeps those of the model's, nor the
/// cross entropy that it reports. So a training that goes on from files is not, bit for bit, the one that was never interrupted.
template <class Discriminator>
class FactorVae {
 public:
  using Scalar = typename Discriminator::Scalar;
  static_assert(Discriminator::outputs == 1, "betavae: FactorVae: the discriminator must give one output, a logit");

  /// Codes in a batch from which the discriminator learns: one as it is, and two that can be permuted. Fewer, as the last batch of an
  /// epoch may have, leave it as it is.
  static constexpr Index least_batch = 3;

  /// Errors: ArgumentError for a γ that is not finite and at least 0, or a learning rate that is not finite and above 0; see also Adam.
  explicit FactorVae(Discriminator discriminator, const FactorVaeOptions& options = {})
      : discriminator_(std::move(discriminator)), options_(options), adam_(options.adam) {
    require(options.gamma >= 0 && std::isfinite(options.gamma), "FactorVae", "options.gamma",
            "a finite number of at least 0", options.gamma);
    require(options.learning_rate > 0 && std::isfinite(options.learning_rate), "FactorVae", "options.learning_rate",
            "a finite number above 0", options.learning_rate);
  }

  [[nodiscard]] double gamma() const { return options_.gamma; }
  [[nodiscard]] const Discriminator& discriminator() const { return discriminator_; }
  /// Updates of the discriminator so far.
  [[nodiscard]] Index updates() const { return adam_.updates(); }
  /// In nats, at its last update.
  [[nodiscard]] double discriminator_cross_entropy() const { return cross_entropy_; }

  /// 1 × 1, nats, and what it measured. The mean over samples is by weight, where terms have weights.
  /// Errors: ArgumentError for terms of several draws a sample.
  template <class Terms>
  [[nodiscard]] auto operator()(const Terms& terms) const {
    static_assert(
        decltype(terms.rate_per_dimension)::Rows != 1 || decltype(terms.z)::Rows == 1,
        "betavae: FactorVae needs a factorial prior: against another, the dimensions of a code are to depend on "
        "each other");
    require_codes<decltype(terms.z)>();
    // Permuted draws of one sample would not be draws of the product of marginals, and weights are one a sample.
    require_same_size("FactorVae", "codes", terms.z.columns(), "samples (one draw of each)",
                      terms.posterior.mean.columns());
    Evaluating<Scalar> constant_discriminator(terms.z.tape());
    const auto logits = discriminator_(constant_discriminator, terms.z);
    const auto total_correlation = mean_over_samples(logits, terms.weights);
    return ObjectiveValue{
        terms.distortion + sum(terms.rate_per_dimension) + Scalar(gamma()) * total_correlation,
        std::array{NamedNumber{"total correlation", detail::number_in(total_correlation), NumberKind::nats},
                   NamedNumber{"discriminator cross entropy", cross_entropy_, NumberKind::nats}}};
  }

  [[nodiscard]] std::array<NamedNumber, 1> settings() const {
    return {NamedNumber{"gamma", gamma(), NumberKind::fixed_setting}};
  }

  /// Errors: ArgumentError for samples with weights, or batches too small to learn from.
  [[nodiscard]] std::vector<std::string> begin_training(const TrainingPlan& plan) const {
    require(
        !plan.has_weights, "FactorVae", "weights of samples",
        "none: permuting codes across samples of unequal weight does not give draws of the product of their marginals",
        "some that differ");
    require(plan.batch >= least_batch, "FactorVae", "options.batch",
            "at least 3: fewer codes cannot be told from permuted ones", plan.batch);
    require(plan.samples >= least_batch, "FactorVae", "samples", "at least 3", plan.samples);
    return {};
  }

  /// One update of the discriminator on the codes of these terms. After the first, nothing is allocated.
  /// Errors: NotFiniteError, and no parameter has changed then.
  template <class Terms>
  void end_step(const Terms& terms) {
    require_codes<decltype(terms.z)>();
    const MatrixView<Scalar> z = terms.z.value_view();
    if (z.columns < least_batch) {
      return;
    }
    Threads* const threads = terms.z.tape().threads();
    Training& training = training_.get(discriminator_);
    training.tape.clear();
    training.tape.use_threads(threads);
    training.gradients.begin_step();
    Recording<Scalar> context(training.tape, training.gradients);
    const Index half = z.columns / 2;
    const auto logits = discriminator_(context, half_permuted(training.tape, z, half, terms.step));
    const auto cross_entropy = two_class_cross_entropy(logits, half);
    const double nats = detail::number_in(cross_entropy);
    reverse(cross_entropy);
    training.gradients.end_step();
    if (!std::isfinite(nats) || !std::isfinite(training.gradients.norm(threads))) {
      throw NotFiniteError(detail::format_text(
          "FactorVae: step {}: the discriminator's cross entropy is {} nats, and it or its gradient is not finite. No "
          "parameter of the discriminator was changed. Lower its learning rate.",
          {terms.step + 1, nats}));
    }
    adam_.update(training.gradients, options_.learning_rate, 1, threads);
    cross_entropy_ = nats;
    training.tape.clear();  // here, so that the first step leaves memory as the second one needs it
    training.tape.use_threads(nullptr);
  }

  template <class Visitor>
  void visit(Visitor&& visitor) {
    visit_parameters("discriminator", discriminator_, visitor);
  }
  template <class Visitor>
  void visit_state(Visitor&& visitor) {
    betavae::visit_state("discriminator", discriminator_, visitor);
  }
  [[nodiscard]] std::vector<std::string> schema() const {
    std::vector<std::string> lines{detail::schema_line("objective", "FactorVae")};
    append_schema(lines, "discriminator", discriminator_);
    return lines;
  }

 private:
  struct Training {
    explicit Training(Discriminator& discriminator) : gradients(discriminator) {}
    Tape<Scalar> tape;
    Gradients<Scalar> gradients;
  };

  template <class Codes>
  static constexpr void require_codes() {
    static_assert(
        std::is_same_v<typename Codes::Scalar, Scalar>,
        "betavae: FactorVae: the discriminator must have the model's scalar type, as in factor_vae<double, 10>()");
    static_assert(Codes::Rows == Discriminator::inputs || Codes::Rows == dynamic || Discriminator::inputs == dynamic,
                  "betavae: FactorVae: the discriminator must take as many inputs as the model has latents");
  }

  /// The codes, those from column `half` on permuted: a constant.
  [[nodiscard]] auto half_permuted(Tape<Scalar>& tape, MatrixView<Scalar> z, Index half, std::uint64_t step) const {
    const MatrixView<Scalar> codes{tape.allocate(z.rows * z.columns), z.rows, z.columns, z.rows};
    for (Index j = 0; j < z.columns; ++j) {
      std::copy_n(z.column(j), z.rows, codes.column(j));
    }
    permute_across_samples<Scalar>({codes.column(half), z.rows, z.columns - half, z.rows},
                                   Random(options_.seed, Stream::permutation), step);
    return Constant<Scalar, Discriminator::inputs>{tape, codes};
  }

  Discriminator discriminator_;
  FactorVaeOptions options_;
  Adam<Scalar> adam_;
  double cross_entropy_ = std::numbers::ln2;
  detail::Scratch<Training> training_;
};

/// FactorVAE with a dense discriminator of leaky rectifiers: factor_vae<double, 10, 1000, 1000>({.gamma = 35}) has 10 latents and two
/// hidden layers of 1000. With latents alone, five hidden layers of 1000 and so six in all, as in the paper (whose slope is not
/// given; here it is 0.01).
template <class Scalar, int Latents, int... Hidden>
[[nodiscard]] auto factor_vae(const FactorVaeOptions& options = {}) {
  const DenseOptions dense{.activation = Activation::leaky_relu, .seed = options.seed, .stream = Stream::discriminator};
  if constexpr (sizeof...(Hidden) > 0) {
    return FactorVae(dense_network<Scalar, Latents, Hidden..., 1>(dense), options);
  } else {
    return FactorVae(dense_network<Scalar, Latents, 1000, 1000, 1000, 1000, 1000, 1>(dense), options);
  }
}

/// The same in float.
template <int Latents, int... Hidden>
[[nodiscard]] auto factor_vae(const FactorVaeOptions& options = {}) {
  return factor_vae<float, Latents, Hidden...>(options);
}

}  // namespace betavae
