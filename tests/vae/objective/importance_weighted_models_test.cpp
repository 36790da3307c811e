// SPDX-License-Identifier: MIT
// The importance-weighted bound, and the full posterior, with every prior, and with decoders that see more than the code.
#include <betavae/vae/full_gaussian_encoder.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>
#include <betavae/vae/objective/importance_weighted_elbo.hpp>
#include <betavae/vae/prior/diagonal_normal.hpp>
#include <betavae/vae/prior/flow.hpp>
#include <betavae/vae/prior/laplace.hpp>
#include <betavae/vae/prior/logistic.hpp>
#include <betavae/vae/prior/mixture.hpp>
#include <betavae/vae/prior/vamp.hpp>
#include <betavae/vae/skip_networks.hpp>

#include "catch.hpp"
#include "model_check.hpp"

namespace bv = betavae;
using bv::ImportanceGradient;
using bv::ImportanceWeightedElbo;
using bv::test::normals;
using Matrix = bv::Matrix<double>;

namespace {

constexpr bv::DenseOptions smooth{.activation = bv::Activation::tanh, .seed = 1};

auto diagonal() { return bv::dense_encoder<double, 3, 4, 2>(smooth); }
auto full() { return bv::dense_full_encoder<double, 3, 4, 2>(smooth); }
auto decoder() { return bv::dense_decoder<double, 2, 4, 3>(smooth); }

template <class Model, class Objective>
void check_gradients(const Model& model, const Objective& objective) {
  CHECK(bv::test::worst_gradient_error(model, objective, bv::GaussianNoise(1), normals(3, 2, 1)) <=
        bv::GradientCheck::tolerance);
}

const ImportanceWeightedElbo bound({.draws = 3, .gradient = ImportanceGradient::pathwise});

/// (The ELBO with a diagonal posterior is each prior's own test.)
template <class PriorType>
void check_both_posteriors(const PriorType& prior) {
  check_gradients(bv::Vae{diagonal(), decoder(), bv::Gaussian{0.7}, prior}, bound);
  const bv::Vae with_full{full(), decoder(), bv::Gaussian{0.7}, prior};
  check_gradients(with_full, bound);
  check_gradients(with_full, bv::BetaElbo{2});
}

/// That the doubly reparameterized gradient is the pathwise one in the mean over draws: ‖mean difference‖² beside its expectation, the
/// sum of the variances of the mean, of which it is far less than nine times unless the difference has a mean of its own.
template <class Model>
void check_mean_of_doubly_reparameterized(Model model) {
  const Matrix x = normals(3, 2, 1);
  constexpr int steps = 400;
  Eigen::VectorXd sum;
  Eigen::VectorXd squares;
  for (std::uint64_t step = 0; step < steps; ++step) {
    const auto gradient = [&](ImportanceGradient way) {
      const ImportanceWeightedElbo objective({.draws = 4, .gradient = way});
      const auto all = bv::test::all_gradients(
          bv::test::differentiate(model, objective, bv::GaussianNoise(1), x, {}, step).gradients);
      return Eigen::VectorXd(Eigen::Map<const Eigen::VectorXd>(all.data(), static_cast<bv::Index>(all.size())));
    };
    const Eigen::VectorXd difference =
        gradient(ImportanceGradient::doubly_reparameterized) - gradient(ImportanceGradient::pathwise);
    sum = step == 0 ? difference : Eigen::VectorXd(sum + difference);
    squares = step == 0 ? Eigen::VectorXd(difference.cwiseAbs2()) : Eigen::VectorXd(squares + difference.cwiseAbs2());
  }
  const Eigen::VectorXd mean = sum / steps;
  const double expected = (squares / steps - mean.cwiseAbs2()).sum() / (steps - 1);
  CAPTURE(mean.squaredNorm(), expected);
  CHECK(expected > 1e-10);
  CHECK(mean.squaredNorm() < 9 * expected);
}

}  // namespace

TEST_CASE("The bound and the ELBO have the right gradients with every prior, for both posteriors", "[vae][objective]") {
  check_both_posteriors(bv::StandardNormal{});
  check_both_posteriors(bv::DiagonalNormal<2, double>({0.5, 2}));
  check_both_posteriors(bv::LearnedDiagonalNormal<2, double>{});
  check_both_posteriors(bv::LaplacePrior{});
  check_both_posteriors(bv::LogisticPrior{});
  check_both_posteriors(bv::GaussianMixturePrior<2, 3, double>{});
  check_both_posteriors(bv::CouplingFlowPrior<2, 2, 3, double>{});
  check_gradients(bv::Vae{diagonal(), decoder(), bv::Gaussian{0.7}, bv::VampPrior<3, 3, double>{}}, bound);
}

TEST_CASE("Skips from the encoder stand beside each draw", "[vae][objective]") {
  check_gradients(
      bv::Vae{bv::dense_skip_encoder<double, 3, 4, 2>(smooth),
              bv::dense_skip_decoder<double, 2, 4, 3>({.activation = bv::Activation::tanh}), bv::Gaussian{0.7}},
      bound);
}

TEST_CASE("Where the encoder is the prior's too, or the decoder sees it, the doubly reparameterized gradient is right",
          "[vae][objective]") {
  check_mean_of_doubly_reparameterized(
      bv::Vae{diagonal(), decoder(), bv::Gaussian{0.7}, bv::VampPrior<3, 3, double>{}});
  check_mean_of_doubly_reparameterized(
      bv::Vae{bv::dense_skip_encoder<double, 3, 4, 2>(smooth),
              bv::dense_skip_decoder<double, 2, 4, 3>({.activation = bv::Activation::tanh}), bv::Gaussian{0.7}});
  check_mean_of_doubly_reparameterized(bv::Vae{full(), decoder(), bv::Gaussian{0.7}});
}
