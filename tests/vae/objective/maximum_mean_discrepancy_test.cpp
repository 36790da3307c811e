// SPDX-License-Identifier: MIT
#include <betavae/vae/objective/maximum_mean_discrepancy.hpp>

#include "catch.hpp"
#include "gradients.hpp"
#include "model_check.hpp"

#include <cmath>
#include <limits>
#include <vector>

namespace bv = betavae;
namespace test = bv::test;
using bv::Index;
using bv::Matrix;
using bv::test::contains;
using bv::test::error_text;
using bv::test::normals;
using Catch::Matchers::WithinAbs;

namespace {

template <class Kernel>
double estimate(const Matrix<double>& z, const Matrix<double>& y, const Kernel& kernel,
                const double* weights = nullptr) {
  bv::Tape<double> tape;
  return bv::squared_maximum_mean_discrepancy(bv::constant(tape, z), bv::constant(tape, y), kernel, weights)
      .value()(0, 0);
}

/// k(x, y) by its definition.
double kernel_of(const bv::GaussianKernel& kernel, const auto& x, const auto& y) {
  return std::exp(-(x - y).squaredNorm() / kernel.scale);
}
double kernel_of(const bv::InverseMultiquadraticKernel& kernel, const auto& x, const auto& y) {
  return kernel.scale / (kernel.scale + (x - y).squaredNorm());
}

/// The mean of k over all pairs of two populations, each point of which is as likely as another.
template <class Kernel>
double mean_kernel(const Kernel& kernel, const Matrix<double>& a, const Matrix<double>& b) {
  double total = 0;
  for (Index i = 0; i < a.cols(); ++i) {
    for (Index j = 0; j < b.cols(); ++j) {
      total += kernel_of(kernel, a.col(i), b.col(j));
    }
  }
  return total / static_cast<double>(a.cols() * b.cols());
}

/// MMD² of two populations.
template <class Kernel>
double population_value(const Kernel& kernel, const Matrix<double>& a, const Matrix<double>& b) {
  return mean_kernel(kernel, a, a) - 2 * mean_kernel(kernel, a, b) + mean_kernel(kernel, b, b);
}

/// f(sample) for every sample of `count` points from a population, drawn independently, each as likely.
template <class Function>
void for_every_sample(const Matrix<double>& population, Index count, const Function& f) {
  std::vector<Index> which(static_cast<std::size_t>(count), 0);
  while (true) {
    Matrix<double> sample(population.rows(), count);
    for (Index j = 0; j < count; ++j) {
      sample.col(j) = population.col(which[static_cast<std::size_t>(j)]);
    }
    f(sample);
    std::size_t place = 0;
    while (place < which.size() && ++which[place] == population.cols()) {
      which[place++] = 0;
    }
    if (place == which.size()) {
      return;
    }
  }
}

/// In n dimensions, E e^(−|x − y|²/s) for x − y ~ N(δ, v) in each.
double gaussian_mean(int dimensions, double shift, double variance, double scale) {
  const double one = std::exp(-shift * shift / (scale + 2 * variance)) / std::sqrt(1 + 2 * variance / scale);
  return std::pow(one, dimensions);
}

template <class Kernel>
void check_unbiased(const Kernel& kernel) {
  const Matrix<double> of_codes = normals(2, 3, 1);
  const Matrix<double> of_prior = normals(2, 2, 2);
  const double truth = population_value(kernel, of_codes, of_prior);
  double total = 0;
  double with_diagonal = 0;  // what peers that average over all pairs get
  Index count = 0;
  for_every_sample(of_codes, 3, [&](const Matrix<double>& z) {
    for_every_sample(of_prior, 2, [&](const Matrix<double>& y) {
      total += estimate(z, y, kernel);
      with_diagonal += population_value(kernel, z, y);
      ++count;
    });
  });
  CHECK(count == 27 * 4);
  CHECK_THAT(total / static_cast<double>(count), WithinAbs(truth, 1e-13));
  const double bias =
      (1 - mean_kernel(kernel, of_codes, of_codes)) / 3 + (1 - mean_kernel(kernel, of_prior, of_prior)) / 2;
  CHECK_THAT(with_diagonal / static_cast<double>(count), WithinAbs(truth + bias, 1e-13));
  CHECK(bias > 0.1);
}

}  // namespace

TEST_CASE("The mean of the estimate over all samples is the discrepancy of the populations, exactly",
          "[vae][objective]") {
  check_unbiased(bv::GaussianKernel{.scale = 1.5});
  check_unbiased(bv::InverseMultiquadraticKernel{.scale = 1.5});
}

TEST_CASE("Over Gaussian codes the mean is the closed form, by the default scale of twice the latents",
          "[vae][objective]") {
  constexpr int latents = 3;
  constexpr double scale = 2 * latents;
  constexpr double shift = 0.5;
  constexpr double variance = 0.49;
  const double truth = gaussian_mean(latents, 0, 2 * variance, scale) -
                       2 * gaussian_mean(latents, shift, 1 + variance, scale) + gaussian_mean(latents, 0, 2, scale);
  double sum = 0;
  double sum_of_squares = 0;
  double of_equal = 0;
  double of_equal_squares = 0;
  int below_zero = 0;
  constexpr int batches = 400;
  for (std::uint64_t batch = 0; batch < batches; ++batch) {
    const Matrix<double> draws = normals(latents, 12, 3 * batch);
    const Matrix<double> noise = normals(latents, 16, 3 * batch + 1);
    const double different = estimate((0.7 * noise.array() + shift).matrix(), draws, bv::GaussianKernel{});
    const double equal = estimate(noise, draws, bv::GaussianKernel{});
    sum += different / batches;
    sum_of_squares += different * different / batches;
    of_equal += equal / batches;
    of_equal_squares += equal * equal / batches;
    below_zero += equal < 0 ? 1 : 0;
  }
  const double standard_error = std::sqrt((sum_of_squares - sum * sum) / batches);
  const double of_equal_error = std::sqrt((of_equal_squares - of_equal * of_equal) / batches);
  CHECK(std::abs(sum - truth) < 3 * standard_error);
  CHECK(standard_error < 0.1 * truth);
  // Equal distributions: 0 in the mean, and so often below.
  CHECK(std::abs(of_equal) < 3 * of_equal_error);
  CHECK(of_equal_error < 0.002);
  CHECK(below_zero > batches / 3);
  // The diagonal that does not belong there would add (1 − E k) (1/16 + 1/12).
  CHECK((1 - gaussian_mean(latents, 0, 2, scale)) * (1.0 / 16 + 1.0 / 12) > 20 * of_equal_error);
}

TEST_CASE("Weights count: a code of weight 0 is not there, and equal weights change nothing", "[vae][objective]") {
  const bv::InverseMultiquadraticKernel kernel{.scale = 3};
  const Matrix<double> z = normals(2, 5, 1);
  const Matrix<double> y = normals(2, 4, 2);
  const double equal[] = {2.5, 2.5, 2.5, 2.5, 2.5};
  CHECK_THAT(estimate(z, y, kernel, equal), WithinAbs(estimate(z, y, kernel), 1e-15));
  const double without_last[] = {1, 1, 1, 1, 0};
  CHECK_THAT(estimate(z, y, kernel, without_last), WithinAbs(estimate(z.leftCols(4), y, kernel), 1e-15));
  // By the definition, each pair by the product of its weights.
  const double weights[] = {0.5, 3, 1, 2, 0.25};
  double same = 0;
  double pairs = 0;
  double cross = 0;
  for (Index i = 0; i < 5; ++i) {
    for (Index j = 0; j < 5; ++j) {
      same += i == j ? 0 : weights[i] * weights[j] * kernel_of(kernel, z.col(i), z.col(j));
      pairs += i == j ? 0 : weights[i] * weights[j];
    }
    for (Index j = 0; j < 4; ++j) {
      cross += weights[i] * kernel_of(kernel, z.col(i), y.col(j)) / (6.75 * 4);
    }
  }
  const double of_draws = (mean_kernel(kernel, y, y) * 16 - 4) / 12;
  CHECK_THAT(estimate(z, y, kernel, weights), WithinAbs(same / pairs - 2 * cross + of_draws, 1e-14));
}

TEST_CASE("The gradient of the discrepancy is right, with weights and without", "[vae][objective]") {
  const double weights[] = {0.5, 3, 1, 2, 0.25, 1, 1, 2, 3, 1, 1, 1, 1, 1, 4, 1, 2};
  for (const Index samples : {2, 3, 8, 17}) {
    for (const Index latents : {1, 3, 5}) {
      const Matrix<double> z = normals(latents, samples, 1);
      const Matrix<double> y = normals(latents, 4, 2);
      for (const double* const of_samples : {static_cast<const double*>(nullptr), &weights[0]}) {
        test::require_pass(bv::gradient_check(
            [&](const auto& codes) {
              return bv::squared_maximum_mean_discrepancy(codes, bv::constant(codes.tape(), y), bv::GaussianKernel{},
                                                          of_samples);
            },
            z));
        test::require_pass(bv::gradient_check(
            [&](const auto& codes) {
              return bv::squared_maximum_mean_discrepancy(codes, bv::constant(codes.tape(), y),
                                                          bv::InverseMultiquadraticKernel{.scale = 0.7}, of_samples);
            },
            z));
      }
    }
  }
}

TEST_CASE("In float and long double the discrepancy's gradient is that of double", "[vae][objective]") {
  const auto check = [](const auto& kernel) {
    test::check_other_scalars(
        [&](const auto& z) {
          using Scalar = typename std::remove_cvref_t<decltype(z)>::Scalar;
          static const Matrix<Scalar> y = test::matrix(3, 6, 4).template cast<Scalar>();
          // Away from 0, where differences of kernels have lost digits.
          return Scalar(1) + bv::squared_maximum_mean_discrepancy(z, bv::constant(z.tape(), y), kernel);
        },
        test::matrix(3, 7, 5));
  };
  check(bv::GaussianKernel{});
  check(bv::InverseMultiquadraticKernel{});
}

TEST_CASE("Codes may be rows of a larger matrix", "[vae][objective]") {
  const Matrix<double> upper = normals(5, 6, 1);
  const Matrix<double> y = normals(2, 3, 2);
  test::require_pass(bv::gradient_check(
      [&](const auto& all) {
        return bv::squared_maximum_mean_discrepancy(bv::rows<2>(all, 1), bv::constant(all.tape(), y),
                                                    bv::GaussianKernel{});
      },
      upper));
}

TEST_CASE("Codes far from everything, and codes that coincide, have finite discrepancies and gradients",
          "[vae][objective]") {
  bv::Tape<float> tape;
  const auto z = bv::make_variable<2>(tape, 2, 4);
  bv::detail::map<2>(z.value_view()) << 1e3F, 1e3F, -2, -2, 1e3F, 1e3F, 0, 0;
  const Matrix<float> y = normals<float>(2, 4, 1);
  const auto value = bv::squared_maximum_mean_discrepancy(z, bv::constant(tape, y), bv::GaussianKernel{});
  bv::reverse(value);
  CHECK(std::isfinite(value.value()(0, 0)));
  CHECK(value.value()(0, 0) <= 2);
  CHECK(z.adjoint().allFinite());
}

TEST_CASE("The discrepancy refuses what makes no pair", "[vae][objective]") {
  const auto error = [](const Matrix<double>& z, const Matrix<double>& y, double scale, const double* weights) {
    return error_text<bv::ArgumentError>([&] { (void)estimate(z, y, bv::GaussianKernel{scale}, weights); });
  };
  const Matrix<double> two = normals(2, 2, 1);
  const std::string where = "squared_maximum_mean_discrepancy: ";
  CHECK(error(two.leftCols(1), two, 0, nullptr) ==
        where + "codes: expected at least 2, since one alone makes no pair, got 1");
  CHECK(error(two, two.leftCols(1), 0, nullptr) == where + "draws of the prior: expected at least 2, got 1");
  CHECK(error(two, normals(3, 2, 1), 0, nullptr) ==
        where + "expected as many rows of the codes as rows of the draws, got 2 and 3");
  const double one_alone[] = {0, 1};
  CHECK(contains(error(two, two, 0, one_alone), where + "weights: expected at least two above 0"));
  for (const double bad : {-1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    CHECK(
        contains(error(two, two, bad, nullptr), where + "scale of the kernel: expected a finite number of at least 0"));
  }
}
