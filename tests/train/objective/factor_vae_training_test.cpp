// SPDX-License-Identifier: MIT
// FactorVAE's estimates against closed forms, and what training under it does.
#include <betavae/train/fit.hpp>
#include <betavae/train/objective/factor_vae.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>

#include "catch.hpp"
#include "error_text.hpp"
#include "model_check.hpp"
#include "numbers.hpp"
#include "train/small_model.hpp"

#include <cmath>
#include <numbers>
#include <vector>

namespace bv = betavae;
namespace test = bv::test;
using bv::Index;
using bv::Matrix;
using bv::test::normals;
using Catch::Matchers::WithinAbs;

namespace {

/// z = (s ε₁, ρ ε₁ + √(1 − ρ²) ε₂): Gaussian codes of correlation ρ. Their total correlation is −½ ln(1 − ρ²), whatever s.
struct Correlated {
  double rho;
  double scale = 1;

  [[nodiscard]] double total_correlation() const { return -0.5 * std::log(1 - rho * rho); }
  [[nodiscard]] double slope() const { return rho / (1 - rho * rho); }  // of the total correlation in ρ
  [[nodiscard]] Matrix<double> codes(const Matrix<double>& noise) const {
    Matrix<double> z = noise;
    z.row(0) *= scale;
    z.row(1) = rho * noise.row(0) + std::sqrt(1 - rho * rho) * noise.row(1);
    return z;
  }
};

/// The discriminator at its optimum for those codes: l(z) = ln q(z) − Σ ln q(zₖ), a quadratic function.
struct Exact {
  using Scalar = double;
  static constexpr int inputs = 2;
  static constexpr int outputs = 1;
  Correlated of;

  template <class Context, bv::Operand Z>
  auto operator()(Context& /*context*/, const Z& z) const {
    const auto first = (1 / of.scale) * bv::rows<1>(z, 0);
    const auto second = bv::rows<1>(z, 1);
    const double rest = 1 - of.rho * of.rho;
    const auto joint = bv::square(first) - 2 * of.rho * (first * second) + bv::square(second);
    const auto each = bv::square(first) + bv::square(second);
    return bv::affine(0.5 * each - (0.5 / rest) * joint, 1.0, of.total_correlation());
  }
};

/// Terms of these codes, nothing else in them.
auto terms_of(bv::Tape<double>& tape, const Matrix<double>& z, std::uint64_t step = 0) {
  static const Matrix<double> zero = Matrix<double>::Zero(1, 1);
  const auto codes = bv::constant(tape, z);
  bv::ElboTerms terms{bv::constant(tape, zero), bv::constant(tape, zero), bv::GaussianPosterior{codes, codes}, codes};
  terms.step = step;
  return terms;
}

template <class Objective>
void learn(Objective& objective, const Matrix<double>& z, std::uint64_t step) {
  bv::Tape<double> tape;
  objective.end_step(terms_of(tape, z, step));
}

template <class Objective>
double estimate_of(const Objective& objective, const Matrix<double>& z) {
  bv::Tape<double> tape;
  return objective(terms_of(tape, z)).named[0].value;
}

struct Estimate {
  double mean = 0;
  double standard_error = 0;
  explicit Estimate(const std::vector<double>& draws) {
    const auto count = static_cast<double>(draws.size());
    for (const double draw : draws) {
      mean += draw / count;
    }
    for (const double draw : draws) {
      standard_error += (draw - mean) * (draw - mean);
    }
    standard_error = std::sqrt(standard_error) / count;
  }
  [[nodiscard]] double errors_from(double truth) const { return std::abs(mean - truth) / standard_error; }
};

/// Total correlation of a model's codes over a set, by the sums over all samples: in nats, one draw a sample.
template <class Model>
double total_correlation(const Model& model, const Matrix<float>& data) {
  const auto codes = model.encode(data);
  const Index count = data.cols();
  const Index latents = codes.mean.rows();
  const Matrix<double> noise = normals(latents, count, 77);
  double nats = 0;
  for (Index i = 0; i < count; ++i) {
    double joint = 0;
    std::vector<double> each(static_cast<std::size_t>(latents), 0.0);
    for (Index n = 0; n < count; ++n) {
      double density = 1;
      for (Index k = 0; k < latents; ++k) {
        const double z = codes.mean(k, i) + std::exp(0.5 * codes.log_variance(k, i)) * noise(k, i);
        const double log_variance = codes.log_variance(k, n);
        const double distance = z - codes.mean(k, n);
        const double of_dimension = std::exp(-0.5 * (distance * distance * std::exp(-log_variance) + log_variance));
        each[static_cast<std::size_t>(k)] += of_dimension / static_cast<double>(count);
        density *= of_dimension;
      }
      joint += density / static_cast<double>(count);
    }
    nats += std::log(joint);
    for (const double marginal : each) {
      nats -= std::log(marginal);
    }
  }
  return nats / static_cast<double>(count);
}

/// Four clusters at the ends of a cross, in four dimensions. Two latents along its arms tell of each other: when one is far from 0,
/// the other is not. Turned by 45 degrees, each is one of two numbers, whatever the other: their total correlation is 0.
Matrix<float> cross(Index samples) {
  Matrix<float> data = 0.1F * normals<float>(4, samples, 9);
  for (Index j = 0; j < samples; ++j) {
    const float end = j % 4 < 2 ? 1.0F : -1.0F;
    data(j % 2, j) += end;
    data(j % 2 + 2, j) += end;
  }
  return data;
}

auto cross_model() {
  return bv::Vae{bv::dense_encoder<4, 16, 2>({.seed = 4}), bv::dense_decoder<2, 16, 4>({.seed = 4}), bv::Gaussian{0.3}};
}

}  // namespace

TEST_CASE("With the exact discriminator the mean gradient over 10,000 draws is that of the total correlation",
          "[train][factor_vae]") {
  for (const double rho : {0.3, 0.8}) {
    const Correlated codes{rho, 1.7};
    const bv::FactorVae objective(Exact{codes}, {.gamma = 1});
    constexpr Index draws = 10'000;
    const Matrix<double> noise = normals(2, draws, 21);
    bv::Tape<double> tape;
    const auto z = bv::make_variable<2>(tape, 2, draws);
    bv::detail::map<2>(z.value_view()) = codes.codes(noise);
    const Matrix<double> zero = Matrix<double>::Zero(1, 1);
    const auto value =
        objective(bv::ElboTerms{bv::constant(tape, zero), bv::constant(tape, zero), bv::GaussianPosterior{z, z}, z});
    bv::reverse(value.loss);
    std::vector<double> by_rho;
    std::vector<double> by_scale;
    std::vector<double> logits;
    bv::Evaluating<double> context(tape);
    const Matrix<double> all_logits = objective.discriminator()(context, z).value();
    for (Index j = 0; j < draws; ++j) {
      const double root = std::sqrt(1 - rho * rho);
      const double dz_by_rho = noise(0, j) - rho / root * noise(1, j);
      by_rho.push_back(static_cast<double>(draws) * z.adjoint()(1, j) * dz_by_rho);
      by_scale.push_back(static_cast<double>(draws) * z.adjoint()(0, j) * noise(0, j));
      logits.push_back(all_logits(0, j));
    }
    CHECK(Estimate(logits).errors_from(codes.total_correlation()) < 3);
    CHECK(Estimate(by_rho).errors_from(codes.slope()) < 3);
    // The scale changes joint and marginals alike. Without the marginals' part the gradient would be that of E ln q(z), −1/s.
    CHECK(Estimate(by_scale).errors_from(0) < 3);
    // Classes swapped, as where the logit of the other class is taken:
    CHECK(Estimate(by_rho).errors_from(-codes.slope()) > 10);
    // ln D instead of ln D/(1 − D): its gradient is 1 − D times as large.
    std::vector<double> of_log_sigmoid;
    for (std::size_t j = 0; j < by_rho.size(); ++j) {
      of_log_sigmoid.push_back(by_rho[j] / (1 + std::exp(logits[j])));
    }
    CHECK(Estimate(of_log_sigmoid).errors_from(codes.slope()) > 10);
  }
}

TEST_CASE("A discriminator that has learned tells the total correlation of Gaussian codes",
          "[train][factor_vae][training]") {
  const auto learned = [](const Correlated& codes, std::uint64_t steps) {
    auto objective = bv::factor_vae<double, 2, 16, 16>({.learning_rate = 5e-3, .seed = 2});
    const Matrix<double> fresh = codes.codes(normals(2, 2048, 5));
    double mean = 0;  // over the last quarter, since the estimate moves up and down while the discriminator learns
    for (std::uint64_t step = 0; step < steps; ++step) {
      learn(objective, codes.codes(normals(2, 128, 1000 + step)), step);
      if (step >= steps / 4 * 3 && step % 25 == 24) {
        mean += estimate_of(objective, fresh) * 100 / static_cast<double>(steps);
      }
    }
    CHECK(objective.discriminator_cross_entropy() < std::numbers::ln2 + 0.02);
    return mean;
  };
  // −½ ln 0.36 = 0.511 nats. The mean of the exact logit over 2048 draws has a standard error of 0.02, and what this network learns
  // in thousands of updates scatters by 0.03 about 0.51.
  CHECK_THAT(learned({0.8}, 800), WithinAbs(0.511, 0.06));
  CHECK_THAT(learned({0}, 200), WithinAbs(0, 0.06));
}

TEST_CASE("Training under FactorVAE lowers the loss, and the total correlation against gamma = 0",
          "[train][factor_vae][training]") {
  const Matrix<float> data = cross(192);
  const bv::FitOptions options{.epochs = 40, .batch = 64, .learning_rate = 5e-3, .seed = 3, .threads = 1};
  auto priced = cross_model();
  auto objective = bv::factor_vae<2, 24, 24>({.gamma = 6, .learning_rate = 5e-3});
  const bv::History history = bv::fit(priced, data, objective, options);
  CHECK(objective.updates() == 120);
  CHECK(history.back().loss < history.front().loss);
  auto free = cross_model();
  auto unpriced = bv::factor_vae<2, 24, 24>({.gamma = 0, .learning_rate = 5e-3});
  bv::fit(free, data, unpriced, options);
  const double with_price = total_correlation(priced, data);
  const double without = total_correlation(free, data);
  CAPTURE(with_price, without, history.back().of_objective[0].value, history.back().rate);
  CHECK(without > 0.2);
  CHECK(with_price < 0.5 * without);
  // γ = 0 is the ELBO, to the last bit.
  auto plain = cross_model();
  bv::fit(plain, data, bv::BetaElbo{1}, options);
  CHECK(test::same_bits(test::parameters_of(plain), test::parameters_of(free)));
}

TEST_CASE("History shows FactorVAE's terms under their names", "[train][factor_vae]") {
  auto model = test::small_model();
  auto objective = bv::factor_vae<test::latents, 4>({.gamma = 2});
  // The last batch of an epoch has one sample: the discriminator learns nothing from it.
  const bv::History history = bv::fit(model, test::grey_data(17), objective, {.epochs = 2, .batch = 8, .threads = 1});
  CHECK(objective.updates() == 4);
  const auto& named = history.back().of_objective;
  REQUIRE(named.size() == 3);
  CHECK(named[0].name == "total correlation");
  CHECK(named[1].name == "discriminator cross entropy");
  CHECK_THAT(named[1].value, WithinAbs(std::numbers::ln2, 0.1));
  CHECK(named[2].name == "gamma");
  const double loss = history.back().rate + history.back().distortion + 2 * named[0].value;
  CHECK_THAT(history.back().loss, WithinAbs(loss, 1e-5));
  CHECK(bv::test::contains(history.csv(), ",total_correlation,discriminator_cross_entropy,gamma\n"));
}

TEST_CASE("FactorVAE trains to the same bits for any number of threads", "[train][factor_vae][threads]") {
  Matrix<float> data(64, 260);
  const Matrix<float> noise = normals<float>(64, 260, 4);
  data = (noise.array() * 0.2F + 0.5F).cwiseMin(1.0F).cwiseMax(0.0F).matrix();
  std::vector<std::vector<float>> results;
  for (const Index threads : {1, 2, 3}) {
    bv::Vae model{bv::dense_encoder<64, 48, 6>(), bv::dense_decoder<6, 48, 64>(), bv::Bernoulli{}};
    auto objective = bv::factor_vae<6, 160, 160>();
    bv::fit(model, data, objective, {.epochs = 2, .batch = 130, .threads = threads});
    results.push_back(test::parameters_of(model));
    const std::vector<float> discriminator = test::parameters_of(objective);
    results.back().insert(results.back().end(), discriminator.begin(), discriminator.end());
  }
  CHECK(test::same_bits(results[0], results[1]));
  CHECK(test::same_bits(results[0], results[2]));
}
