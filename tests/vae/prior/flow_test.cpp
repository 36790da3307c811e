// SPDX-License-Identifier: MIT
#include <betavae/vae/prior/flow.hpp>

#include "vae/prior/prior_check.hpp"

#include <tuple>

using namespace betavae;
using namespace betavae::test;
using Catch::Matchers::WithinAbs;

namespace {

/// A flow away from where it begins.
template <int K, int Layers, class Scalar = double>
auto moved_flow(double far = 0.4) {
  CouplingFlowPrior<K, Layers, 8, Scalar> prior;
  visit_parameters(prior, [=](const std::string&, auto& parameter) {
    parameter.value() += static_cast<Scalar>(far) * normals<Scalar>(parameter.rows(), parameter.columns(), 9);
  });
  return prior;
}

/// The flow's normal u for codes z, by its layers alone.
template <class Prior>
Matrix<double> normal_of(const Prior& prior, const Matrix<double>& z) {
  Tape<double> tape;
  Evaluating<double> context(tape);
  const auto first = std::get<0>(prior.layers)(context, constant(tape, z)).first;
  const auto second = std::get<1>(prior.layers)(context, first).first;
  return std::get<2>(prior.layers)(context, second).first.value();
}

}  // namespace

TEST_CASE("a flow begins as the standard normal, whatever the seed, and draws as it does") {
  const CouplingFlowPrior<5, 4, 8, double> prior(3);
  const Matrix<double> z = normals(5, 6, 1);
  CHECK((log_density_of(prior, z) - log_density_of(StandardNormal{}, z)).cwiseAbs().maxCoeff() < 1e-13);
  CHECK((draws_of(prior, 5, 6) == draws_of(StandardNormal{}, 5, 6)));
}

TEST_CASE("a flow's density integrates to 1, and its draws follow it") {
  check_density_and_draws(moved_flow<2, 2>(0.2), 2, 12, 0.1, 1e-6);
  check_density_and_draws(moved_flow<2, 3>(0.2), 2, 12, 0.1, 1e-6);
}

TEST_CASE("the log-determinant is that of the map's Jacobian, and of the right sign") {
  const auto prior = moved_flow<3, 3>();
  const Matrix<double> z = normals(3, 1, 1);
  Matrix<double> jacobian(3, 3);
  constexpr double h = 1e-5;
  for (Index k = 0; k < 3; ++k) {
    Matrix<double> up = z;
    Matrix<double> down = z;
    up(k, 0) += h;
    down(k, 0) -= h;
    jacobian.col(k) = (normal_of(prior, up) - normal_of(prior, down)) / (2 * h);
  }
  const double log_determinant =
      std::log(std::abs(jacobian(0, 0) * (jacobian(1, 1) * jacobian(2, 2) - jacobian(1, 2) * jacobian(2, 1)) -
                        jacobian(0, 1) * (jacobian(1, 0) * jacobian(2, 2) - jacobian(1, 2) * jacobian(2, 0)) +
                        jacobian(0, 2) * (jacobian(1, 0) * jacobian(2, 1) - jacobian(1, 1) * jacobian(2, 0))));
  const double of_normal = log_density_of(StandardNormal{}, normal_of(prior, z))(0, 0);
  const double nats = log_density_of(prior, z)(0, 0);
  CHECK_THAT(nats, WithinAbs(of_normal + log_determinant, 1e-8));
  CHECK(std::abs(nats - (of_normal - log_determinant)) > 1e-2);  // the wrong sign
}

TEST_CASE("what a flow draws goes back to the normal that it was made of, for odd numbers of latents too") {
  const auto prior = moved_flow<5, 3>();
  const Matrix<double> z = draws_of(prior, 5, 600);
  CHECK((normal_of(prior, z) - draws_of(StandardNormal{}, 5, 600)).cwiseAbs().maxCoeff() < 1e-10);
  CHECK((z - draws_of(StandardNormal{}, 5, 600)).rowwise().norm().minCoeff() > 0.1);  // every latent moves
}

TEST_CASE("a flow's draws depend on their address alone") {
  check_addresses(moved_flow<5, 3>(), 5);
  check_addresses<float>(moved_flow<4, 2, float>(), 4);
}

TEST_CASE("a whole model with a flow has the right gradients, the prior's own among them") {
  check_gradients(CouplingFlowPrior<2, 2, 3, double>{});
  // Two layers, each 1 → 3 → 2.
  CHECK(count_parameters(CouplingFlowPrior<2, 2, 3, double>{}) == Index{2} * (3 + 3 + 6 + 2));
}

TEST_CASE("no code is scaled without bound") {
  CouplingFlowPrior<2, 2, 3, double> prior;
  visit_parameters(prior, [](const std::string&, auto& parameter) { parameter.value().setConstant(1e6); });
  const Matrix<double> z = draws_of(prior, 2, 50);
  CHECK(z.allFinite());
  CHECK(log_density_of(prior, z).allFinite());
}

TEST_CASE("a flow's layers begin from seeds of their own") {
  const CouplingFlowPrior<4, 2, 3, double> prior(1);
  const Matrix<double> first = std::get<0>(std::get<0>(prior.layers).network.layers).weight.value();
  const Matrix<double> second = std::get<0>(std::get<1>(prior.layers).network.layers).weight.value();
  const CouplingFlowPrior<4, 2, 3, double> seeded(2);
  CHECK((first != second));
  CHECK((std::get<0>(std::get<0>(seeded.layers).network.layers).weight.value() != first));
  CHECK_THROWS_AS(log_density_of(prior, Matrix<double>(5, 1)), ArgumentError);
  CHECK_THROWS_AS(draws_of(prior, 3, 1), ArgumentError);
}
