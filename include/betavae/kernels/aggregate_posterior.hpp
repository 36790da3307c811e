// SPDX-License-Identifier: MIT
// The density of a mixture of diagonal Gaussians at draws of its own components: the whole and each dimension, and the derivatives of
// what their logarithms differ by.
//
//     tᵢⱼₖ = ln N(zᵢₖ; μⱼₖ, eˡⱼₖ) = cⱼₖ − hⱼₖ (zᵢₖ − μⱼₖ)²,     h = ½ e⁻ˡ,  c = −½ (l + ln 2π)
//     ln q(zᵢ) = ln Σⱼ Wᵢⱼ exp(Σₖ tᵢⱼₖ),    ln q(zᵢₖ) = ln Σⱼ Wᵢⱼ exp(tᵢⱼₖ)
//     C = Σᵢ aᵢ (ln q(zᵢ) − Σₖ ln q(zᵢₖ))
//
// The weights are Wᵢⱼ = `weights[j]` for the others and Wᵢᵢ = `own_weights[i]`; aᵢ is the draw's share in a mean. With Pᵢⱼ and Rᵢⱼₖ
// the parts that component j has in the sums, and g = aᵢ (Pᵢⱼ − Rᵢⱼₖ), d = zᵢₖ − μⱼₖ,
//
//     ∂C/∂zᵢₖ = −Σⱼ 2 g h d,     ∂C/∂μⱼₖ = Σᵢ 2 g h d,     ∂C/∂lⱼₖ = Σᵢ g (h d² − ½)
//
// samples² · latents exponentials, each computed once: a draw's stay in the cache until its derivatives are done. Within each sum the
// terms are taken relative to the draw's own component, or to the greatest where that would leave the range or has weight 0: no finite input gives an
// infinity or NaN as long as each Σⱼ Wᵢⱼ exp(…) is positive. Results have an error of some ε per term of a sum, relative to the terms'
// sizes. The same bits on AVX2 and AVX-512, and for any number of threads.
#pragma once

#include <betavae/kernels/aggregate_posterior_arguments.hpp>
#include <betavae/kernels/detail/has_vectors.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace betavae::kernels {

/// The specification of `aggregate_posterior`. Any scalar; needs no workspace.
template <class Scalar>
void aggregate_posterior_reference(const AggregatePosteriorArguments<Scalar>& a) {
  using std::exp;
  using std::log;
  const Index latents = a.z.rows;
  const Index samples = a.z.columns;
  const auto term = [&](Index i, Index j, Index k) {
    const Scalar distance = a.z.column(i)[k] - a.mean.column(j)[k];
    const Scalar log_variance = a.log_variance.column(j)[k];
    return Scalar(-0.5) * (distance * distance * exp(-log_variance) + log_variance + Scalar(1.8378770664093454836));
  };
  const auto weight = [&](Index i, Index j) { return i == j ? a.own_weights[i] : a.weights[j]; };
  struct Sum {
    Scalar shift, of_exponentials;
    Scalar logarithm() const { return shift + log(of_exponentials); }
  };
  const auto part = [&](Index i, Index j, Scalar log_term, Scalar shift) {
    return weight(i, j) > Scalar(0) ? Scalar(weight(i, j) * exp(log_term - shift)) : Scalar(0);
  };
  const auto sum_over_components = [&](Index i, const auto& term_of) {
    Sum sum{std::numeric_limits<Scalar>::lowest(), Scalar(0)};
    for (Index j = 0; j < samples; ++j) {
      sum.shift = weight(i, j) > Scalar(0) ? std::max(sum.shift, Scalar(term_of(j))) : sum.shift;
    }
    for (Index j = 0; j < samples; ++j) {
      sum.of_exponentials += part(i, j, term_of(j), sum.shift);
    }
    return sum;
  };
  const bool differentiates = a.z_partial.data != nullptr;
  for (Index i = 0; i < samples && differentiates; ++i) {
    std::fill_n(a.z_partial.column(i), latents, Scalar(0));
    std::fill_n(a.mean_partial.column(i), latents, Scalar(0));
    std::fill_n(a.log_variance_partial.column(i), latents, Scalar(0));
  }
  std::vector<Scalar> terms_of_whole(static_cast<std::size_t>(samples));
  for (Index i = 0; i < samples; ++i) {
    const auto whole = [&](Index j) -> Scalar& { return terms_of_whole[static_cast<std::size_t>(j)]; };
    for (Index j = 0; j < samples; ++j) {
      whole(j) = 0;
      for (Index k = 0; k < latents; ++k) {
        whole(j) += term(i, j, k);
      }
    }
    const Sum of_whole = sum_over_components(i, whole);
    a.log_conditional[i] = whole(i);
    a.log_density[i] = of_whole.logarithm();
    for (Index k = 0; k < latents; ++k) {
      const Sum of_dimension = sum_over_components(i, [&](Index j) { return term(i, j, k); });
      a.log_marginals.column(i)[k] = of_dimension.logarithm();
      for (Index j = 0; j < samples && differentiates && a.shares[i] != Scalar(0); ++j) {
        const Scalar g = a.shares[i] * (part(i, j, whole(j), of_whole.shift) / of_whole.of_exponentials -
                                        part(i, j, term(i, j, k), of_dimension.shift) / of_dimension.of_exponentials);
        const Scalar distance = a.z.column(i)[k] - a.mean.column(j)[k];
        const Scalar scaled_distance = distance * exp(-a.log_variance.column(j)[k]);
        a.z_partial.column(i)[k] -= g * scaled_distance;
        a.mean_partial.column(j)[k] += g * scaled_distance;
        a.log_variance_partial.column(j)[k] += Scalar(0.5) * g * (distance * scaled_distance - Scalar(1));
      }
    }
  }
}

/// For float and double, on the machine's vectors.
namespace vectors {

/// Calls call(task, i) for each i < tasks, on any threads.
struct Sharing {
  const void* share;
  void (*run)(const void* share, Index tasks, void (*call)(const void* task, Index i), const void* task);
};

template <class Scalar>
[[nodiscard]] BETAVAE_API Index aggregate_posterior_workspace_size(Index latents, Index samples, bool differentiates);
template <class Scalar>
BETAVAE_API void aggregate_posterior(const AggregatePosteriorArguments<Scalar>& a, const Sharing& sharing);

}  // namespace vectors

/// How many numbers of workspace `aggregate_posterior` needs.
template <class Scalar>
[[nodiscard]] Index aggregate_posterior_workspace_size(Index latents, Index samples, bool differentiates) {
  if constexpr (detail::has_vectors<Scalar>) {
    return vectors::aggregate_posterior_workspace_size<Scalar>(latents, samples, differentiates);
  } else {
    return 0;
  }
}

/// Densities and derivatives, see above. `share(tasks, task)` calls task(i) for each i < tasks, on any threads.
template <class Scalar, class Share>
void aggregate_posterior(const AggregatePosteriorArguments<Scalar>& a, const Share& share) {
  if constexpr (detail::has_vectors<Scalar>) {
    const auto run = [](const void* any, Index tasks, void (*call)(const void*, Index), const void* task) {
      (*static_cast<const Share*>(any))(tasks, [=](Index i) { call(task, i); });
    };
    vectors::aggregate_posterior(a, {&share, run});
  } else {
    aggregate_posterior_reference(a);
  }
}

}  // namespace betavae::kernels

#if BETAVAE_HEADER_ONLY
#include <betavae/kernels/aggregate_posterior.ipp>
#endif
