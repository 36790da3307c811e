// SPDX-License-Identifier: MIT
#include <betavae/data/record/likelihood.hpp>

#include "catch.hpp"
#include "model_check.hpp"
#include "numbers.hpp"
#include "records.hpp"

#include <array>
#include <limits>
#include <numbers>

using namespace betavae;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
using test::Colour;
using test::Specimen;
using Layout = RecordLayout<Specimen>;
using Double = RecordLikelihood<Specimen, double>;

namespace {

const double half_log_two_pi = 0.5 * std::log(2 * std::numbers::pi);

/// Trained parameters around 0.
template <class Scalar>
RecordLikelihood<Specimen, Scalar> some_likelihood(const std::vector<Specimen>& all) {
  RecordLikelihood<Specimen, Scalar> likelihood(all);
  for (Index i = 0; i < Layout::common; ++i) {
    likelihood.common.data()[i] += Scalar(test::number<double>(1, i));
  }
  return likelihood;
}

/// One sample as numbers.
template <class Scalar>
struct Sample {
  Sample(const RecordScaling<Specimen>& scaling, const Specimen& s) {
    detail::write_record(scaling, s, 0, values.data());
    detail::write_mask(s, mask.data());
  }
  std::array<Scalar, Layout::rows> values{};
  std::array<std::uint8_t, Layout::rows> mask{};
};

/// A width's logarithm r with the floor that the documentation states, in coordinates: ln f + ½ (d + √(d² + 1)), d = r − ln f.
double width(double r) {
  const double d = r - std::log(1e-3);
  return std::exp(std::log(1e-3) + 0.5 * (d + std::sqrt(d * d + 1)));
}
double concentration(double r) {
  const double d = std::log(1e6) - r;
  return std::exp(std::log(1e6) - 0.5 * (d + std::sqrt(d * d + 1)));
}

double logistic(double x) { return 1 / (1 + std::exp(-x)); }
double normal_nats(double x, double mean, double deviation) {
  return 0.5 * (x - mean) / deviation * (x - mean) / deviation + std::log(deviation) + half_log_two_pi;
}
double bernoulli_nats(bool x, double logit) { return -std::log(logistic(x ? logit : -logit)); }

/// −ln p of each field in the user's units, from the formulas of the book. `o` are the decoder's outputs, `c` the common parameters.
std::array<double, 13> formulas(const Specimen& s, const std::vector<detail::Affine>& scaling, const double* o,
                                const double* c) {
  const auto mean = [&](std::size_t value, double output) { return scaling[value].invert(output); };
  const auto spread = [&](std::size_t value, double raw) { return scaling[value].scale * width(raw); };
  std::array<double, 13> nats{};
  nats[0] = normal_nats(s.length, mean(0, o[0]), spread(0, c[0]));
  if (s.mass) {
    const double log_mass = std::log(static_cast<double>(*s.mass));
    nats[1] = normal_nats(log_mass, mean(1, o[1]), spread(1, c[1])) + log_mass;
  }
  nats[2] = normal_nats(s.speed, mean(2, o[2]), std::hypot(spread(2, c[2]), s.speed_error));
  for (std::size_t i = 0; i < 2; ++i) {
    const auto x = static_cast<double>(s.doses[i]);
    const double shape = concentration(c[3 + i]);
    const double rate = shape / (scaling[3 + i].scale * std::exp(o[3 + i]));
    nats[3] += std::lgamma(shape) - shape * std::log(rate) - (shape - 1) * std::log(x) + rate * x;
  }
  {
    const double precision = concentration(c[5]);
    const double a = precision * logistic(o[5]);
    const double b = precision - a;
    nats[4] = std::lgamma(a) + std::lgamma(b) - std::lgamma(precision) - (a - 1) * std::log(s.share / 100) -
              (b - 1) * std::log(1 - s.share / 100) + std::log(100);
  }
  if (s.heading) {
    nats[5] = std::log(2 * std::numbers::pi * std::cyl_bessel_i(0.0, std::hypot(o[6], o[7]))) -
              o[6] * std::cos(*s.heading) - o[7] * std::sin(*s.heading);
  }
  for (std::size_t i = 0; i < 2; ++i) {
    const auto x = static_cast<double>(s.hits[i]);
    const double mu = std::exp(o[8 + i] + scaling[7 + i].location) * s.time;
    const double r = std::exp(c[6 + i]);
    nats[6] += std::lgamma(x + 1) + std::lgamma(r) - std::lgamma(x + r) - r * std::log(r / (r + mu)) -
               x * std::log(mu / (r + mu));
  }
  nats[7] = bernoulli_nats(s.alive, o[10]);
  if (s.colour) {
    nats[8] = std::log(std::exp(o[11]) + std::exp(o[12]) + std::exp(o[13])) - o[11 + static_cast<int>(*s.colour)];
  }
  {
    const double cuts[] = {-1e300, c[8], c[8] + std::exp(c[9]), c[8] + std::exp(c[9]) + std::exp(c[10]), 1e300};
    nats[9] = -std::log(logistic(cuts[s.grade + 1] - o[14]) - logistic(cuts[s.grade] - o[14]));
  }
  if (s.place) {
    const double b = spread(12, c[11]);
    const double t = (s.place->depth - mean(12, o[15])) / b;
    nats[10] = 2 * std::log1p(t * t / 3) + std::log(b) - std::lgamma(2) + std::lgamma(1.5) +
               0.5 * std::log(3 * std::numbers::pi);
    nats[11] = s.place->wet ? bernoulli_nats(*s.place->wet, o[16]) : 0;
  }
  for (std::size_t i = 0; i < 2; ++i) {
    const double b = spread(14 + i, o[19 + i]);
    nats[12] += std::abs(s.noise[i] - mean(14 + i, o[17 + i])) / b + std::log(2 * b);
  }
  return nats;
}

/// ∫ p(x) dx of one field of a specimen over x = place(specimen, t), −1 ≤ t ≤ 1, by the trapezoidal rule.
template <class Place>
double integral(const Double& likelihood, const double* outputs, std::size_t field, const Place& place) {
  constexpr int steps = 4000;
  Specimen s = test::specimens(6).back();
  double sum = 0;
  double x_before = 0;
  double p_before = 0;
  for (int i = 0; i <= steps; ++i) {
    const double x = place(s, -1.0 + 2.0 * i / steps);
    const Sample<double> sample(likelihood.scaling(), s);
    const double p = std::exp(-likelihood.nats_by_field(outputs, sample.values.data(), sample.mask.data())[field]);
    sum += i > 0 ? (x - x_before) * 0.5 * (p + p_before) : 0;
    x_before = x;
    p_before = p;
  }
  return sum;
}

}  // namespace

TEST_CASE("the nats of every kind of field are those of the formulas, in the user's units") {
  const auto all = test::specimens(40);
  const auto likelihood = some_likelihood<double>(all);
  const auto& scaling = likelihood.scaling().values;
  for (std::size_t j = 0; j < all.size(); ++j) {
    const auto outputs = test::numbers<double>(10 + j, Layout::outputs);
    const Sample<double> sample(likelihood.scaling(), all[j]);
    const auto nats = likelihood.nats_by_field(outputs.data(), sample.values.data(), sample.mask.data());
    const auto expected = formulas(all[j], scaling, outputs.data(), likelihood.common.data());
    for (std::size_t field = 0; field < nats.size(); ++field) {
      CAPTURE(j, field);
      CHECK_THAT(nats[field], WithinAbs(expected[field], 1e-10 * std::max(1.0, std::abs(expected[field]))));
    }
  }
}

TEST_CASE("distortion is the sum of the fields' nats, in double and in float") {
  const auto all = test::specimens(12);
  const auto check = [&](auto zero, double tolerance) {
    using Scalar = decltype(zero);
    const auto likelihood = some_likelihood<Scalar>(all);
    auto batch = test::whole_batch<Scalar>(likelihood.data_set(all));
    Tape<Scalar> tape;
    Evaluating<Scalar> context(tape);
    Matrix<Scalar> outputs(Layout::outputs, 12);
    for (Index i = 0; i < outputs.size(); ++i) {
      outputs.data()[i] = Scalar(test::number<double>(3, i));
    }
    const auto nats = likelihood.distortion(context, constant(tape, outputs), batch.template on<dynamic>(tape));
    for (Index j = 0; j < 12; ++j) {
      const std::vector<double> column(outputs.col(j).data(), outputs.col(j).data() + Layout::outputs);
      const std::vector<double> common(likelihood.common.data(), likelihood.common.data() + Layout::common);
      double sum = 0;
      for (const double of_field :
           formulas(all[static_cast<std::size_t>(j)], likelihood.scaling().values, column.data(), common.data())) {
        sum += of_field;
      }
      CAPTURE(j);
      CHECK_THAT(static_cast<double>(nats.value()(0, j)), WithinRel(sum, tolerance));
    }
  };
  check(double{}, 1e-12);
  check(float{}, 2e-6);
}

TEST_CASE("densities in the user's units integrate to 1") {
  const auto all = test::specimens(40);
  auto likelihood = some_likelihood<double>(all);
  likelihood.common.data()[5] = 2;  // a beta density that falls to 0 at both ends
  const auto outputs = test::numbers<double>(5, Layout::outputs);
  const auto check = [&](std::size_t field, const auto& place, double tolerance = 1e-6) {
    CAPTURE(field);
    CHECK_THAT(integral(likelihood, outputs.data(), field, place), WithinAbs(1, tolerance));
  };
  check(0, [](Specimen& s, double t) { return s.length = 10 + 60 * t; });
  check(2, [](Specimen& s, double t) { return s.speed = -3 + 40 * t; });
  check(
      1,
      [](Specimen& s, double t) {
        s.mass = static_cast<float>(std::exp(15 * t));
        return static_cast<double>(*s.mass);
      },
      1e-4);
  check(
      4, [](Specimen& s, double t) { return s.share = 100 / (1 + std::exp(-30 * t)); }, 1e-4);
  check(5, [](Specimen& s, double t) {
    s.heading = 1 + std::numbers::pi * t;
    return *s.heading;
  });
}

TEST_CASE("a missing cell costs nothing, and nothing flows back through its outputs") {
  const auto all = test::specimens(9);
  auto likelihood = some_likelihood<double>(all);
  auto batch = test::whole_batch<double>(likelihood.data_set(all));
  Tape<double> tape;
  Gradients<double> gradients(likelihood);
  Recording<double> context(tape, gradients);
  const auto outputs = make_variable<Layout::outputs>(tape, Layout::outputs, 9);
  for (Index i = 0; i < Layout::outputs * 9; ++i) {
    outputs.value_view().data[i] = test::number<double>(3, i);
  }
  reverse(sum(likelihood.distortion(context, outputs, batch.on<dynamic>(tape))));
  for (Index j = 0; j < 9; ++j) {
    const Specimen& s = all[static_cast<std::size_t>(j)];
    const Sample<double> sample(likelihood.scaling(), s);
    const auto nats =
        likelihood.nats_by_field(outputs.value_view().column(j), sample.values.data(), sample.mask.data());
    const auto check = [&](bool is_there, std::size_t field, Index first, Index count) {
      CAPTURE(j, field);
      CHECK((nats[field] != 0) == is_there);
      CHECK((outputs.adjoint().col(j).segment(first, count).array() != 0).all() == is_there);
      CHECK((outputs.adjoint().col(j).segment(first, count).array() == 0).all() == !is_there);
    };
    check(s.mass.has_value(), 1, 1, 1);
    check(s.heading.has_value(), 5, 6, 2);
    check(s.colour.has_value(), 8, 11, 3);
    check(s.place.has_value(), 10, 15, 1);
    check(s.place && s.place->wet, 11, 16, 1);
  }
}

TEST_CASE("doubling an exposure adds ln 2 to the logarithm of the mean") {
  const auto all = test::specimens(6);
  const auto likelihood = some_likelihood<double>(all);
  auto outputs = test::numbers<double>(5, Layout::outputs);
  Specimen s = all[3];
  s.time *= 2;
  const Sample<double> doubled(likelihood.scaling(), s);
  const double of_exposure = likelihood.nats_by_field(outputs.data(), doubled.values.data(), nullptr)[6];
  const Sample<double> plain(likelihood.scaling(), all[3]);
  outputs[8] += std::log(2);
  outputs[9] += std::log(2);
  CHECK_THAT(of_exposure, WithinRel(likelihood.nats_by_field(outputs.data(), plain.values.data(), nullptr)[6], 1e-14));
}

TEST_CASE("changing the unit of a real field moves its nats by the logarithm of the factor and nothing else") {
  const auto check = [&](auto zero, double factor, bool to_the_bit) {
    using Scalar = decltype(zero);
    const auto all = test::specimens(20);
    auto scaled = all;
    for (Specimen& s : scaled) {
      s.length *= factor;
      s.speed *= factor;
      s.speed_error *= factor;
    }
    const auto before = some_likelihood<Scalar>(all);
    const auto after = some_likelihood<Scalar>(scaled);
    const auto outputs = test::numbers<Scalar>(5, Layout::outputs);
    for (std::size_t j = 0; j < all.size(); ++j) {
      const Sample<Scalar> x(before.scaling(), all[j]);
      const Sample<Scalar> y(after.scaling(), scaled[j]);
      const auto old_nats = before.nats_by_field(outputs.data(), x.values.data(), x.mask.data());
      const auto new_nats = after.nats_by_field(outputs.data(), y.values.data(), y.mask.data());
      for (std::size_t field = 0; field < old_nats.size(); ++field) {
        CAPTURE(factor, j, field);
        if (field == 0 || field == 2) {
          CHECK_THAT(new_nats[field] - old_nats[field], WithinAbs(std::log(factor), to_the_bit ? 1e-13 : 1e-5));
        } else {
          CHECK(test::same_bits(old_nats[field], new_nats[field]));
        }
      }
      for (Index i = 0; i < Layout::rows; ++i) {
        const auto at = static_cast<std::size_t>(i);
        CHECK((to_the_bit ? x.values[at] == y.values[at]
                          : std::abs(x.values[at] - y.values[at]) <= 8 * std::numeric_limits<Scalar>::epsilon() *
                                                                         std::max(Scalar(1), std::abs(x.values[at]))));
      }
    }
  };
  check(double{}, 1024, true);
  check(float{}, 1024, true);
  check(double{}, 1.0 / 1024, true);
  check(double{}, 1000, false);
  check(float{}, 1000, false);
}

TEST_CASE("no density is infinite, however narrow a decoder makes it") {
  const std::vector<Specimen> all(5, test::specimens(6).back());
  Double likelihood(all);
  likelihood.common.value().setConstant(-1e6);
  Sample<double> sample(likelihood.scaling(), all[0]);
  for (const double extreme : {-1e6, 1e6}) {
    likelihood.common.value().setConstant(extreme);
    std::vector<double> outputs(Layout::outputs, 0);
    outputs[19] = outputs[20] = extreme;
    outputs[6] = 1e100 * std::cos(*all[0].heading);
    outputs[7] = 1e100 * std::sin(*all[0].heading);
    const auto nats = likelihood.nats_by_field(outputs.data(), sample.values.data(), sample.mask.data());
    CAPTURE(extreme);
    CHECK(nats[0] > std::log(1e-3 * likelihood.scaling().values[0].scale));
    CHECK(nats[4] > -10);
    CHECK(nats[5] > half_log_two_pi - std::log(1e3) - 1e-9);
    for (const double of_field : nats) {
      CHECK(std::isfinite(of_field));
    }
  }
}

TEST_CASE("estimates and draws lie inside of every domain, and what is not modelled stays") {
  const auto all = test::specimens(20);
  const auto likelihood = some_likelihood<float>(all);
  const RecordSet<Specimen, std::vector<Specimen>> set(all, likelihood.scaling());
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    std::vector<float> outputs = test::numbers<float>(seed, Layout::outputs);
    for (float& output : outputs) {
      output *= seed % 4 == 0 ? 1.0F : 30.0F;
    }
    Specimen given;
    given.temperature = 300;
    given.time = 3;
    given.weight = 7;
    given.speed_error = 0.25;
    for (const bool is_drawn : {false, true}) {
      std::vector<Specimen> made{given};
      if (is_drawn) {
        likelihood.draw(outputs.data(), given, Random(seed), 0, made[0]);
      } else {
        likelihood.estimate(outputs.data(), given, made[0]);
      }
      CAPTURE(seed, is_drawn);
      CHECK_NOTHROW(test::whole_batch<float>(likelihood.data_set(made)));
      CHECK((made[0].mass && made[0].heading && made[0].colour && made[0].place && made[0].place->wet));
      CHECK((made[0].temperature == 300 && made[0].time == 3 && made[0].weight == 7 && made[0].speed_error == 0.25 &&
             !made[0].site));
    }
  }
}

TEST_CASE("a draw of a field with a known error spreads as the measured values do") {
  const auto all = test::specimens(20);
  auto likelihood = some_likelihood<double>(all);
  likelihood.common.value().setConstant(-3);
  const auto outputs = test::numbers<double>(1, Layout::outputs);
  Specimen given;
  given.speed_error = 2;
  const double mean = likelihood.scaling().values[2].invert(outputs[2]);
  const double own = likelihood.scaling().values[2].scale * width(-3);
  std::vector<double> draws;
  for (std::uint64_t i = 0; i < 4000; ++i) {
    Specimen made = given;
    likelihood.draw(outputs.data(), given, Random(1), i, made);
    draws.push_back((made.speed - mean) / std::hypot(own, 2));
  }
  CHECK(betavae::test::kolmogorov_smirnov(draws, betavae::test::normal_distribution) < 1.63);
}

TEST_CASE("point estimates, draws, scores and Fisher information of a batch are those of its cells") {
  const auto all = test::specimens(40);
  auto complete = all;
  for (Specimen& s : complete) {
    s.mass = 1.0F;
    s.heading = 0.5;
    s.colour = Colour::red;
    s.place = test::Place{0.01, true};
    s.time = 1;
    s.speed_error = 0;
  }
  const auto likelihood = some_likelihood<double>(all);
  const Matrix<double> outputs = betavae::test::normals(Layout::outputs, 3, 1);
  const Matrix<double> estimates = likelihood.point_estimate(outputs);
  REQUIRE(estimates.rows() == Layout::values);
  const Matrix<double> draws = likelihood.sample(outputs, Random(2), 5);
  for (Index j = 0; j < 3; ++j) {
    Specimen s = complete[0];
    likelihood.estimate(outputs.col(j).data(), complete[0], s);
    CHECK(estimates(0, j) == s.length);
    CHECK(static_cast<float>(estimates(1, j)) == s.mass.value());
    CHECK(estimates(6, j) == s.heading.value());
    CHECK(std::nearbyint(estimates(7, j)) == s.hits[0]);
    CHECK(estimates(15, j) == s.noise[1]);
    likelihood.draw(outputs.col(j).data(), complete[0], Random(2), 5 + static_cast<std::uint64_t>(j), s);
    CHECK(draws(0, j) == s.length);
    CHECK(draws(8, j) == s.hits[1]);
    CHECK(draws(15, j) == s.noise[1]);
  }
  // E[score] = 0 and E[score²] = information, over draws
  const Index count = 20000;
  const Matrix<double> one = betavae::test::normals(Layout::outputs, 1, 4) * 0.3;
  const Matrix<double> many = one.replicate(1, count);
  const Matrix<double> drawn = likelihood.sample(many, Random(3));
  const Matrix<double> information = likelihood.fisher_information(one);
  Matrix<double> x = Matrix<double>::Zero(Layout::rows, count);
  std::vector<Specimen> made(1, complete[0]);
  for (Index j = 0; j < count; ++j) {
    likelihood.draw(one.data(), complete[0], Random(3), static_cast<std::uint64_t>(j), made[0]);
    detail::write_record(likelihood.scaling(), made[0], 0, x.col(j).data());
  }
  const Matrix<double> score = likelihood.score(many, x);
  for (Index i = 0; i < Layout::outputs; ++i) {
    CAPTURE(i, information(i, 0));
    const double root = std::sqrt(information(i, 0));
    CHECK_THAT(score.row(i).mean() / root, WithinAbs(0, 0.035));
    CHECK_THAT(score.row(i).squaredNorm() / static_cast<double>(count) / information(i, 0), WithinAbs(1, 0.08));
  }
}

TEST_CASE("sizes that do not match, and offsets, are refused") {
  using betavae::test::contains;
  using betavae::test::error_text;
  const auto all = test::specimens(3);
  const Double likelihood(all);
  Tape<double> tape;
  Evaluating<double> context(tape);
  const Matrix<double> x = Matrix<double>::Zero(Layout::rows, 3);
  const auto text = [&](Index outputs, Index features, Index samples, const double* offsets) {
    const Matrix<double> data = x.topRows(features);
    const Matrix<double> parameters = Matrix<double>::Zero(outputs, samples);
    return error_text<ArgumentError>([&] {
      const Observed<Constant<double>> observed{constant(tape, data), nullptr, nullptr, offsets};
      (void)likelihood.distortion(context, constant(tape, parameters), observed);
    });
  };
  const double offsets[3] = {};
  CHECK(text(21, 48, 3, nullptr) == "nothing");
  CHECK(contains(text(20, 48, 3, nullptr),
                 "rows of the decoder's output as parameters of the record's fields, got 20 and 21"));
  CHECK(contains(text(21, 47, 3, nullptr), "rows of the data as numbers of a record, got 47 and 48"));
  CHECK(contains(text(21, 48, 2, nullptr), "samples of the data, got 2 and 3"));
  CHECK(contains(text(21, 48, 3, offsets), "none: an exposure is an option of its field"));
  CHECK(contains(error_text<DataError>([&] { likelihood.check(HUGE_VAL, 3, 7); }), "number 3 of record 7"));
}
