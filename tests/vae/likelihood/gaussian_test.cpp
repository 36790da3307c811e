// SPDX-License-Identifier: MIT
#include <betavae/autodiff/gradient_check.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>

#include "catch.hpp"
#include "model_check.hpp"

#include <limits>
#include <numbers>

namespace bv = betavae;
using bv::test::contains;
using bv::test::error_text;
using bv::test::normals;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

constexpr bv::Index sizes[] = {0, 1, 3, 7, 8, 9, 15, 16, 17};
constexpr double infinity = std::numeric_limits<double>::infinity();

/// As while training: the mean is a variable.
template <class Likelihood, class Scalar>
bv::Matrix<Scalar> distortion(const Likelihood& likelihood, const bv::Matrix<Scalar>& mean, const bv::Matrix<Scalar>& x,
                              bv::test::Beside<Scalar> beside = {}) {
  bv::Tape<Scalar> tape;
  bv::Evaluating<Scalar> context(tape);
  const bv::Observed<bv::Constant<Scalar>> observed{bv::constant(tape, x), beside.mask, beside.weights, beside.offsets};
  const auto variable = bv::make_variable(tape, mean.rows(), mean.cols());
  std::copy_n(mean.data(), mean.size(), variable.value_view().data);
  return likelihood.distortion(context, variable, observed).value();
}

/// −ln N(x; mean, sigma²)
long double exact(long double x, long double mean, long double sigma) {
  const long double standardized = (x - mean) / sigma;
  return standardized * standardized / 2 + std::log(sigma) + std::log(2 * std::numbers::pi_v<long double>) / 2;
}

/// A context that hands out one given variable as the parameter that a likelihood asks for.
template <class Variable>
struct OneParameter {
  Variable variable;
  template <class Parameter>
  [[nodiscard]] Variable parameter(const Parameter& /*parameter*/) const {
    return variable;
  }
};

/// Distortion as a function of the mean, for gradient_check.
template <class Likelihood>
auto as_function_of_mean(const Likelihood& likelihood, const bv::Matrix<double>& x,
                         bv::test::Beside<double> beside = {}) {
  return [&likelihood, &x, beside](const auto& mean) {
    bv::Evaluating<double> context(mean.tape());
    const bv::Observed<bv::Constant<double>> observed{bv::constant(mean.tape(), x), beside.mask, beside.weights,
                                                      beside.offsets};
    return likelihood.distortion(context, mean, observed);
  };
}

/// Calls f with each of the three likelihoods.
template <class Function>
void for_each_likelihood(const Function& function) {
  function(bv::Gaussian{0.7});
  function(bv::GaussianLearnedSigma<double>{0.7});
  function(bv::GaussianOptimalSigma{});
}

}  // namespace

TEST_CASE("The Gaussian distortion is -ln p in nats, summed over features", "[vae][gaussian]") {
  const bv::Matrix<double> mean = normals(19, 4, 1);
  const bv::Matrix<double> x = normals(19, 4, 2);
  for (const double sigma : {1e-3, 0.5, 1.0, 20.0}) {
    INFO("sigma " << sigma);
    const auto fixed = distortion(bv::Gaussian{sigma}, mean, x);
    const auto learned = distortion(bv::GaussianLearnedSigma<double>{sigma, sigma / 8}, mean, x);
    REQUIRE(fixed.rows() == 1);
    REQUIRE(fixed.cols() == 4);
    for (int j = 0; j < 4; ++j) {
      long double expected = 0;
      for (int i = 0; i < 19; ++i) {
        expected += exact(x(i, j), mean(i, j), sigma);
      }
      CHECK_THAT(fixed(0, j), WithinRel(static_cast<double>(expected), 1e-13));
      CHECK_THAT(learned(0, j), WithinRel(static_cast<double>(expected), 1e-12));
    }
  }
}

TEST_CASE("The optimal sigma is that of the batch, and no other sigma gives less distortion", "[vae][gaussian]") {
  const bv::Matrix<double> mean = normals(19, 4, 1);
  const bv::Matrix<double> x = normals(19, 4, 2);
  const double optimal = distortion(bv::GaussianOptimalSigma{}, mean, x).mean();
  const double best = std::sqrt((x - mean).squaredNorm() / (19 * 4));
  CHECK_THAT(optimal, WithinRel(distortion(bv::Gaussian{best}, mean, x).mean(), 1e-13));
  CHECK_THAT(optimal, WithinRel(0.5 * 19 * (std::log(2 * std::numbers::pi * best * best) + 1), 1e-13));
  for (const double factor : {0.5, 0.9, 0.999, 1.001, 1.1, 2.0}) {
    CHECK(distortion(bv::Gaussian{factor * best}, mean, x).mean() > optimal);
  }
}

TEST_CASE("The optimal sigma weighs samples and skips missing values", "[vae][gaussian]") {
  const bv::Matrix<double> mean = normals(5, 3, 1);
  const bv::Matrix<double> x = normals(5, 3, 2);
  std::vector<std::uint8_t> mask(15, 1);
  mask[1] = mask[7] = mask[8] = 0;
  const double weights[] = {1, 3, 0.5};
  double squares = 0;
  double present = 0;
  for (int j = 0; j < 3; ++j) {
    for (int i = 0; i < 5; ++i) {
      if (mask[static_cast<std::size_t>(5 * j + i)] != 0) {
        squares += weights[j] * (x(i, j) - mean(i, j)) * (x(i, j) - mean(i, j));
        present += weights[j];
      }
    }
  }
  const bv::test::Beside<double> beside{mask.data(), weights};
  const auto optimal = distortion(bv::GaussianOptimalSigma{}, mean, x, beside);
  const auto fixed = distortion(bv::Gaussian{std::sqrt(squares / present)}, mean, x, beside);
  CHECK((optimal - fixed).norm() < 1e-13);
}

TEST_CASE("The Gaussian gradients in the mean are right at every size", "[vae][gaussian]") {
  for_each_likelihood([](const auto& likelihood) {
    for (const bv::Index features : sizes) {
      for (const bv::Index samples : {1, 5}) {
        if (features == 0 && std::is_same_v<decltype(likelihood), const bv::GaussianOptimalSigma&>) {
          continue;  // no value, no best sigma
        }
        INFO(likelihood.name << ", " << features << " x " << samples);
        const bv::Matrix<double> x = normals(features, samples, 1);
        const auto check = bv::gradient_check(as_function_of_mean(likelihood, x), normals(features, samples, 2));
        CHECK(check.error <= bv::GradientCheck::tolerance);
      }
    }
  });
}

TEST_CASE("The Gaussian gradients are right with missing values, weights and offsets", "[vae][gaussian]") {
  const bv::Matrix<double> x = normals(9, 3, 1);
  std::vector<std::uint8_t> mask(27, 1);
  mask[0] = mask[10] = mask[26] = 0;
  const double weights[] = {1, 0.25, 3};
  const double offsets[] = {0.5, -2, 0};
  for_each_likelihood([&](const auto& likelihood) {
    const auto check =
        bv::gradient_check(as_function_of_mean(likelihood, x, {mask.data(), weights, offsets}), normals(9, 3, 2));
    CHECK(check.error <= bv::GradientCheck::tolerance);
  });
}

TEST_CASE("The gradient in the learned sigma is right", "[vae][gaussian]") {
  const bv::Matrix<double> x = normals(9, 3, 1);
  std::vector<std::uint8_t> mask(27, 1);
  mask[0] = mask[10] = 0;
  for (const double raw : {-3.0, 0.0, 2.0}) {
    const bv::GaussianLearnedSigma<double> likelihood{1, 0.5};
    const auto check = bv::gradient_check(
        [&](const auto& mean, const auto& log_sigma) {
          const OneParameter<std::remove_cvref_t<decltype(log_sigma)>> context{log_sigma};
          const bv::Observed<bv::Constant<double>> observed{bv::constant(mean.tape(), x), mask.data()};
          return likelihood.distortion(context, mean, observed);
        },
        normals(9, 3, 2), bv::Matrix<double>(bv::Matrix<double>::Constant(1, 1, raw)));
    CHECK(check.error <= bv::GradientCheck::tolerance);
  }
}

TEST_CASE("What is stored in a missing value changes no Gaussian's nats or gradient", "[vae][gaussian]") {
  const bv::Matrix<double> mean = normals(9, 3, 2);
  std::vector<std::uint8_t> mask(27, 1);
  mask[4] = mask[9] = mask[25] = 0;
  for_each_likelihood([&](const auto& likelihood) {
    bv::Matrix<double> x = normals(9, 3, 1);
    const auto run = [&] {
      bv::Tape<double> tape;
      bv::Evaluating<double> context(tape);
      auto variable = bv::make_variable(tape, 9, 3);
      std::copy_n(mean.data(), 27, variable.value_view().data);
      const bv::Observed<bv::Constant<double>> observed{bv::constant(tape, x), mask.data()};
      const auto nats = likelihood.distortion(context, variable, observed);
      const auto total = bv::sum(nats);
      bv::reverse(total);
      return std::pair{bv::Matrix<double>(nats.value()), bv::Matrix<double>(variable.adjoint())};
    };
    const auto before = run();
    CHECK(std::isfinite(before.first.sum()));
    for (const double stored : {0.0, -7e200, std::nan(""), infinity}) {
      x(4, 0) = x(0, 1) = x(7, 2) = stored;
      const auto after = run();
      CHECK((after.first == before.first));
      CHECK((after.second == before.second));
      CHECK(after.second(4, 0) == 0);
    }
  });
}

TEST_CASE("An offset is added to every mean of its sample", "[vae][gaussian]") {
  const bv::Matrix<double> x = normals(9, 2, 1);
  const bv::Matrix<double> mean = normals(9, 2, 2);
  const double offsets[] = {0.75, -1.5};
  bv::Matrix<double> shifted = mean;
  shifted.col(0).array() += 0.75;
  shifted.col(1).array() += -1.5;
  for_each_likelihood([&](const auto& likelihood) {
    CHECK((distortion(likelihood, mean, x, {nullptr, nullptr, offsets}) == distortion(likelihood, shifted, x)));
  });
}

TEST_CASE("The Gaussian score is the derivative of the log-density", "[vae][gaussian]") {
  const bv::Matrix<double> mean = normals(5, 2, 1);
  const bv::Matrix<double> x = normals(5, 2, 2);
  for (const double sigma : {0.3, 1.0, 4.0}) {
    const bv::Matrix<double> fixed = bv::Gaussian{sigma}.score(mean, x);
    const bv::Matrix<double> learned = bv::GaussianLearnedSigma<double>{sigma}.score(mean, x);
    constexpr long double h = 1e-3L;
    for (int j = 0; j < 2; ++j) {
      for (int i = 0; i < 5; ++i) {
        const auto numeric = static_cast<double>(
            (exact(x(i, j), mean(i, j) - h, sigma) - exact(x(i, j), mean(i, j) + h, sigma)) / (2 * h));
        CHECK_THAT(fixed(i, j), WithinAbs(numeric, 1e-11 * (1 + std::abs(numeric))));
        CHECK_THAT(learned(i, j), WithinRel(fixed(i, j), 1e-13));
      }
    }
  }
}

TEST_CASE("The Gaussian Fisher information is the variance of the score", "[vae][gaussian]") {
  for (const double sigma : {0.3, 1.0, 4.0}) {
    // ∫ N(x) score(x)² dx by the trapezoid rule
    double variance = 0;
    const double step = sigma / 16;
    for (int i = -16 * 14; i <= 16 * 14; ++i) {
      const bv::Matrix<double> x = bv::Matrix<double>::Constant(1, 1, 0.4 + i * step);
      const bv::Matrix<double> mean = bv::Matrix<double>::Constant(1, 1, 0.4);
      const double score = bv::Gaussian{sigma}.score(mean, x)(0, 0);
      variance += step * std::exp(static_cast<double>(-exact(x(0, 0), 0.4, sigma))) * score * score;
    }
    const bv::Matrix<double> information = bv::Gaussian{sigma}.fisher_information(normals(3, 2, 1));
    CHECK((information.array() - variance).abs().maxCoeff() < 1e-12 * variance);
    CHECK_THAT(bv::GaussianLearnedSigma<double>{sigma}.fisher_information(normals(1, 1, 1))(0, 0),
               WithinRel(variance, 1e-12));
  }
}

TEST_CASE("The Gaussian point estimate is the mean", "[vae][gaussian]") {
  const bv::Matrix<double> mean = normals(4, 3, 1);
  for_each_likelihood([&](const auto& likelihood) {
    CHECK((likelihood.point_estimate(mean) == mean));
    CHECK(likelihood.point_estimate_name == "mean");
  });
}

TEMPLATE_TEST_CASE("Gaussian draws follow the distribution", "[vae][gaussian]", float, double) {
  constexpr int count = 20000;
  const bv::Matrix<TestType> mean = bv::Matrix<TestType>::Constant(2, count, TestType(-3));
  const bv::Matrix<TestType> draws = bv::Gaussian{0.25}.sample(mean, bv::Random(1));
  for (int i = 0; i < 2; ++i) {
    const bv::Matrix<double> row = draws.row(i).template cast<double>();
    CHECK(bv::test::kolmogorov_smirnov({row.data(), row.data() + count},
                                       [](double x) { return bv::test::normal_distribution((x + 3) / 0.25); }) < 1.63);
  }
  CHECK((bv::GaussianLearnedSigma<TestType>{0.25}.sample(mean, bv::Random(1)) - draws).norm() < TestType(1e-3));
  const bv::Matrix<TestType> tail = mean.rightCols(3);
  CHECK((bv::Gaussian{0.25}.sample(tail, bv::Random(1), count - 3) == draws.rightCols(3)));
}

TEST_CASE("The Gaussian floor is the distortion at perfect reconstruction", "[vae][gaussian]") {
  const bv::Matrix<double> x = normals(1, 1, 1);
  for (const double sigma : {0.01, 0.3, 2.0}) {
    const bv::Gaussian likelihood{sigma};
    CHECK_THAT(likelihood.floor(x(0, 0)), WithinAbs(distortion(likelihood, x, x)(0, 0), 1e-13));
    for (const double shift : {-1e-3, 1e-3, 0.5}) {
      const bv::Matrix<double> mean = x.array() + shift;
      CHECK(distortion(likelihood, mean, x)(0, 0) > likelihood.floor(x(0, 0)));
    }
  }
}

TEST_CASE("The learned sigma keeps what it is set to, and is a parameter", "[vae][gaussian]") {
  for (const double sigma : {0.0011, 0.01, 0.5, 1.0, 1e6}) {
    CHECK_THAT(bv::GaussianLearnedSigma<double>{sigma}.sigma(), WithinRel(sigma, 1e-12));
    CHECK_THAT(bv::GaussianLearnedSigma<float>{sigma}.sigma(), WithinRel(sigma, 1e-5));
  }
  bv::GaussianLearnedSigma<double> likelihood{2.0};
  likelihood.set_sigma(0.125);
  CHECK_THAT(likelihood.sigma(), WithinRel(0.125, 1e-12));
  CHECK(bv::count_parameters(likelihood) == 1);
}

TEST_CASE("The floor of the learned sigma binds, and says so", "[vae][gaussian]") {
  bv::GaussianLearnedSigma<double> likelihood{0.5, 0.1};
  CHECK_FALSE(likelihood.at_floor());
  for (const double raw : {-10.0, -1000.0}) {  // as far as any optimizer may push it
    *likelihood.raw.data() = raw;
    CHECK(likelihood.at_floor());
    CHECK(likelihood.sigma() >= 0.1);
    const bv::Matrix<double> x = normals(3, 2, 1);
    CHECK((distortion(likelihood, x, x).array() - 3 * bv::Gaussian{0.1}.floor(0)).abs().maxCoeff() < 1e-3);
  }
}

TEST_CASE("The floor of the optimal sigma binds, and says so", "[vae][gaussian]") {
  bv::GaussianOptimalSigma likelihood{0.1};
  const bv::Matrix<double> x = normals(6, 5, 1);
  CHECK(likelihood.sigma() == 1);
  CHECK_FALSE(likelihood.at_floor());
  CHECK((distortion(likelihood, x, x).array() - distortion(bv::Gaussian{0.1}, x, x).array()).abs().maxCoeff() < 1e-13);
  likelihood.end_epoch(distortion(likelihood, x, x).mean(), 6);
  CHECK(likelihood.sigma() == 0.1);
  CHECK(likelihood.at_floor());

  // At the floor the gradient in the mean is that of a fixed sigma.
  const bv::Matrix<double> near = x + 1e-3 * normals(6, 5, 2);
  CHECK(bv::gradient_check(as_function_of_mean(likelihood, x), near).error <= 1e-6);

  CHECK(bv::GaussianOptimalSigma{3}.sigma() == 3);
}

TEST_CASE("After an epoch, the optimal sigma is that of its distortion", "[vae][gaussian]") {
  const bv::Matrix<double> mean = normals(6, 50, 1);
  const bv::Matrix<double> x = mean + 0.3 * normals(6, 50, 2);
  bv::GaussianOptimalSigma likelihood;
  likelihood.end_epoch(distortion(likelihood, mean, x).mean(), 6);
  CHECK_THAT(likelihood.sigma(), WithinRel(std::sqrt((x - mean).squaredNorm() / 300), 1e-13));
  CHECK_FALSE(likelihood.at_floor());
  CHECK_THAT(likelihood.fisher_information(mean)(0, 0), WithinRel(300 / (x - mean).squaredNorm(), 1e-12));
}

TEST_CASE("A sigma or floor out of range is refused by name", "[vae][gaussian]") {
  for (const double sigma : {0.0, -1.0, std::nan(""), infinity}) {
    CHECK(contains(error_text<bv::ArgumentError>([&] { (void)bv::Gaussian{sigma}; }),
                   "Gaussian: sigma: expected a finite number above 0"));
    CHECK(contains(error_text<bv::ArgumentError>([&] { (void)bv::GaussianLearnedSigma<double>{sigma}; }),
                   "initial_sigma: expected a finite number above 0"));
    CHECK(contains(error_text<bv::ArgumentError>([&] {
                     (void)bv::GaussianLearnedSigma<double>{1, sigma};
                   }),
                   "floor: expected a finite number above 0"));
    CHECK(contains(error_text<bv::ArgumentError>([&] { (void)bv::GaussianOptimalSigma{sigma}; }),
                   "floor: expected a finite number above 0"));
    bv::GaussianLearnedSigma<double> learned{1};
    CHECK_THROWS_AS(learned.set_sigma(sigma), bv::ArgumentError);
    CHECK_THAT(learned.sigma(), WithinRel(1.0, 1e-12));
  }
  CHECK(contains(error_text<bv::ArgumentError>([] {
                   (void)bv::GaussianLearnedSigma<double>{0.1, 0.1};
                 }),
                 "GaussianLearnedSigma: initial_sigma: expected above the floor, got 0.1"));
}

TEST_CASE("A batch without any value present costs nothing, whatever sigma is", "[vae][gaussian]") {
  const std::uint8_t mask[] = {0, 0, 0};
  const bv::Matrix<double> x = bv::Matrix<double>::Constant(3, 1, std::nan(""));
  for_each_likelihood(
      [&](const auto& likelihood) { CHECK(distortion(likelihood, normals(3, 1, 1), x, {mask})(0, 0) == 0); });
  CHECK(distortion(bv::GaussianOptimalSigma{1e-200}, normals(3, 1, 1), x, {mask})(0, 0) == 0);
  bv::GaussianOptimalSigma likelihood;
  likelihood.end_epoch(std::log(2.0) + 0.5 * (bv::log_2_pi + 1), 1);
  likelihood.end_epoch(0, 0);  // says nothing about sigma
  CHECK_THAT(likelihood.sigma(), WithinRel(2.0, 1e-14));
}

TEST_CASE("After an epoch, the optimal sigma counts present values alone, by weight", "[vae][gaussian]") {
  const bv::Matrix<double> mean = normals(3, 2, 1);
  const bv::Matrix<double> x = mean + 0.3 * normals(3, 2, 2);
  const std::uint8_t mask[] = {1, 0, 1, 0, 0, 1};
  const double weights[] = {1.5, 0.5};
  const bv::Matrix<double> error = (x - mean).array().square();
  bv::GaussianOptimalSigma likelihood;
  const auto nats = distortion(likelihood, mean, x, {mask, weights});
  likelihood.end_epoch((1.5 * nats(0, 0) + 0.5 * nats(0, 1)) / 2, (1.5 * 2 + 0.5 * 1) / 2);
  const double expected = (1.5 * (error(0, 0) + error(2, 0)) + 0.5 * error(2, 1)) / (1.5 * 2 + 0.5 * 1);
  CHECK_THAT(likelihood.sigma(), WithinRel(std::sqrt(expected), 1e-13));
}

TEST_CASE("A Gaussian takes finite values alone, and names feature and sample of any other", "[vae][gaussian]") {
  for_each_likelihood([](const auto& likelihood) {
    CHECK_NOTHROW(likelihood.check(-1e300, 0, 0));
    for (const double x : {std::nan(""), infinity, -infinity}) {
      CHECK(contains(error_text<bv::DataError>([&] { likelihood.check(x, 3, 41); }),
                     "Gaussian: feature 3 of sample 41: expected a finite value, got"));
    }
  });
}
