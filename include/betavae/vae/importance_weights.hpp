// SPDX-License-Identifier: MIT
// How much each draw of a code counts toward p(x): the weights of importance sampling with the posterior as proposal.
//
//     w = p(x|z) p(z)/q(z|x),    z ~ q(z|x),    E[w] = p(x)                  (Burda, Grosse and Salakhutdinov, 2016, section 3)
//
// All of it in logarithms, since p(x) of an image is far below what any floating-point type can hold.
#pragma once

#include <betavae/autodiff/reduction.hpp>
#include <betavae/vae/elbo.hpp>

#include <algorithm>
#include <cmath>
#include <span>

namespace betavae {

/// ln w of each draw of `terms`, in nats: 1 × draws. The posterior, one column a draw, is that of terms.draws, or the same without a
/// gradient.
template <class Terms, class Posterior>
[[nodiscard]] auto log_importance_weights(const Terms& terms, const Posterior& posterior) {
  static_assert(
      requires { terms.draws.distortion; },
      "betavae: importance weights need the draws one by one, as Vae::terms gives them");
  static_assert(
      std::remove_cvref_t<decltype(terms.draws)>::template has_log_prior<std::remove_cvref_t<decltype(terms.z)>>,
      "betavae: importance weights need the density of codes: a prior with a member log_density(context, z)");
  return sum_over_features(terms.draws.log_prior(terms.z)) - sum_over_features(log_density(posterior, terms.z)) -
         terms.draws.distortion;
}

/// ln of the mean of e^x over some numbers, relative to the greatest of them so that nothing overflows; −∞ for none.
[[nodiscard]] inline double log_mean_exp(std::span<const double> x) {
  const double greatest = x.empty() ? -HUGE_VAL : *std::max_element(x.begin(), x.end());
  if (!std::isfinite(greatest)) {
    return greatest;
  }
  double sum = 0;
  for (const double number : x) {
    sum += std::exp(number - greatest);
  }
  return greatest + std::log(sum / static_cast<double>(x.size()));
}

/// ln of the mean of e^x over the draws of each sample, and what part of that mean is due to each draw.
template <Operand Logarithm>
struct LogMeanExp {
  Logarithm value;  ///< 1 × samples
  MatrixView<typename Logarithm::Scalar>
      shares;  ///< 1 × draws: e^x over the sum of its sample's; a sample's shares sum to 1
};

/// Of x, 1 × (samples · draws), those of a sample side by side. The derivative by each x is its share. Nothing overflows: all is
/// relative to each sample's greatest x.
template <Operand X>
[[nodiscard]] auto log_mean_exp_over_draws(const X& x, Index draws) {
  using Scalar = typename X::Scalar;
  using std::exp;
  using std::log;
  const Index samples = x.columns() / draws;
  const auto y = make_result<1>(1, samples, x);
  const MatrixView<Scalar> shares{x.tape().allocate(x.columns()), 1, x.columns(), 1};
  for (Index j = 0; j < samples; ++j) {
    const auto of_draw = [&](Index k) { return *x.value_view().column(j * draws + k); };
    Scalar greatest = of_draw(0);
    for (Index k = 1; k < draws; ++k) {
      greatest = of_draw(k) > greatest ? of_draw(k) : greatest;
    }
    Scalar sum(0);
    for (Index k = 0; k < draws; ++k) {
      Scalar& share = *shares.column(j * draws + k);
      share = exp(of_draw(k) - greatest);
      sum += share;
    }
    for (Index k = 0; k < draws; ++k) {
      *shares.column(j * draws + k) /= sum;
    }
    *y.value_view().column(j) = greatest + log(sum / Scalar(draws));
  }
  record("log_mean_exp_over_draws", y, [=] {
    if constexpr (is_variable<X>) {
      for (Index i = 0; i < x.columns(); ++i) {
        *x.adjoint_view().column(i) += *y.adjoint_view().column(i / draws) * *shares.column(i);
      }
    }
  });
  return LogMeanExp<std::remove_cv_t<decltype(y)>>{y, shares};
}

}  // namespace betavae
