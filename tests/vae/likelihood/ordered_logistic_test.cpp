// SPDX-License-Identifier: MIT
#include <betavae/vae/likelihood/ordered_logistic.hpp>

#include "of_value.hpp"

namespace bv = betavae;
using namespace bv::test;

static_assert(bv::Likelihood<bv::OrderedLogistic<5, float>, float> &&
              bv::Likelihood<bv::OrderedLogistic<5, double>, double>);

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

bv::Matrix<double> at(double location) { return bv::Matrix<double>::Constant(1, 1, location); }

/// The reference's cutpoints.
template <class Scalar = double>
bv::OrderedLogistic<5, Scalar> grades() {
  bv::OrderedLogistic<5, Scalar> likelihood;
  likelihood.set_cutpoints({-1.5, -0.25, -0.125, 2});
  return likelihood;
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

/// 5 features × 4 samples.
bv::Matrix<double> some_values() {
  bv::Matrix<double> x(5, 4);
  x << 0, 1, 2, 3, 4, 0, 0, 1, 2, 2, 1, 4, 3, 3, 0, 1, 1, 0, 2, 2;
  return x;
}

}  // namespace

TEST_CASE("The ordered logistic's nats and scores are exact, also far in the tails", "[vae][ordered_logistic]") {
  check_reference(grades(), "ordered_logistic");
}

TEST_CASE("The ordered logistic has the right gradient with missing values and offsets", "[vae][ordered_logistic]") {
  const bv::Matrix<double> parameters = normals(5, 4, 1);
  check_gradient(grades(), parameters, some_values());
  check_missing_values(grades(), parameters, some_values());
  check_offset(grades(), parameters, some_values());
  check_threads(grades(), parameters, some_values());
}

TEST_CASE("The ordered logistic sums to 1, with the stated Fisher information", "[vae][ordered_logistic]") {
  check_normalisation(grades(), at(0), counts(4));
  check_normalisation(grades(), at(-3), counts(4));
  check_normalisation(grades(), at(2.5), counts(4));
}

TEST_CASE("The ordered logistic's draws have the right frequencies, and are functions of their address",
          "[vae][ordered_logistic]") {
  check_discrete_draws(grades(), at(0), counts(4));
  check_draws_by_address(grades(), at(0));
  check_discrete_draws(grades(), at(-3), counts(4));
  check_draws_by_address(grades(), at(-3));
  check_discrete_draws(grades(), at(2.5), counts(4));
  check_draws_by_address(grades(), at(2.5));
}

TEST_CASE("Extreme parameters of an ordered logistic give numbers", "[vae][ordered_logistic]") {
  check_extremes(grades(), {0, 1, 2, 4});
}

TEST_CASE("The ordered logistic refuses values outside of its domain, and sizes that do not match",
          "[vae][ordered_logistic]") {
  check_domain(grades(), {0, 1, 4}, {-1, 0.5, 5, infinity, -infinity, std::nan("")});
  check_sizes(grades());
}

TEST_CASE("The ordered logistic has the right gradient in its cutpoints", "[vae][ordered_logistic]") {
  const bv::Matrix<double> x = some_values();
  std::vector<std::uint8_t> mask(20, 1);
  mask[2] = mask[11] = 0;
  const double offsets[] = {0.5, -1, 0, 0.25};
  const Eigen::Matrix<double, 4, 1> raw(-0.75, 0.25, -2, 1);
  const auto likelihood = grades();
  const auto check = bv::gradient_check(
      [&](const auto& locations, const auto& cutpoints) {
        const OneParameter<std::remove_cvref_t<decltype(cutpoints)>> context{cutpoints};
        const bv::Observed<bv::Constant<double>> observed{bv::constant(locations.tape(), x), mask.data(), nullptr,
                                                          offsets};
        return likelihood.distortion(context, locations, observed);
      },
      bv::Matrix<double>(normals(5, 4, 1)), raw);
  INFO("input " << check.input << ", row " << check.row << ": " << check.analytic << ", numerically " << check.numeric);
  CHECK(check.passed());
}

TEST_CASE("Any number of threads gives the cutpoints the same gradient", "[vae][ordered_logistic]") {
  const bv::Matrix<double> x = some_values().replicate(1, 2000);
  const bv::Matrix<double> locations = normals(5, 8000, 1);
  const auto gradient = [&](bv::Threads* threads) {
    bv::Tape<double> tape;
    tape.use_threads(threads);
    const auto raw = bv::make_variable<4>(tape, 4, 1);
    std::fill_n(raw.value_view().data, 4, 0.25);
    const OneParameter<bv::Variable<double, 4>> context{raw};
    const auto nats = grades().distortion(context, bv::constant(tape, locations), bv::Observed{bv::constant(tape, x)});
    bv::reverse(bv::sum(nats));
    return bv::Matrix<double>(raw.adjoint());
  };
  bv::Threads threads(2);
  CHECK((gradient(nullptr) == gradient(&threads)));
}

TEST_CASE("Cutpoints rise, and begin with all categories as likely", "[vae][ordered_logistic]") {
  const bv::OrderedLogistic<5, double> even;
  for (int k = 0; k < 5; ++k) {
    CHECK_THAT(nats_of(even, at(0), bv::Matrix<double>::Constant(1, 1, k))(0, 0),
               Catch::Matchers::WithinRel(std::log(5.0), 1e-14));
  }
  const auto cutpoints = grades().cutpoints();
  REQUIRE(cutpoints.size() == 4);
  CHECK_THAT(cutpoints[3], Catch::Matchers::WithinAbs(2, 1e-15));
  bv::OrderedLogistic<3> other;
  CHECK(contains(error_text<bv::ArgumentError>([&] {
                   other.set_cutpoints({1, 1});
                 }),
                 "cutpoints: expected rising numbers"));
  CHECK(contains(error_text<bv::ArgumentError>([&] {
                   other.set_cutpoints({1, infinity});
                 }),
                 "cutpoints: expected finite numbers"));
  CHECK(contains(error_text<bv::ArgumentError>([&] { other.set_cutpoints({1}); }), "got 1 and 2"));
}

TEST_CASE("The ordered logistic shows its cutpoints as one parameter", "[vae][ordered_logistic]") {
  const bv::OrderedLogistic<5> likelihood;
  CHECK(bv::count_parameters(likelihood) == 4);
  bv::visit_parameters(likelihood, [](const std::string& name, const auto&) { CHECK(name == "raw_cutpoints"); });
}

TEST_CASE("Extreme cutpoints give numbers", "[vae][ordered_logistic]") {
  bv::OrderedLogistic<3, double> likelihood;
  for (const double first : {-1.7e308, 0.0, 1.7e308}) {
    for (const double gap : {-1.7e308, -300.0, 300.0, 1.7e308}) {
      likelihood.raw.data()[0] = first;
      likelihood.raw.data()[1] = gap;
      check_extremes(likelihood, {0, 1, 2});
    }
  }
}

TEST_CASE("The ordered logistic's point estimate is the mode, and its floor is certainty", "[vae][ordered_logistic]") {
  CHECK(bv::OrderedLogistic<5>::point_estimate_name == "mode");
  CHECK(grades().point_estimate(at(-9))(0, 0) == 0);
  CHECK(grades().point_estimate(at(1))(0, 0) == 3);
  CHECK(grades().point_estimate(at(9))(0, 0) == 4);
  CHECK(grades().floor(2) == 0);
}

TEST_CASE("A value that is no ordered category gives no number, and reads nothing out of bounds",
          "[vae][ordered_logistic]") {
  for (const double x : {-1.0, 0.5, 5.0, 1e300, infinity, std::nan("")}) {
    CHECK(nats_of(grades(), at(0.5), bv::Matrix<double>::Constant(1, 1, x)).array().isNaN().all());
  }
}

TEST_CASE("A model of ordered categories has the right gradient in all of its parameters", "[vae][ordered_logistic]") {
  const bv::Vae model{bv::dense_encoder<double, 5, 4, 2>(), bv::dense_decoder<double, 2, 4, 5>(), grades()};
  std::vector<std::uint8_t> mask(20, 1);
  mask[3] = mask[12] = 0;
  CHECK(worst_gradient_error(model, bv::BetaElbo{0.5}, bv::GaussianNoise(1), some_values(), {mask.data()}) <=
        bv::GradientCheck::tolerance);
}

TEST_CASE("The ordered logistic of one value has its cutpoints among its parameters", "[vae][ordered_logistic]") {
  using OfValue = AsPointwise<bv::OrderedLogistic<5>::OfValue>;
  const auto whole = grades();
  const bv::Matrix<double> x = some_values();
  const bv::Matrix<double> locations = 3 * normals(5, 4, 1);
  bv::Matrix<double> parameters(25, 4);
  parameters.topRows(5) = locations;
  for (bv::Index k = 0; k < 4; ++k) {
    parameters.middleRows(5 + 5 * k, 5).setConstant(whole.raw.data()[k]);
  }
  const auto of_value = nats_and_partials(OfValue{}, parameters, x);
  const auto of_batch = nats_and_partials(whole, locations, x);
  CHECK((of_value.nats == of_batch.nats));
  CHECK((of_value.partials.topRows(5) == of_batch.partials));
  CHECK((OfValue{}.point_estimate(parameters) == whole.point_estimate(locations)));
  CHECK((OfValue{}.sample(parameters, bv::Random(3)) == whole.sample(locations, bv::Random(3))));
  CHECK((OfValue{}.fisher_information(parameters).topRows(5) - whole.fisher_information(locations)).norm() < 1e-12);
  check_gradient(OfValue{}, parameters, x, false);
  check_domain(OfValue{}, {0, 1, 4}, {-1, 0.5, 5, infinity, std::nan("")});

  bv::Matrix<double> one(5, 1);
  one << 0.5, -1, 0.25, -2, 1;
  check_normalisation(OfValue{}, one, counts(4));
  const bv::OrderedLogistic<5, double> even;
  for (int k = 0; k < 4; ++k) {
    CHECK_THAT(bv::OrderedLogistic<5>::OfValue::initial(k), Catch::Matchers::WithinAbs(even.raw.data()[k], 1e-15));
  }
}
