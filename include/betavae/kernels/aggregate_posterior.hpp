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

#include <betavae/kernels/detail/aggregate_draws.hpp>
#include <betavae/kernels/sum.hpp>

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

namespace detail {

/// Adds up the parts' derivatives, in their order.
template <class Scalar>
void finish_aggregate(const AggregatePosteriorArguments<Scalar>& a, const AggregateComponents<Scalar>& components,
                      Index stride) {
  const Index padded = components.padded;
  const AggregatePart<Scalar> sum(0, components, true, components.end());
  for (Index part = 1; part < aggregate_parts(components.samples); ++part) {
    add_columns(2 * components.latents * padded, Index(1), sum.mean_partial + part * stride, stride, sum.mean_partial);
  }
  for (Index j = 0; j < components.samples; ++j) {
    for (Index k = 0; k < components.latents; ++k) {
      a.mean_partial.column(j)[k] = Scalar(2) * sum.mean_partial[k * padded + j];
      a.log_variance_partial.column(j)[k] = sum.log_variance_partial[k * padded + j];
    }
  }
}

}  // namespace detail

/// How many numbers of workspace `aggregate_posterior` needs.
template <class Scalar>
[[nodiscard]] Index aggregate_posterior_workspace_size(Index latents, Index samples, bool differentiates) {
  if constexpr (detail::has_vectors<Scalar>) {
    const Index padded = detail::whole_blocks(samples);
    return 3 * latents * padded + detail::whole_blocks(latents) + padded +
           detail::aggregate_parts(samples) * detail::AggregatePart<Scalar>::size(latents, padded, differentiates);
  } else {
    return 0;
  }
}

/// Densities and derivatives, see above. `share(tasks, task)` calls task(i) for each i < tasks, on any threads.
template <class Scalar, class Share>
void aggregate_posterior(const AggregatePosteriorArguments<Scalar>& a, const Share& share) {
  if constexpr (detail::has_vectors<Scalar>) {
    const bool differentiates = a.z_partial.data != nullptr;
    const detail::AggregateComponents<Scalar> components(a);
    simd::dispatch<detail::PrepareAggregateBody<Scalar>>(&a, components);
    const Index stride = detail::AggregatePart<Scalar>::size(components.latents, components.padded, differentiates);
    const Index parts = detail::aggregate_parts(components.samples);
    share(parts, [&](Index part) {
      simd::dispatch<detail::AggregateBody<Scalar>>(
          &a, &components,
          detail::AggregatePart<Scalar>(part, components, differentiates, components.end() + part * stride));
    });
    if (differentiates) {
      detail::finish_aggregate(a, components, stride);
    }
  } else {
    aggregate_posterior_reference(a);
  }
}

}  // namespace betavae::kernels
