// SPDX-License-Identifier: MIT
#include <betavae/core/special_functions.hpp>

#include "catch.hpp"
#include "number_file.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace bv = betavae;

namespace {

const bv::test::NumberFile& reference() {
  static const bv::test::NumberFile file(std::string(BETAVAE_TEST_REFERENCE_DIR) + "/likelihoods.txt");
  return file;
}

/// Compares f at arguments of at least `from` with the file: within `absolute` of max(1, |exact|), or within `relative` of the number
/// itself.
template <class Function>
void check(const std::string& name, double absolute, double relative, const Function& f, double from = -HUGE_VAL) {
  const auto& x = reference().at("special/" + name + "/x");
  const auto& y = reference().at("special/" + name + "/y");
  for (bv::Index i = 0; i < x.size(); ++i) {
    if (x(0, i) < from) {
      continue;
    }
    const double exact = y(0, i);
    const double ours = f(x(0, i));
    INFO(name << "(" << x(0, i) << ") = " << exact << ", got " << ours);
    const double error = ours == exact ? 0 : std::abs(ours - exact);
    CHECK((error <= absolute * std::max(1.0, std::abs(exact)) || error <= relative * std::abs(exact)));
  }
}

}  // namespace

TEST_CASE("What Stirling's formula misses is exact to its stated error", "[core][special_functions]") {
  check("stirling_error", 1e-14, 0, [](double x) { return bv::stirling_error(x); });
  check("log_minus_digamma", 2e-15, 0, [](double x) { return bv::log_minus_digamma(x); });
  check("trigamma_excess", 0, 4e-15, [](double x) { return bv::trigamma_excess(x); });
}

TEST_CASE("From 10 on, what Stirling's formula misses is exact relative to itself", "[core][special_functions]") {
  check(
      "stirling_error", 0, 2e-15, [](double x) { return bv::stirling_error(x); }, 10);
  check(
      "log_minus_digamma", 0, 2e-15, [](double x) { return bv::log_minus_digamma(x); }, 10);
}

TEST_CASE("For counts, what Stirling's formula misses comes from a table", "[core][special_functions]") {
  for (int n = 1; n < 40; ++n) {
    CHECK_THAT(bv::stirling_error_of_count(static_cast<double>(n)),
               Catch::Matchers::WithinAbs(bv::stirling_error(static_cast<double>(n)), 1e-14));
    CHECK_THAT(static_cast<double>(bv::stirling_error_of_count(static_cast<long double>(n))),
               Catch::Matchers::WithinRel(bv::stirling_error_of_count(static_cast<double>(n)), 1e-15));
  }
  for (const double x : {0.5, 1.5, 9.5}) {  // no counts
    CHECK(bv::stirling_error_of_count(x) == bv::stirling_error(x));
  }
  CHECK(std::isnan(bv::stirling_error_of_count(std::nan(""))));
}

TEST_CASE("The residuals of exponential and logarithm keep their digits near 0", "[core][special_functions]") {
  check("exp_residual", 0, 1e-15, [](double x) { return bv::exp_residual(x); });
  check("log_residual", 0, 1e-15, [](double x) { return bv::log_residual(x, 1 + x); });
  CHECK(bv::exp_residual(1e4) == std::numeric_limits<double>::infinity());
}

TEST_CASE("The logarithm of 1 minus a power of e keeps its digits on both sides", "[core][special_functions]") {
  check("log_one_minus_exp", 0, 1e-15, [](double x) { return bv::log_one_minus_exp(x); });
  CHECK(bv::log_one_minus_exp(0.0) == -std::numeric_limits<double>::infinity());
}

TEST_CASE("Bessel functions on a log scale are exact to their stated errors", "[core][special_functions]") {
  check("log_i0_scaled", 1e-15, 0, [](double k) { return bv::bessel_ratio(k).log_i0_scaled; });
  check("bessel_ratio", 1e-15, 0, [](double k) { return bv::bessel_ratio(k).ratio; });
  check("bessel_ratio_derivative", 0, 1e-11, [](double k) { return bv::bessel_ratio(k).ratio_derivative; });
  check("bessel_ratio_over_kappa", 0, 1e-15, [](double k) { return bv::bessel_ratio(k).ratio_over_kappa; });
  const auto at_zero = bv::bessel_ratio(0.0);
  CHECK(at_zero.log_i0_scaled == 0);
  CHECK(at_zero.ratio == 0);
  CHECK(at_zero.ratio_over_kappa == 0.5);
  CHECK(at_zero.ratio_derivative == 0.5);
}

TEST_CASE("Special functions work in float and long double too", "[core][special_functions]") {
  for (const double x : {0.25, 3.0, 17.5, 90.0}) {
    const auto wide = static_cast<long double>(x);
    const auto narrow = static_cast<float>(x);
    CHECK_THAT(static_cast<double>(bv::stirling_error(narrow)),
               Catch::Matchers::WithinAbs(bv::stirling_error(x), 2e-5));
    CHECK_THAT(static_cast<double>(bv::stirling_error(wide)), Catch::Matchers::WithinAbs(bv::stirling_error(x), 1e-14));
    CHECK(std::abs(bv::stirling_error(wide) - (std::lgamma(wide) - (wide - 0.5L) * std::log(wide) + wide -
                                               0.5L * std::log(2 * std::numbers::pi_v<long double>))) < 1e-16L);
    CHECK_THAT(static_cast<double>(bv::bessel_ratio(wide).ratio),
               Catch::Matchers::WithinAbs(bv::bessel_ratio(x).ratio, 1e-15));
  }
}

TEST_CASE("Special functions of NaN are NaN", "[core][special_functions]") {
  const double nan = std::nan("");
  CHECK(std::isnan(bv::stirling_error(nan)));
  CHECK(std::isnan(bv::log_minus_digamma(nan)));
  CHECK(std::isnan(bv::trigamma_excess(nan)));
  CHECK(std::isnan(bv::exp_residual(nan)));
  CHECK(std::isnan(bv::log_residual(nan, nan)));
  CHECK(std::isnan(bv::log_one_minus_exp(nan)));
  CHECK(std::isnan(bv::bessel_ratio(nan).ratio));
}
