// SPDX-License-Identifier: MIT
// Every prior in a whole training: fit, evaluate, sample.
#include <betavae/analysis/aggregate_posterior.hpp>
#include <betavae/train/controller/geco.hpp>
#include <betavae/train/fit.hpp>
#include <betavae/vae/prior/diagonal_normal.hpp>
#include <betavae/vae/prior/flow.hpp>
#include <betavae/vae/prior/laplace.hpp>
#include <betavae/vae/prior/logistic.hpp>
#include <betavae/vae/prior/mixture.hpp>
#include <betavae/vae/prior/vamp.hpp>

#include "catch.hpp"
#include "train/small_model.hpp"

#include <cmath>

using namespace betavae;
using test::grey_data;

namespace {

template <class PriorType>
auto model_with(PriorType prior) {
  return Vae{dense_encoder<test::features, 8, test::latents>(), dense_decoder<test::latents, 8, test::features>(),
             Bernoulli{}, std::move(prior)};
}

/// All numbers of a prior, whatever it has.
template <class PriorType>
std::vector<float> numbers_of(const PriorType& prior) {
  std::vector<float> all;
  visit_parameters(prior, [&](const std::string&, const auto& parameter) {
    all.insert(all.end(), parameter.data(), parameter.data() + parameter.size());
  });
  return all;
}

/// Trains for a few epochs; the loss falls, the prior's numbers move, and everything says the same of how the rate is had.
template <class PriorType>
void check_training(PriorType prior, bool is_sampled, std::size_t rates) {
  auto model = model_with(std::move(prior));
  const auto before = model.prior;
  const Matrix<float> data = grey_data(200);
  const History history =
      fit(model, data, BetaElbo{0.2}, {.epochs = 15, .batch = 20, .learning_rate = 1e-2, .seed = 1});
  CHECK(history.back().loss < history.front().loss - 0.1);
  CHECK(history.back().rate > 0.1);
  CHECK(history.back().rate_is_sampled == is_sampled);
  CHECK(history.back().rate_per_dimension.size() == rates);
  CHECK((fmt::format("{}", history.back()).find("nats (sampled)") != std::string::npos) == is_sampled);

  const Evaluation measured = evaluate(model, data);
  CHECK(measured.rate_is_sampled == is_sampled);
  CHECK(measured.rate_per_dimension.size() == rates);
  CHECK(std::isfinite(measured.rate));
  CHECK((numbers_of(before) != numbers_of(model.prior)) == (count_parameters(before) > 0));

  const Matrix<float> drawn = model.sample(50, 1);
  CHECK((drawn.rows() == test::features && drawn.cols() == 50));
  CHECK((drawn.array() >= 0 && drawn.array() <= 1).all());
  CHECK((model.sample(50, 1) == drawn));
  CHECK((model.sample(20, 1) == drawn.leftCols(20)));
  CHECK(model.prior_log_density(model.sample_prior(9, 1)).allFinite());
}

}  // namespace

TEST_CASE("a model trains with normal priors of any variance, at a rate in closed form") {
  check_training(DiagonalNormal<2>({0.5, 2}), false, 2);
  check_training(LearnedDiagonalNormal<2>{}, false, 2);
}

TEST_CASE("a model trains with factorial priors that are not Gaussian") {
  check_training(LaplacePrior{}, false, 2);
  check_training(LogisticPrior{}, true, 2);
}

TEST_CASE("a model trains with a mixture, a VampPrior and a flow, at a sampled rate of the whole code") {
  check_training(GaussianMixturePrior<2, 4>{}, true, 1);
  check_training(VampPrior<test::features, 4>(grey_data(50, 2), {.lowest = 0, .highest = 1}), true, 1);
  check_training(CouplingFlowPrior<2, 2, 8>{}, true, 1);
}

TEST_CASE("a training with a VampPrior and its encoder has the same bits for any number of threads") {
  const auto trained = [](Index threads) {
    auto model = model_with(VampPrior<test::features, 40>(grey_data(50, 2), {.lowest = 0, .highest = 1}));
    fit(model, grey_data(600), BetaElbo{1}, {.epochs = 2, .batch = 300, .learning_rate = 1e-2, .threads = threads});
    return test::parameters_of(model);
  };
  CHECK(trained(1) == trained(3));
}

TEST_CASE("at one distortion a learned prior is closer to the codes, all together, than N(0, I)", "[training]") {
  // Two clusters of codes, which N(0, I) does not follow: what a better prior spares is KL(q(z) ‖ p(z)), not what the codes say.
  const Matrix<float> data = grey_data(400);
  constexpr double distortion = 3.2;  // the greys' own entropy is 3.17
  struct Trained {
    Evaluation measured;
    AggregatePosterior aggregate;
  };
  const auto trained = [&](auto prior) {
    auto model = model_with(std::move(prior));
    BetaElbo objective{GecoController({.distortion = distortion})};
    fit(model, data, objective,
        {.epochs = 100, .batch = 50, .learning_rate = 1e-2, .seed = 1, .schedule = cosine_decay()});
    return Trained{evaluate(model, data), aggregate_posterior_divergence(model, data, {.draws = 4, .threads = 1})};
  };
  const Trained plain = trained(StandardNormal{});
  const auto check_closer = [&](const char* name, const Trained& learned) {
    INFO(name);
    const AggregatePosterior& ours = learned.aggregate;
    CHECK_THAT(learned.measured.distortion, Catch::Matchers::WithinRel(plain.measured.distortion, 0.005));
    CHECK(ours.divergence + 3 * std::hypot(ours.divergence_error, plain.aggregate.divergence_error) <
          plain.aggregate.divergence);
  };
  check_closer("mixture", trained(GaussianMixturePrior<2, 4>{}));
  check_closer("Vamp", trained(VampPrior<test::features, 4>(grey_data(50, 2), {.lowest = 0, .highest = 1})));
  check_closer("flow", trained(CouplingFlowPrior<2, 4, 16>{}));
}
