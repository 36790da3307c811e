// SPDX-License-Identifier: MIT
#include <betavae/vae/prior/vamp.hpp>

#include "vae/prior/prior_check.hpp"

#include <tuple>

using namespace betavae;
using namespace betavae::test;

namespace {

constexpr VampOptions unit_range = {.lowest = 0, .highest = 1};

auto small_encoder() { return dense_encoder<double, 4, 3, 2>({.activation = Activation::tanh}); }

/// The prior as an encoder completes it, for the checks of every prior.
template <class Prior, class EncoderType>
struct Given {
  Prior prior;
  EncoderType encoder;
  template <class Context, Operand Z>
  auto log_density(Context& context, const Z& z) const {
    return prior.given(context, encoder).log_density(context, z);
  }
  void sample(MatrixView<double> z, const Random& random, std::uint64_t first_sample = 0) const {
    Tape<double> tape;
    Evaluating<double> context(tape);
    prior.given(context, encoder).sample(z, random, first_sample);
  }
};

auto given_prior() {
  auto encoder = small_encoder();
  // Posteriors narrower than they begin, and further apart.
  auto& last = std::get<1>(encoder.network.layers);
  last.weight.value().topRows(2) *= 6;
  last.bias.value().bottomRows(2).array() -= 1;
  return Given<VampPrior<4, 3, double>, decltype(encoder)>{VampPrior<4, 3, double>(normals(4, 20, 1)), encoder};
}

}  // namespace

TEST_CASE("the VampPrior is the mean of the pseudo-inputs' posteriors") {
  const auto given = given_prior();
  const Matrix<double> inputs = given.prior.pseudo_inputs.value();
  const Matrix<double> z = normals(2, 5, 2);
  Tape<double> tape;
  Evaluating<double> context(tape);
  const auto posterior = given.encoder(context, constant(tape, inputs));
  Matrix<double> p = Matrix<double>::Zero(1, 5);
  for (Index c = 0; c < 3; ++c) {
    const Matrix<double> mean = posterior.mean.value().col(c).replicate(1, 5);
    const Matrix<double> log_variance = posterior.log_variance.value().col(c).replicate(1, 5);
    const GaussianPosterior component{constant(tape, mean), constant(tape, log_variance)};
    p.array() += log_density(component, constant(tape, z)).value().colwise().sum().array().exp() / 3;
  }
  CHECK((log_density_of(given, z).array() - p.array().log()).abs().maxCoeff() < 1e-12);
}

TEST_CASE("the VampPrior's density integrates to 1, and its draws follow it") {
  check_density_and_draws(given_prior(), 2, 10, 0.1, 1e-12);
}

TEST_CASE("the VampPrior's draws depend on their address alone") { check_addresses(given_prior(), 2); }

TEST_CASE("a whole model with the VampPrior has the right gradients: the encoder's by both of its uses") {
  check_gradients_with(small_encoder(), VampPrior<4, 3, double>(uniforms(4, 20, 1)));
  check_gradients_with(small_encoder(), VampPrior<4, 3, double>::about_mean(uniforms(4, 20, 1), {.spread = 0.3}));
  CHECK(count_parameters(VampPrior<4, 3>{}) == 12);
}

TEST_CASE("pseudo-inputs are kept within their range, where their gradient is 0 outside") {
  VampPrior<4, 2, double> bounded({.lowest = 0, .highest = 1});
  bounded.pseudo_inputs.value() << -0.5, 0.2, 0.3, 1.5, 0.4, 0.6, 2, 0.5;
  VampPrior<4, 2, double> inside({.lowest = 0, .highest = 1});
  inside.pseudo_inputs.value() = bounded.pseudo_inputs.value().cwiseMax(0).cwiseMin(1);
  VampPrior<4, 2, double> free;
  free.pseudo_inputs.value() = bounded.pseudo_inputs.value();
  const Matrix<double> z = normals(2, 4, 1);
  const auto density = [&](const auto& prior) {
    return log_density_of(Given<VampPrior<4, 2, double>, decltype(small_encoder())>{prior, small_encoder()}, z);
  };
  CHECK((density(bounded) == density(inside)));
  CHECK((density(free) != density(inside)));

  Vae model{small_encoder(), dense_decoder<double, 2, 3, 4>(), Bernoulli{}, bounded};
  const auto result = differentiate(model, BetaElbo{1}, GaussianNoise(1), uniforms(4, 3, 1));
  const Matrix<double> gradient = gradient_of(result.gradients, model.prior.pseudo_inputs);
  for (Index i = 0; i < gradient.size(); ++i) {
    const double value = bounded.pseudo_inputs.data()[i];
    CHECK((gradient.data()[i] == 0) == (value < 0 || value > 1));
  }
}

TEST_CASE("pseudo-inputs begin as different samples of the data, by the seed") {
  const Matrix<double> data = normals(4, 10, 1);
  const VampPrior<4, 10, double> all(data, {.seed = 3});
  std::vector<bool> taken(10);
  for (Index c = 0; c < 10; ++c) {
    for (Index j = 0; j < 10; ++j) {
      if (all.pseudo_inputs.value().col(c) == data.col(j)) {
        CHECK_FALSE(taken[static_cast<std::size_t>(j)]);
        taken[static_cast<std::size_t>(j)] = true;
      }
    }
  }
  CHECK(std::count(taken.begin(), taken.end(), true) == 10);
  const VampPrior<4, 10, double> same(data, {.seed = 3});
  const VampPrior<4, 10, double> other(data, {.seed = 4});
  CHECK((same.pseudo_inputs.value() == all.pseudo_inputs.value()));
  CHECK((other.pseudo_inputs.value() != all.pseudo_inputs.value()));
}

TEST_CASE("pseudo-inputs without samples begin about the mean, the middle of the range, or 0") {
  const Matrix<double> data = uniforms(4, 50, 1);
  const auto distance = [](const auto& prior, const Eigen::VectorXd& middle) {
    const Matrix<double> inputs = prior.pseudo_inputs.value();
    CHECK((inputs.col(0).array() != inputs.col(1).array()).all());
    return (inputs.colwise() - middle).cwiseAbs().maxCoeff();
  };
  CHECK(distance(VampPrior<4, 3, double>::about_mean(data, unit_range), data.rowwise().mean()) < 0.05);
  CHECK(distance(VampPrior<4, 3, double>(unit_range), Eigen::VectorXd::Constant(4, 0.5)) < 0.05);
  CHECK(distance(VampPrior<4, 3, double>(), Eigen::VectorXd::Zero(4)) < 0.05);
}

TEST_CASE("bad options of the VampPrior, and data that do not serve, are refused") {
  using Prior = VampPrior<4, 3, double>;
  CHECK(contains(error_text<ArgumentError>([] { Prior({.lowest = 1, .highest = 1}); }),
                 "VampPrior: options.lowest: expected a number below options.highest, got 1"));
  CHECK_THROWS_AS(Prior({.lowest = std::nan("")}), ArgumentError);
  CHECK_THROWS_AS(Prior({.spread = 0}), ArgumentError);
  CHECK(contains(error_text<ArgumentError>([] { Prior{normals(4, 2, 1)}; }),
                 "VampPrior: data: expected at least one sample for each component, got 2"));
  CHECK_THROWS_AS(Prior{normals(5, 20, 1)}, ArgumentError);
  CHECK_THROWS_AS(Prior::about_mean(normals(5, 20, 1)), ArgumentError);
  CHECK_THROWS_AS(Prior::about_mean(Matrix<double>(4, 0)), ArgumentError);
}
