// SPDX-License-Identifier: MIT
// The density-ratio trick: a classifier between draws of two distributions learns the logarithm of their ratio.
//
// Shown draws of p and, as often, draws of r, a classifier that gives the logit l(z) of "from p" has the cross entropy
//
//     ½ E_p[softplus(−l(z))] + ½ E_r[softplus(l(z))]
//
// in nats. It is least for l(z) = ln p(z)/r(z), where it is ln 2 less the divergence of Jensen and Shannon between p and r
// (Goodfellow et al., 2014, proposition 1 and theorem 1): ln 2 is chance.
//
// Here p is the distribution of codes q(z), and r the product of its marginals Π q(zₖ): draws of r are codes whose dimensions are
// permuted across samples, each dimension by a permutation of its own (Kim and Mnih, 2018, algorithm 1). That keeps the numbers of
// each dimension. Of n codes a part 1/n of all pairs of dimensions still comes from one sample.
#pragma once

#include <betavae/autodiff/reduction.hpp>
#include <betavae/core/random.hpp>

#include <utility>

namespace betavae {

/// Permutes each row of codes (latents × samples) in place, by a permutation that depends on seed, step and row alone; all are
/// equally likely (Fisher and Yates).
template <class Scalar>
void permute_across_samples(MatrixView<Scalar> codes, const Random& random, std::uint64_t step) {
  for (Index k = 0; k < codes.rows; ++k) {
    for (Index j = codes.columns - 1; j > 0; --j) {
      const auto count = static_cast<std::uint64_t>(j) + 1;
      const auto other = static_cast<Index>(random.below(count, {step, count, static_cast<std::uint64_t>(k)}));
      std::swap(codes.column(j)[k], codes.column(other)[k]);
    }
  }
}

/// The cross entropy of logits (1 × samples), of which the first `first` belong to draws of p and the others to draws of r: half the
/// sum of both means, 1 × 1, nats. No logit is so great that it overflows. Errors: ArgumentError unless there are draws of both.
template <Operand Logits>
[[nodiscard]] auto two_class_cross_entropy(const Logits& logits, Index first) {
  using Scalar = typename Logits::Scalar;
  static_assert(Logits::Rows == 1 || Logits::Rows == dynamic,
                "betavae: two_class_cross_entropy: expected one logit a sample");
  require_same_size("two_class_cross_entropy", "rows of the logits", logits.rows(), "logits of a sample", 1);
  require(first > 0 && first < logits.columns(), "two_class_cross_entropy", "first",
          "at least 1 and fewer than there are logits", first);
  const auto result = make_result<1>(1, 1, logits);
  const Scalar of_first = Scalar(0.5) / Scalar(first);
  const Scalar of_others = Scalar(0.5) / Scalar(logits.columns() - first);
  kernels::LaneSum<Scalar> nats;
  for (Index j = 0; j < logits.columns(); ++j) {
    const Scalar logit = *logits.value_view().column(j);
    nats.add(j, j < first ? of_first * kernels::softplus(Scalar(-logit)) : of_others * kernels::softplus(logit));
  }
  *result.value_view().data = nats.total();
  record("two_class_cross_entropy", result, [=] {
    if constexpr (is_variable<Logits>) {
      const Scalar adjoint = *result.adjoint_view().data;
      for (Index j = 0; j < logits.columns(); ++j) {
        const Scalar logit = *logits.value_view().column(j);
        *logits.adjoint_view().column(j) +=
            adjoint * (j < first ? -of_first * kernels::sigmoid(Scalar(-logit)) : of_others * kernels::sigmoid(logit));
      }
    }
  });
  return result;
}

}  // namespace betavae
