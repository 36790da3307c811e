// SPDX-License-Identifier: MIT
#include <betavae/analysis/factor_correlation.hpp>

#include "catch.hpp"
#include "model_check.hpp"

using namespace betavae;
using namespace betavae::test;
using Catch::Matchers::WithinAbs;

namespace {

/// Two factors of mean 0, variance 1 and correlation 0, exactly.
Matrix<double> factors() {
  Matrix<double> made(2, 4);
  made << 1, 1, -1, -1, 1, -1, 1, -1;
  return made;
}

Matrix<double> turned(double angle) {
  Matrix<double> rotation(2, 2);
  rotation << std::cos(angle), -std::sin(angle), std::sin(angle), std::cos(angle);
  return rotation * factors();
}

}  // namespace

TEST_CASE("the factors themselves, scaled, moved, swapped and mirrored, score 1") {
  Matrix<double> codes(2, 4);
  codes << -3 * factors().row(1), (0.5 * factors().row(0)).array() + 7;
  const FactorCorrelation result = factor_correlation(codes, factors());
  CHECK_THAT(result.score, WithinAbs(1, 1e-14));
  CHECK_THAT(result.off_diagonal, WithinAbs(0, 1e-14));
  CHECK(result.latent_of_factor == std::vector<Index>{1, 0});
  CHECK_THAT(result.with_factors(0, 1), WithinAbs(1, 1e-14));
}

TEST_CASE("a rotated code is decorrelated as well, but follows the factors less: decorrelation is no disentanglement") {
  for (const double angle : {0.1, 0.5, std::atan(1.0)}) {
    const FactorCorrelation result = factor_correlation(turned(angle), factors());
    CHECK_THAT(result.off_diagonal, WithinAbs(0, 1e-14));
    CHECK_THAT(result.score, WithinAbs(std::cos(angle), 1e-14));  // 1/√2 by 45°
  }
}

TEST_CASE("codes that correlate are seen") {
  Matrix<double> codes(2, 4);
  codes << factors().row(0), factors().row(0) + factors().row(1);
  const FactorCorrelation result = factor_correlation(codes, factors());
  CHECK_THAT(result.off_diagonal, WithinAbs(std::sqrt(0.5), 1e-14));
  CHECK_THAT(result.score, WithinAbs(0.5 * (1 + std::sqrt(0.5)), 1e-14));
}

TEST_CASE("what a collapsed latent has left of variance counts for nothing") {
  Matrix<double> codes(3, 4);
  codes << factors().row(0), 1e-3 * factors().row(1), Matrix<double>::Constant(1, 4, 0.1);
  const FactorCorrelation result = factor_correlation(codes, factors());
  CHECK(result.active == 1);
  CHECK_THAT(result.score, WithinAbs(0.5, 1e-14));
  CHECK(result.off_diagonal == 0);
  const FactorCorrelation all = factor_correlation(codes, factors(), {.least_variance = 0});
  CHECK(all.active == 2);
  CHECK_THAT(all.score, WithinAbs(1, 1e-14));
  const FactorCorrelation none = factor_correlation(Matrix<double>::Constant(2, 4, 0.1), factors());
  CHECK(none.score == 0);
  CHECK(none.active == 0);
}

TEST_CASE("codes of any unit correlate as well") {
  const Matrix<double> codes = normals(2, 30, 1);
  const Matrix<double> of_codes = codes + 0.5 * normals(2, 30, 2);
  const FactorCorrelation plain = factor_correlation(codes, of_codes);
  const FactorCorrelation huge = factor_correlation(1e160 * codes, 1e-170 * of_codes);
  CHECK(huge.active == 2);
  CHECK_THAT(huge.score, WithinAbs(plain.score, 1e-12));
  CHECK_THAT(huge.off_diagonal, WithinAbs(plain.off_diagonal, 1e-12));
}

TEST_CASE("correlations print") {
  const FactorCorrelation result = factor_correlation(turned(0.5).cast<float>().eval(), factors());
  CHECK(fmt::format("{}", result) == "correlation with factors 0.878  between latents 0.000  active 2/2");
  CHECK(contains(result.csv(), "latent,factor_0,factor_1\n0,"));
}

TEST_CASE("what has no correlation is refused") {
  const Matrix<double> codes = factors();
  CHECK_THROWS_AS(factor_correlation(codes, normals(2, 3, 1)), ArgumentError);
  CHECK_THROWS_AS(factor_correlation(codes, Matrix<double>(0, 4)), ArgumentError);
  CHECK_THROWS_AS(factor_correlation(Matrix<double>(0, 4), codes), ArgumentError);
  CHECK_THROWS_AS(factor_correlation(normals(2, 1, 1), normals(2, 1, 1)), ArgumentError);
  CHECK_THROWS_AS(factor_correlation(codes, codes, {.least_variance = -1}), ArgumentError);
  CHECK(
      contains(error_text<ArgumentError>([&] { (void)factor_correlation(codes, Matrix<double>::Constant(1, 4, 0.1)); }),
               "factor_correlation: factors: expected factors that differ between samples, got one that is constant"));
  Matrix<double> bad = codes;
  bad(0, 0) = HUGE_VAL;
  CHECK_THROWS_AS(factor_correlation(bad, codes), DataError);
  CHECK_THROWS_AS(factor_correlation(codes, bad), DataError);
}
