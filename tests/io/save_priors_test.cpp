// SPDX-License-Identifier: MIT
// Models with each of the priors come back from a file, and are not taken for one another.
#include <betavae/io/save.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/prior/diagonal_normal.hpp>
#include <betavae/vae/prior/flow.hpp>
#include <betavae/vae/prior/laplace.hpp>
#include <betavae/vae/prior/logistic.hpp>
#include <betavae/vae/prior/mixture.hpp>
#include <betavae/vae/prior/vamp.hpp>
#include <betavae/vae/vae.hpp>

#include "io/idx_files.hpp"

using namespace betavae;
using namespace betavae::test;

namespace {

template <class PriorType>
auto model_with(PriorType prior) {
  return Vae{dense_encoder<5, 3, 2>(), dense_decoder<2, 3, 5>(), Bernoulli{}, std::move(prior)};
}

template <class Model>
std::vector<float> numbers_of(const Model& model) {
  std::vector<float> numbers;
  visit_parameters(model, [&](const std::string&, const auto& parameter) {
    numbers.insert(numbers.end(), parameter.data(), parameter.data() + parameter.size());
  });
  return numbers;
}

/// Both models have the same types; the second one begins elsewhere where its prior has parameters.
template <class PriorType>
void check_round_trip(PriorType saved_prior, PriorType other_prior) {
  const TemporaryFolder folder;
  auto saved = model_with(std::move(saved_prior));
  float number = 0;
  visit_parameters(saved.prior, [&](const std::string&, auto& parameter) {
    for (Index i = 0; i < parameter.size(); ++i) {
      parameter.data()[i] = number += 0.01F;
    }
  });
  save(folder.file("model"), saved);
  auto other = model_with(std::move(other_prior));
  load(folder.file("model"), other);
  CHECK(numbers_of(other) == numbers_of(saved));
  CHECK((other.sample(4, 1) == saved.sample(4, 1)));
}

/// What is said of a file that holds a model with another prior.
template <class Saved, class Other>
std::string error_between(Saved saved_prior, Other other_prior) {
  const TemporaryFolder folder;
  save(folder.file("model"), model_with(std::move(saved_prior)));
  auto other = model_with(std::move(other_prior));
  return file_error([&] { load(folder.file("model"), other); });
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a model comes back with its prior, whichever it is") {
  check_round_trip(DiagonalNormal<2>({0.5, 3}), DiagonalNormal<2>({0.5, 3}));
  check_round_trip(LearnedDiagonalNormal<2>{}, LearnedDiagonalNormal<2>{});
  check_round_trip(LaplacePrior(0.3), LaplacePrior(0.3));
  check_round_trip(LogisticPrior{}, LogisticPrior{});
  check_round_trip(GaussianMixturePrior<2, 3>{}, GaussianMixturePrior<2, 3>({.seed = 2}));
  check_round_trip(VampPrior<5, 3>({.lowest = 0, .highest = 1}),
                   VampPrior<5, 3>({.lowest = 0, .highest = 1, .seed = 2}));
  check_round_trip(VampPrior<5, 3>{}, VampPrior<5, 3>({.seed = 2}));
  check_round_trip(CouplingFlowPrior<2, 3, 4>(1), CouplingFlowPrior<2, 3, 4>(2));
}

TEST_CASE("the parameters of priors are stored under names of their own") {
  const TemporaryFolder folder;
  save(folder.file("mixture"), model_with(GaussianMixturePrior<2, 3>{}));
  const SafeTensors mixture = read_safetensors(folder.file("mixture"));
  CHECK(mixture.find("prior.mean")->shape == std::vector<Index>{2, 3});
  CHECK(mixture.find("prior.log_variance")->shape == std::vector<Index>{2, 3});
  CHECK(mixture.find("prior.log_weight")->shape == std::vector<Index>{3});
  save(folder.file("flow"), model_with(CouplingFlowPrior<2, 3, 4>{}));
  const SafeTensors flow = read_safetensors(folder.file("flow"));
  CHECK(flow.find("prior.0.1.weight")->shape == std::vector<Index>{2, 4});
  CHECK(flow.find("prior.2.1.bias")->shape == std::vector<Index>{2});
}

TEST_CASE("a file with another prior, or one of other numbers, is refused by what differs") {
  CHECK(contains(error_between(LaplacePrior{}, StandardNormal{}), "prior.name"));
  CHECK(contains(error_between(StandardNormal{}, LogisticPrior{}), "prior.name"));
  CHECK(contains(error_between(LaplacePrior(1), LaplacePrior(2)), "prior.scale"));
  CHECK(contains(error_between(DiagonalNormal<2>({1, 2}), DiagonalNormal<2>({1, 3})), "prior.variances: 1 3"));
  CHECK(contains(error_between(VampPrior<5, 3>{}, VampPrior<5, 3>({.lowest = 0, .highest = 1})), "prior.lowest"));
  CHECK(contains(error_between(GaussianMixturePrior<2, 3>{}, GaussianMixturePrior<2, 4>{}), "prior.mean"));
}
