// SPDX-License-Identifier: MIT
// Data without a fixed size: events of any number of particles, an encoder of sets, and mass and direction found in its code.
//
// The model sees measured particles alone. What decayed, and where it went, is kept aside, and used only to ask how much of it a
// regression reads off the posterior means of events that training did not see.
#include <betavae/betavae.hpp>
#include <CLI/CLI.hpp>
#include <Eigen/Cholesky>

#include "particles/deep_sets.hpp"
#include "particles/simulation.hpp"

#include <chrono>
#include <exception>
#include <string>

namespace bv = betavae;

namespace {

constexpr int slots = 8;    // two daughters and at most six others
constexpr int latents = 6;  // more than the four that a four-momentum needs

struct Settings {
  bv::Index events = 20000;
  double beta = 1;
  bv::Index epochs = 40;
};

/// One row for each truth.
bv::Matrix<double> truths(const particles::Simulated& simulated) {
  bv::Matrix<double> result(4, static_cast<bv::Index>(simulated.truths.size()));
  for (bv::Index j = 0; j < result.cols(); ++j) {
    const particles::Truth& truth = simulated.truths[static_cast<std::size_t>(j)];
    result.col(j) << truth.mass, truth.cos_theta, std::cos(truth.phi), std::sin(truth.phi);
  }
  return result;
}

/// 1 and x, and all squares and products of x: what a regression may combine. One column a sample.
bv::Matrix<double> terms(const bv::Matrix<double>& x, bool quadratic) {
  const bv::Index products = quadratic ? x.rows() * (x.rows() + 1) / 2 : 0;
  bv::Matrix<double> result(1 + x.rows() + products, x.cols());
  result.topRows(1).setOnes();
  result.middleRows(1, x.rows()) = x;
  bv::Index row = 1 + x.rows();
  for (bv::Index i = 0; quadratic && i < x.rows(); ++i) {
    for (bv::Index k = 0; k <= i; ++k) {
      result.row(row++) = x.row(i).cwiseProduct(x.row(k));
    }
  }
  return result;
}

/// What a regression reads off: one column an event, of those that it is fitted to and of those that it is judged by.
struct Source {
  std::string name;
  bv::Matrix<double> training;
  bv::Matrix<double> test;
  bool quadratic;
};

/// R²: the share of the variance of each row of `test` that a least-squares fit to `training` explains.
Eigen::VectorXd explained(const Source& from, const bv::Matrix<double>& training, const bv::Matrix<double>& test) {
  const bv::Matrix<double> known = terms(from.training, from.quadratic);
  const bv::Matrix<double> weights = (known * known.transpose()).ldlt().solve(known * training.transpose());
  const bv::Matrix<double> missed = test - weights.transpose() * terms(from.test, from.quadratic);
  const bv::Matrix<double> centred = test.colwise() - test.rowwise().mean();
  return 1 - missed.rowwise().squaredNorm().array() / centred.rowwise().squaredNorm().array();
}

void print_table(const std::vector<Source>& sources, const bv::Matrix<double>& training,
                 const bv::Matrix<double>& test) {
  fmt::print("\nR² on the held-out events of a regression, fitted to the training events, on …\n\n");
  fmt::print("{:>36} {:>8} {:>8} {:>8} {:>8}\n", "", "mass", "cos θ", "cos φ", "sin φ");
  for (const Source& source : sources) {
    const Eigen::VectorXd shares = explained(source, training, test);
    fmt::print("{:<36} {:>8.3f} {:>8.3f} {:>8.3f} {:>8.3f}\n",
               fmt::format("{}, {}", source.name, source.quadratic ? "quadratic" : "linear"), shares[0], shares[1],
               shares[2], shares[3]);
  }
}

/// The modelled rows of the columns.
bv::Matrix<double> pair_of(const bv::Matrix<float>& columns) {
  return columns.bottomRows(particles::four_momentum).cast<double>();
}

/// One draw of q(z|x) for each event.
template <class Codes>
bv::Matrix<double> draws(const Codes& codes, std::uint64_t seed) {
  bv::Matrix<double> z(codes.mean.rows(), codes.mean.cols());
  bv::GaussianNoise(seed).fill(bv::MatrixView<double>{z.data(), z.rows(), z.cols(), z.rows()}, 0, 0);
  const bv::Matrix<double> sigma = (0.5 * codes.log_variance.template cast<double>().array()).exp();
  return codes.mean.template cast<double>() + z.cwiseProduct(sigma);
}

void run(const Settings& settings) {
  const particles::Simulated simulated = particles::simulate(settings.events, 1);
  const particles::Simulated simulated_test = particles::simulate(std::max<bv::Index>(settings.events / 4, 100), 2);
  const particles::EventSet<slots> training(simulated.events);
  const particles::EventSet<slots> test(simulated_test.events);

  // σ is 3 GeV, about the detector's resolution of a pair.
  bv::Vae model{particles::DeepSets<float, slots, 32, latents>{},
                bv::dense_decoder<latents, 32, particles::four_momentum>({.activation = bv::Activation::silu}),
                particles::PairMomentum<slots>{3 / particles::unit}};
  const auto start = std::chrono::steady_clock::now();
  const bv::FitOptions options{
      .epochs = settings.epochs, .batch = 100, .learning_rate = 3e-3, .schedule = bv::cosine_decay()};
  bv::fit(model, training, bv::BetaElbo{settings.beta}, options);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

  const bv::Evaluation measured = bv::evaluate(model, test);
  fmt::print(
      "Trained on {} events in {:.1f} s at β {}. On {} held-out events: rate {:.2f} nats, distortion {:.2f} nats, "
      "{:.2f} above "
      "the floor.\n",
      training.size(), seconds, settings.beta, test.size(), measured.rate, measured.distortion, measured.excess());
  const bv::Matrix<float> columns = training.columns();
  const bv::Matrix<float> test_columns = test.columns();
  const auto codes = model.encode(columns);
  const auto test_codes = model.encode(test_columns);
  const bv::Matrix<double> mean = codes.mean.cast<double>();
  const bv::Matrix<double> test_mean = test_codes.mean.cast<double>();
  print_table({{"the posterior means", mean, test_mean, false},
               {"the posterior means", mean, test_mean, true},
               {"a draw from each posterior", draws(codes, 1), draws(test_codes, 2), true},
               {"the modelled numbers", pair_of(columns), pair_of(test_columns), true}},
              truths(simulated), truths(simulated_test));
  fmt::print("\nRate of each latent, nats:");
  for (const double rate : measured.rate_per_dimension) {
    fmt::print(" {:.2f}", rate);
  }
  fmt::print("; active {}/{}\n", measured.active, latents);
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  CLI::App app{"Trains a β-VAE on simulated decays with an encoder of sets, and finds mass and direction in its code."};
  app.add_option("--events", settings.events, "to train on; a quarter as many more to judge by")
      ->capture_default_str()
      ->check(CLI::Range(100, 10000000));
  app.add_option("--beta", settings.beta, "the price of a nat of rate, at least 0")->capture_default_str();
  app.add_option("--epochs", settings.epochs, "passes over the events")
      ->capture_default_str()
      ->check(CLI::Range(1, 100000));
  CLI11_PARSE(app, argc, argv);
  try {
    run(settings);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
