// SPDX-License-Identifier: MIT
// Densities of the aggregate posterior in vectors.
#pragma once

#include <betavae/kernels/aggregate_posterior.hpp>
#include <betavae/kernels/detail/aggregate_draws.hpp>
#include <betavae/kernels/sum.hpp>

namespace betavae::kernels {

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

namespace vectors {

template <class Scalar>
Index aggregate_posterior_workspace_size(Index latents, Index samples, bool differentiates) {
  const Index padded = detail::whole_blocks(samples);
  return 3 * latents * padded + detail::whole_blocks(latents) + padded +
         detail::aggregate_parts(samples) * detail::AggregatePart<Scalar>::size(latents, padded, differentiates);
}

template <class Scalar>
void aggregate_posterior(const AggregatePosteriorArguments<Scalar>& a, const Sharing& sharing) {
  const bool differentiates = a.z_partial.data != nullptr;
  const detail::AggregateComponents<Scalar> components(a);
  simd::dispatch<detail::PrepareAggregateBody<Scalar>>(&a, components);
  const Index stride = detail::AggregatePart<Scalar>::size(components.latents, components.padded, differentiates);
  const Index parts = detail::aggregate_parts(components.samples);
  const auto task = [&](Index part) {
    simd::dispatch<detail::AggregateBody<Scalar>>(
        &a, &components,
        detail::AggregatePart<Scalar>(part, components, differentiates, components.end() + part * stride));
  };
  sharing.run(
      sharing.share, parts, [](const void* any, Index i) { (*static_cast<const decltype(task)*>(any))(i); }, &task);
  if (differentiates) {
    detail::finish_aggregate(a, components, stride);
  }
}

}  // namespace vectors
}  // namespace betavae::kernels
