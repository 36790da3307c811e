// SPDX-License-Identifier: MIT
// Training by the importance-weighted bound, as a user sees it.
#include <betavae/train/fit.hpp>
#include <betavae/vae/objective/importance_weighted_elbo.hpp>

#include "catch.hpp"
#include "small_model.hpp"

namespace bv = betavae;
namespace test = bv::test;
using Catch::Matchers::WithinRel;

TEST_CASE("Training by the bound shows it in nats, and the effective draws as a number without a unit", "[train]") {
  auto model = test::small_model();
  const auto data = test::grey_data(200);
  const auto history = bv::fit(model, data, bv::ImportanceWeightedElbo({.draws = 5}),
                               {.epochs = 3, .batch = 32, .learning_rate = 0.01, .seed = 1});
  const bv::Epoch& last = history.back();
  REQUIRE(last.of_objective.size() == 3);
  CHECK_THAT(last.of_objective[0].value, WithinRel(-last.loss, 1e-6));
  CHECK(last.of_objective[1].value > 1);
  CHECK(last.of_objective[1].value < 5);
  CHECK(last.of_objective[2].name == "draws");
  CHECK(last.of_objective[2].value == 5);
  CHECK(last.of_objective[2].kind == bv::NumberKind::fixed_setting);
  CHECK(last.loss < history.front().loss);
  CHECK(last.loss < last.rate + last.distortion);  // the bound is tighter than the ELBO
  const std::string text = fmt::format("{}", last);
  CHECK(text.find("importance weighted bound -") != std::string::npos);
  CHECK(text.find("effective draws") != std::string::npos);
  CHECK(text.find("nats", text.find("effective draws")) == std::string::npos);
}

TEST_CASE("Held-out data are measured by the negative ELBO, whatever the number of draws", "[train]") {
  auto model = test::small_model();
  const auto history = bv::fit_with_validation(model, test::grey_data(64), test::grey_data(32, 2),
                                               bv::ImportanceWeightedElbo({.draws = 3}),
                                               {.epochs = 2, .batch = 32, .seed = 1, .patience = 1});
  REQUIRE(history.back().validation.has_value());
  const auto measured = bv::evaluate(model, test::grey_data(32, 2), {.seed = 1});
  const auto best = static_cast<std::size_t>(history.best_epoch - 1);
  CHECK_THAT(history[best].validation->loss(), WithinRel(measured.loss(), 1e-6));
}
