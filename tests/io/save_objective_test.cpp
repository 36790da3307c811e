// SPDX-License-Identifier: MIT
// What a controller of β learned is kept by files: a training that goes on from them is the training that never stopped. (Adam's moments
// are not: they stay in the TrainingState.)
#include <betavae/io/save.hpp>
#include <betavae/train/controller/geco.hpp>
#include <betavae/train/controller/pid.hpp>
#include <betavae/train/fit.hpp>
#include <betavae/vae/objective/free_bits_elbo.hpp>

#include "catch.hpp"
#include "error_text.hpp"
#include "io/temporary_folder.hpp"
#include "train/small_model.hpp"

namespace bv = betavae;
namespace test = bv::test;

namespace {

bv::FitOptions options() { return {.epochs = 3, .batch = 16, .learning_rate = 0.01, .threads = 1}; }

template <class Objective>
void check_going_on(const Objective& fresh) {
  const bv::test::TemporaryFolder folder;
  const bv::Matrix<float> data = test::grey_data(100);
  auto model = test::small_model();
  Objective objective = fresh;
  bv::TrainingState<float> state;
  bv::fit(model, data, objective, options(), state);
  bv::save(folder.file("model.safetensors"), model);
  bv::save(folder.file("objective.safetensors"), objective);
  const bv::TrainingState<float> state_then = state;
  const double beta_then = objective.beta();
  const auto on = bv::fit(model, data, objective, options(), state);

  auto model_again = test::small_model(2);
  Objective objective_again = fresh;
  bv::TrainingState<float> state_again = state_then;
  bv::load(folder.file("model.safetensors"), model_again);
  bv::load(folder.file("objective.safetensors"), objective_again);
  CHECK(objective_again.beta() == beta_then);
  CHECK(beta_then != fresh.beta());
  const auto on_again = bv::fit(model_again, data, objective_again, options(), state_again);
  CHECK(test::parameters_of(model_again) == test::parameters_of(model));
  CHECK(objective_again.beta() == objective.beta());
  CHECK(on_again.back().loss == on.back().loss);

  // Without the objective's file it is another training.
  auto model_without = test::small_model(2);
  Objective objective_without = fresh;
  bv::TrainingState<float> state_without = state_then;
  bv::load(folder.file("model.safetensors"), model_without);
  bv::fit(model_without, data, objective_without, options(), state_without);
  CHECK(test::parameters_of(model_without) != test::parameters_of(model));
}

}  // namespace

TEST_CASE("Training goes on from files with the same bits, under every controller of beta", "[io][train]") {
  check_going_on(bv::BetaElbo{bv::GecoController({.distortion = 3})});
  check_going_on(bv::BetaElbo{bv::PidController({.rate = 0.5})});
  check_going_on(bv::FreeBitsElbo(bv::FreeNatsPerDimension{0.1}, bv::PidController({.rate = 1})));
}

TEST_CASE("The file of one controller is not taken for another's", "[io]") {
  const bv::test::TemporaryFolder folder;
  bv::save(folder.file("objective.safetensors"), bv::BetaElbo{bv::GecoController({.distortion = 3})});
  bv::BetaElbo pid{bv::PidController({.rate = 1})};
  const std::string error =
      test::error_text<bv::FileError>([&] { bv::load(folder.file("objective.safetensors"), pid); });
  CHECK(error.find("state.beta.integral': missing in the file") != std::string::npos);
  CHECK(error.find("state.beta.beta': not in the model") != std::string::npos);
  CHECK(pid.beta() == 1);
}
