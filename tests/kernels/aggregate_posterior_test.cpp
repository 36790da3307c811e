// SPDX-License-Identifier: MIT
#include <betavae/core/aligned.hpp>
#include <betavae/kernels/aggregate_posterior.ipp>

#include "catch.hpp"
#include "paths.hpp"

#include <cmath>
#include <limits>
#include <string>

namespace bv = betavae;
namespace test = bv::test;
namespace kernels = betavae::kernels;
using bv::Index;

namespace {

/// A mixture with draws, and all that the kernel makes of it. Matrices lie with `gap` numbers between their columns.
template <class Scalar>
struct Case {
  Index latents, samples, gap;
  std::vector<Scalar> mean, log_variance, z, weights, own_weights, shares;

  Case(Index latents_count, Index samples_count, Index gap_size = 0, Scalar scale = Scalar(1))
      : latents(latents_count), samples(samples_count), gap(gap_size) {
    mean = test::numbers<Scalar>(1, (latents + gap) * samples);
    log_variance = test::numbers<Scalar>(2, (latents + gap) * samples);
    z = test::numbers<Scalar>(3, (latents + gap) * samples);
    for (std::size_t n = 0; n < z.size(); ++n) {
      log_variance[n] = scale * (log_variance[n] - Scalar(1));
      z[n] = mean[n] + Scalar(2) * std::exp(log_variance[n] / 2) * z[n];
    }
    for (Index i = 0; i < samples; ++i) {
      weights.push_back((Scalar(1.5) + test::number<Scalar>(4, i)) / Scalar(samples));
      own_weights.push_back((Scalar(1.25) + test::number<Scalar>(5, i)) / Scalar(4 * samples));
      shares.push_back((Scalar(1.5) + test::number<Scalar>(6, i)) / Scalar(samples));
    }
  }

  struct Results {
    test::Shifted<Scalar> log_density, log_marginals, log_conditional, z_partial, mean_partial, log_variance_partial;
    explicit Results(Index latents, Index samples)
        : log_density(samples, 0),
          log_marginals(latents * samples, 0),
          log_conditional(samples, 0),
          z_partial(latents * samples, 0),
          mean_partial(latents * samples, 0),
          log_variance_partial(latents * samples, 0) {}

    [[nodiscard]] double error(const Results& other) const {
      return std::max({log_density.error(other.log_density), log_marginals.error(other.log_marginals),
                       log_conditional.error(other.log_conditional), z_partial.error(other.z_partial),
                       mean_partial.error(other.mean_partial), log_variance_partial.error(other.log_variance_partial)});
    }
    [[nodiscard]] bool same_bits(const Results& other) const {
      return log_density.same_bits(other.log_density) && log_marginals.same_bits(other.log_marginals) &&
             log_conditional.same_bits(other.log_conditional) && z_partial.same_bits(other.z_partial) &&
             mean_partial.same_bits(other.mean_partial) && log_variance_partial.same_bits(other.log_variance_partial);
    }
  };

  kernels::AggregatePosteriorArguments<Scalar> arguments(Results& results, bool differentiates = true) {
    const auto in = [this](std::vector<Scalar>& numbers) {
      return bv::MatrixView<Scalar>{numbers.data(), latents, samples, latents + gap};
    };
    const auto out = [this](test::Shifted<Scalar>& numbers) {
      return bv::MatrixView<Scalar>{numbers.data(), latents, samples, latents};
    };
    workspace.resize(static_cast<std::size_t>(
        kernels::aggregate_posterior_workspace_size<Scalar>(latents, samples, differentiates)));
    kernels::AggregatePosteriorArguments<Scalar> a{};
    a.mean = in(mean);
    a.log_variance = in(log_variance);
    a.z = in(z);
    a.weights = weights.data();
    a.own_weights = own_weights.data();
    a.shares = shares.data();
    a.log_density = results.log_density.data();
    a.log_marginals = out(results.log_marginals);
    a.log_conditional = results.log_conditional.data();
    if (differentiates) {
      a.z_partial = out(results.z_partial);
      a.mean_partial = out(results.mean_partial);
      a.log_variance_partial = out(results.log_variance_partial);
    }
    a.workspace = workspace.data();
    return a;
  }

  [[nodiscard]] Results by_vectors(bool differentiates = true) {
    Results results(latents, samples);
    kernels::aggregate_posterior(arguments(results, differentiates), [](Index tasks, const auto& task) {
      for (Index i = tasks - 1; i >= 0; --i) {
        task(i);
      }
    });
    return results;
  }
  [[nodiscard]] Results by_reference(bool differentiates = true) {
    Results results(latents, samples);
    kernels::aggregate_posterior_reference(arguments(results, differentiates));
    return results;
  }

  bv::AlignedVector<Scalar> workspace;
};

/// ε a term and a few for the functions; sums of a hundred terms.
template <class Scalar>
constexpr auto tolerance = static_cast<double>(100 * std::numeric_limits<Scalar>::epsilon());

}  // namespace

TEMPLATE_TEST_CASE("Densities and derivatives agree with their specification, at all sizes",
                   "[kernels][aggregate_posterior]", float, double) {
  for (const Index latents : {0, 1, 4, 5, 17}) {
    for (const Index samples : {1, 8, 17, 33}) {
      for (const Index gap : {0, 3}) {
        Case<TestType> of(latents, samples, gap);
        CAPTURE(latents, samples, gap);
        CHECK(of.by_vectors().error(of.by_reference()) <= tolerance<TestType>);
        const auto values = of.by_vectors(false);
        const auto with_derivatives = of.by_vectors();
        CHECK(values.log_density.same_bits(with_derivatives.log_density));
        CHECK(values.log_marginals.same_bits(with_derivatives.log_marginals));
      }
    }
  }
}

TEMPLATE_TEST_CASE("Narrow components far apart and broad ones leave no range", "[kernels][aggregate_posterior]", float,
                   double) {
  // Log-variances down to −80 in float and −600 in double: densities of other components underflow, their ratios overflow.
  Case<TestType> of(5, 40, 0, std::is_same_v<TestType, float> ? 40 : 300);
  const auto results = of.by_vectors();
  const auto reference = of.by_reference();
  CHECK(results.log_density.error(reference.log_density) <= tolerance<TestType>);
  CHECK(results.log_marginals.error(reference.log_marginals) <= tolerance<TestType>);
  for (Index n = 0; n < results.z_partial.size(); ++n) {  // ill-conditioned, but finite
    CHECK(std::isfinite(results.mean_partial[n]));
    CHECK(std::isfinite(results.log_variance_partial[n]));
    CHECK(std::isfinite(results.z_partial[n]));
  }
}

TEST_CASE("A draw far from its own component, near a narrow one, keeps its density", "[kernels][aggregate_posterior]") {
  Case<float> of(2, 20);
  for (std::size_t n = 0; n < of.z.size(); ++n) {
    of.z[n] = of.mean[(n + 2) % of.mean.size()];
    of.log_variance[n] = -16;
  }
  const auto results = of.by_vectors();
  const auto reference = of.by_reference();
  for (Index i = 0; i < of.samples; ++i) {
    const float at_peak = std::log(of.weights[static_cast<std::size_t>((i + 1) % of.samples)]) + 2 * (8 - 0.918938533F);
    CHECK_THAT(results.log_density[i], Catch::Matchers::WithinRel(at_peak, 1e-5F));
    CHECK_THAT(reference.log_density[i], Catch::Matchers::WithinRel(at_peak, 1e-5F));
  }
  CHECK(results.error(reference) <= 1e-4);
}

TEMPLATE_TEST_CASE("A draw whose own component has weight 0 keeps its density, however far the others are",
                   "[kernels][aggregate_posterior]", float, double) {
  Case<TestType> of(1, 2);
  of.mean = of.z = {TestType(0), TestType(1)};
  of.log_variance = {TestType(-10), TestType(-10)};
  of.weights = of.own_weights = of.shares = {TestType(0), TestType(1)};
  const auto results = of.by_vectors();
  const auto reference = of.by_reference();
  const double density = 5 - 0.5 * std::log(2 * 3.14159265358979323846);
  for (const auto* densities : {&results.log_marginals, &results.log_density}) {
    CHECK_THAT(static_cast<double>((*densities)[0]), Catch::Matchers::WithinRel(density - 0.5 * std::exp(10), 1e-6));
    CHECK_THAT(static_cast<double>((*densities)[1]), Catch::Matchers::WithinRel(density, 1e-6));
  }
  CHECK(results.error(reference) <= tolerance<TestType>);
}

TEST_CASE("A component of weight 0 counts for nothing, and a draw without share has no derivative",
          "[kernels][aggregate_posterior]") {
  Case<double> of(3, 18);
  Case<double> without(3, 17);
  Case<double> with = of;
  with.weights[17] = with.own_weights[17] = with.shares[17] = 0;
  constexpr Index last = 51;             // where sample 17 begins
  for (std::size_t k = 0; k < 3; ++k) {  // a peak of e³⁰⁰ on the first draw: were it counted, it would be seen
    with.log_variance[last + k] = -600;
    with.mean[last + k] = with.z[last + k] = with.z[k];
  }
  without.weights = std::vector<double>(of.weights.begin(), of.weights.end() - 1);
  without.own_weights = std::vector<double>(of.own_weights.begin(), of.own_weights.end() - 1);
  without.shares = std::vector<double>(of.shares.begin(), of.shares.end() - 1);
  const auto results = with.by_vectors();
  const auto expected = without.by_vectors();
  for (Index i = 0; i < 17; ++i) {
    CHECK_THAT(results.log_density[i], Catch::Matchers::WithinRel(expected.log_density[i], 1e-13));
    for (Index k = 0; k < 3; ++k) {
      CHECK_THAT(results.z_partial[3 * i + k], Catch::Matchers::WithinAbs(expected.z_partial[3 * i + k], 1e-14));
      CHECK_THAT(results.mean_partial[3 * i + k], Catch::Matchers::WithinAbs(expected.mean_partial[3 * i + k], 1e-14));
    }
  }
  for (Index k = 0; k < 3; ++k) {
    CHECK(results.z_partial[last + k] == 0);
    CHECK(results.mean_partial[last + k] == 0);
    CHECK(results.log_variance_partial[last + k] == 0);
  }
}

TEMPLATE_TEST_CASE("NaN in a component reaches every draw's density", "[kernels][aggregate_posterior]", float, double) {
  Case<TestType> of(3, 20);
  of.mean[3 * 7 + 1] = std::numeric_limits<TestType>::quiet_NaN();
  const auto results = of.by_vectors();
  for (Index i = 0; i < 20; ++i) {
    CHECK(std::isnan(results.log_density[i]));
    CHECK(std::isnan(results.log_marginals[3 * i + 1]));
    CHECK_FALSE(std::isnan(results.log_marginals[3 * i]));
  }
}

TEST_CASE("Any scalar has its densities", "[kernels][aggregate_posterior]") {
  Case<long double> of(3, 9);
  Case<double> in_double(3, 9);
  auto results = of.by_vectors();
  auto expected = in_double.by_vectors();
  for (Index i = 0; i < 9; ++i) {
    CHECK_THAT(static_cast<double>(results.log_density[i]), Catch::Matchers::WithinAbs(expected.log_density[i], 1e-13));
    CHECK_THAT(static_cast<double>(results.mean_partial[i]),
               Catch::Matchers::WithinAbs(expected.mean_partial[i], 1e-14));
  }
}

TEMPLATE_TEST_CASE("Densities and derivatives have the same bits on AVX2 and AVX-512", "[kernels][aggregate_posterior]",
                   float, double) {
  for (const Index samples : {9, 40}) {
    Case<TestType> of(6, samples);
    const Index padded = kernels::detail::whole_blocks(samples);
    std::vector<std::vector<TestType>> all;
    typename Case<TestType>::Results results(6, samples);
    const auto a = of.arguments(results);
    kernels::detail::AggregateComponents<TestType> components(a);
    test::on_both_paths<kernels::detail::PrepareAggregateBody<TestType>>([&](const auto& run) {
      run(&a, components);
      all.emplace_back(of.workspace.data(), components.end());
    });
    REQUIRE((all.empty() || test::same_numbers(all[0], all[1])));
    all.clear();
    test::on_both_paths<kernels::detail::AggregateBody<TestType>>([&](const auto& run) {
      const kernels::detail::AggregatePart<TestType> part(0, components, true, components.end());
      run(&a, &components, part);
      all.emplace_back(part.terms, part.log_variance_partial + 6 * padded);
      all.back().insert(all.back().end(), results.log_density.data(), results.log_density.data() + part.count);
      all.back().insert(all.back().end(), results.z_partial.data(), results.z_partial.data() + 6 * part.count);
    });
    CHECK((all.empty() || test::same_numbers(all[0], all[1])));
  }
}
