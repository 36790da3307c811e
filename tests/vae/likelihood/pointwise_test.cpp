// SPDX-License-Identifier: MIT
#include <betavae/vae/likelihood/detail/pointwise.hpp>

#include "pointwise_check.hpp"

#include <array>

namespace bv = betavae;
using namespace bv::test;

namespace {

/// The exponential distribution by ln rate, and a constant that a second parameter adds to its nats: as short as a likelihood gets.
struct Own : bv::detail::Pointwise<Own, 2> {
  static constexpr std::string_view name = "Own";
  static constexpr std::string_view point_estimate_name = "mean";
  static constexpr std::string_view domain = "a value of at least 0";
  static constexpr std::array<double, 2> bounds = {5, bv::detail::unbounded};
  static constexpr bool takes_offset = true;

  template <class Number>
  [[nodiscard]] Number nats(const Number* p, Number x, Number* partial) const {
    using std::exp;
    if (partial != nullptr) {
      partial[0] = exp(p[0]) * x - Number(1);
      partial[1] = Number(1);
    }
    return exp(p[0]) * x - p[0] + p[1];
  }
  template <class Number>
  void information(const Number* /*p*/, Number* diagonal) const {
    diagonal[0] = Number(1);
    diagonal[1] = Number(0);
  }
  template <class Number>
  [[nodiscard]] Number estimate(const Number* p) const {
    using std::exp;
    return exp(-p[0]);
  }
  [[nodiscard]] double draw(const double* p, bv::detail::Draws& draws) const {
    return -std::log(draws.uniform()) * std::exp(-p[0]);
  }
  [[nodiscard]] bool contains(double x) const { return x >= 0; }
  [[nodiscard]] double floor(double x) const { return x > 0 ? 1 + std::log(x) : -5; }
};

}  // namespace

static_assert(bv::Likelihood<Own, float> && bv::Likelihood<Own, double> && bv::Likelihood<Own, long double>);

TEST_CASE("Pure functions of one value are a likelihood", "[vae][pointwise]") {
  const bv::Matrix<double> x = uniforms(5, 4, 1);
  const bv::Matrix<double> parameters = normals(10, 4, 2);
  check_gradient(Own{}, parameters, x);
  check_missing_values(Own{}, parameters, x);
  check_offset(Own{}, parameters, x);
  check_threads(Own{}, parameters, x);
  check_scalars(Own{}, parameters, x);
  check_domain(Own{}, {0, 1}, {-1, std::nan("")});
  check_sizes(Own{});
}

TEST_CASE("A decoder's output is planar: all first parameters, then all second ones", "[vae][pointwise]") {
  bv::Matrix<double> parameters(6, 1);
  parameters << 0, 1, 2, 10, 20, 30;
  const bv::Matrix<double> x = bv::Matrix<double>::Zero(3, 1);
  CHECK(nats_of(Own{}, parameters, x)(0, 0) == -(0 + 1 + 2) + 10 + 20 + 30);
  CHECK(Own{}.point_estimate(parameters)(2, 0) == std::exp(-2.0));
  CHECK(Own{}.fisher_information(parameters).col(0) == (bv::Matrix<double>(6, 1) << 1, 1, 1, 0, 0, 0).finished());
}

TEST_CASE("A parameter beyond its bound counts as the bound, and has no slope there", "[vae][pointwise]") {
  const bv::Matrix<double> x = bv::Matrix<double>::Constant(1, 1, 2);
  const bv::Matrix<double> at_bound = Eigen::Vector2d(5, 0.5);
  for (const double beyond : {5.5, 1e300}) {
    const bv::Matrix<double> p = Eigen::Vector2d(beyond, 0.5);
    const auto both = nats_and_partials<double>(Own{}, p, x);
    CHECK(both.nats(0, 0) == nats_of(Own{}, at_bound, x)(0, 0));
    CHECK(both.partials(0, 0) == 0);
    CHECK(both.partials(1, 0) == 1);
    CHECK(Own{}.score(p, x)(0, 0) == 0);
    CHECK(Own{}.fisher_information(p)(0, 0) == 0);
    CHECK(Own{}.point_estimate(p)(0, 0) == Own{}.point_estimate(at_bound)(0, 0));
  }
  CHECK(nats_and_partials<double>(Own{}, at_bound, x).partials(0, 0) != 0);
}

TEST_CASE("Parameters that are not a number give nats that are none", "[vae][pointwise]") {
  const bv::Matrix<double> p = Eigen::Vector2d(std::nan(""), 0.5);
  CHECK(std::isnan(nats_of(Own{}, p, bv::Matrix<double>::Ones(1, 1))(0, 0)));
}

TEST_CASE("Output of a decoder that is no multiple of the parameters is an error", "[vae][pointwise]") {
  CHECK(contains(error_text<bv::ArgumentError>(
                     [] { (void)Own{}.point_estimate(bv::Matrix<double>(bv::Matrix<double>::Zero(5, 1))); }),
                 "Own: rows of the decoder's output: expected a multiple of the parameters a value, got 5"));
}

TEST_CASE("Every number that a sampler draws has an address of its own", "[vae][draws]") {
  bv::detail::Draws one(bv::Random(1), 3, 8);
  bv::detail::Draws same(bv::Random(1), 3, 8);
  bv::detail::Draws next_value(bv::Random(1), 3, 9);
  bv::detail::Draws next_sample(bv::Random(1), 4, 8);
  for (int i = 0; i < 20; ++i) {
    const double u = one.uniform();
    CHECK(u == same.uniform());
    CHECK(u != next_value.uniform());
    CHECK(u != next_sample.uniform());
  }
  const double after = one.uniform();
  (void)same.normal();  // takes one address, as a uniform does
  CHECK(one.uniform() == same.uniform());
  CHECK(after != one.uniform());
}

TEST_CASE("Samplers end for parameters that are not numbers", "[vae][draws]") {
  bv::detail::Draws draws(bv::Random(1), 0, 0);
  CHECK(std::isnan(bv::detail::draw_log_gamma(std::nan(""), draws)));
  CHECK(bv::detail::draw_poisson(std::nan(""), draws) == 0);
}
