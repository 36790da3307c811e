// SPDX-License-Identifier: MIT
// The curve against Shannon's reverse water-filling: see linear_vae.hpp.
#include <betavae/analysis/rate_distortion.hpp>
#include <betavae/data/observed_set.hpp>
#include <betavae/vae/full_gaussian_encoder.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>

#include "catch.hpp"
#include "linear_vae.hpp"

#include <array>

using namespace betavae;
using namespace betavae::test;
using namespace betavae::test::linear_case;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

const LinearData& data() {
  static const auto made = linear_data(variances, 200, 1);
  return made;
}

auto linear_model(std::uint64_t seed = 3) {
  return Vae{dense_encoder<double, dimensions, latents>({.seed = seed}),
             dense_decoder<double, latents, dimensions>({.seed = seed}), Gaussian{sigma}};
}

LinearOptimum optimum(double beta) { return {variances, latents, beta, sigma}; }

auto optimal_family(const std::vector<double>& betas) {
  ModelFamily<decltype(linear_model())> family{betas, {}, {}};
  for (const double beta : betas) {
    family.models.push_back(linear_model());
    set_to_optimum(family.models.back(), optimum(beta), data());
  }
  return family;
}

/// Exact, but for rounding: every mean over draws is the integral.
RateDistortionCurve optimal_curve(const std::vector<double>& betas) {
  return rate_distortion_curve(optimal_family(betas), data().samples,
                               {.draws = Index{2} * latents, .information_samples = 50}, QuadratureNoise{});
}

/// A curve with these numbers, of two samples that agree.
std::vector<RateDistortionStep> steps_of(const std::vector<double>& betas, const std::vector<double>& rates,
                                         const std::vector<double>& distortions) {
  const auto count = static_cast<Index>(betas.size());
  betavae::detail::RatesAndDistortions nats{Eigen::ArrayXd::Constant(2, 0.5), Matrix<double>(2, count),
                                            Matrix<double>(2, count)};
  for (Index i = 0; i < count; ++i) {
    nats.rates.col(i).setConstant(rates[static_cast<std::size_t>(i)]);
    nats.distortions.col(i).setConstant(distortions[static_cast<std::size_t>(i)]);
  }
  return betavae::detail::rate_distortion_steps(betas, nats);
}

/// What only reads the curve backwards needs no steps.
RateDistortionCurve plain_curve(const std::vector<double>& betas, const std::vector<double>& rates) {
  RateDistortionCurve curve;
  for (std::size_t i = 0; i < betas.size(); ++i) {
    RateDistortionPoint point;
    point.beta = betas[i];
    point.rate = rates[i];
    point.distortion = 10 - rates[i];
    curve.points.push_back(point);
  }
  return curve;
}

}  // namespace

TEST_CASE("At the closed form the curve is reverse water-filling, and its slopes are logarithmic means") {
  const std::vector<double> betas{0.3, 0.7, 1.2, 1.8, 2.2, 2.8, 3.4, 8};
  const RateDistortionCurve curve = optimal_curve(betas);
  for (std::size_t i = 0; i < betas.size(); ++i) {
    INFO("beta " << betas[i]);
    CHECK(curve.points[i].beta == betas[i]);
    CHECK_THAT(curve.points[i].rate, WithinAbs(optimum(betas[i]).rate(), 1e-6));
    CHECK_THAT(curve.points[i].distortion, WithinAbs(optimum(betas[i]).distortion(), 1e-6));
    CHECK(curve.points[i].active == optimum(betas[i]).active());
    CHECK(curve.points[i].mutual_information <= std::log(50.0));
  }
  // The slope where as many latents live at both β.
  int compared = 0;
  for (std::size_t i = 0; i + 1 < betas.size(); ++i) {
    const double slope = curve.steps[i].slope;
    CHECK(slope > betas[i]);
    CHECK(slope < betas[i + 1]);
    if (curve.points[i].active == curve.points[i + 1].active) {
      ++compared;
      CHECK_THAT(slope, WithinAbs((betas[i + 1] - betas[i]) / std::log(betas[i + 1] / betas[i]), 1e-6));
      // Neither the arithmetic nor the geometric mean.
      CHECK(std::abs(slope - 0.5 * (betas[i] + betas[i + 1])) > 1e-3);
      CHECK(std::abs(slope - std::sqrt(betas[i] * betas[i + 1])) > 1e-3);
    }
  }
  CHECK(compared == 4);
  CHECK(curve.falls());
  CHECK(curve.is_convex());
  CHECK(curve.has_prices());
}

TEST_CASE("The linear model's curve is read backwards exactly between thresholds") {
  const RateDistortionCurve curve = optimal_curve({0.3, 1.4, 1.7, 2.4});
  for (const double beta : {0.35, 0.8, 1.3, 1.75, 2.0, 2.3}) {
    INFO("beta " << beta);
    // No threshold, at 1.5625 or 2.5, is between 0.3 and 1.4, or 1.7 and 2.4.
    CHECK_THAT(curve.beta_for_rate(optimum(beta).rate()), WithinRel(beta, 1e-6));
    CHECK_THAT(curve.beta_for_distortion(optimum(beta).distortion()), WithinRel(beta, 1e-6));
  }
}

TEST_CASE("Read backwards, noise and flat parts give the cheapest beta that does it") {
  const RateDistortionCurve flat = plain_curve({1, 2, 4, 8}, {3, 1, 0, 0});
  CHECK(flat.beta_for_rate(0) == 4);         // the best reconstruction that the rate allows
  CHECK(flat.beta_for_distortion(10) == 8);  // the least rate that the distortion allows
  CHECK(flat.beta_for_rate(3) == 1);
  CHECK_THAT(flat.beta_for_rate(2), WithinRel(std::sqrt(2.0), 1e-12));
  CHECK_THAT(flat.beta_for_distortion(8), WithinRel(1.5, 1e-12));
  // 2 and 2.5 are out of order: both are read as 2.25.
  const RateDistortionCurve noisy = plain_curve({1, 2, 4, 8}, {3, 2, 2.5, 1});
  CHECK(noisy.beta_for_rate(2.25) == 2);
  CHECK(noisy.beta_for_distortion(7.75) == 4);
  double last = 0;
  for (double rate = 3; rate >= 1; rate -= 0.125) {
    CHECK(noisy.beta_for_rate(rate) >= last);
    last = noisy.beta_for_rate(rate);
  }
  const auto text = [&](double rate) { return error_text<ArgumentError>([&] { (void)flat.beta_for_rate(rate); }); };
  CHECK(text(3.5) == "beta_for_rate: rate: expected from 0 to 3 nats, the curve's, got 3.5");
  CHECK(contains(text(-0.1), "from 0 to 3 nats"));
  CHECK(contains(text(std::nan("")), "nan"));
  CHECK(contains(error_text<ArgumentError>([&] { (void)flat.beta_for_distortion(6.5); }), "from 7 to 10 nats"));
  CHECK_THROWS_AS(RateDistortionCurve{}.beta_for_rate(1), ArgumentError);
}

TEST_CASE("A curve that rises, bends the wrong way or has other prices is told") {
  const auto good = steps_of({1, 2, 4}, {3, 2, 1}, {5, 6.5, 9.5});
  CHECK_THAT(good[0].slope, WithinRel(1.5, 1e-12));
  CHECK_THAT(good[0].above_chord, WithinRel(-0.75, 1e-12));
  CHECK((good[0].falls && good[0].has_price && good[0].is_convex && good[1].has_price));
  CHECK(std::isnan(good[1].above_chord));
  const auto rising = steps_of({1, 2}, {2, 3}, {5, 3.5});
  CHECK(!rising[0].falls);
  CHECK(!rising[0].has_price);
  const auto bent = steps_of({1, 2, 4}, {3, 2, 1}, {5, 8, 9.5});
  CHECK(!bent[0].is_convex);
  CHECK(!bent[0].has_price);
  // A distortion averaged over four features, as peers have it: another slope.
  CHECK(!steps_of({1, 2}, {3, 2}, {5.0 / 4, 6.5 / 4})[0].has_price);
  // Where nothing moves there is no slope, and nothing wrong.
  const auto still = steps_of({1, 2, 4}, {0, 0, 0}, {5, 5, 5});
  CHECK(std::isnan(still[0].slope));
  CHECK((still[0].falls && still[0].has_price && still[0].is_convex));
}

TEST_CASE(
    "Across a threshold the curve is read back with the error that its header tells, and a slope is no logarithmic "
    "mean") {
  // One threshold, at 1.5625, where the fourth latent dies; and one at 6.25, the last.
  for (const auto& [lower, upper, threshold] : {std::array{1.0, 2.2, 1.5625}, std::array{4.5, 9.0, 6.25}}) {
    const RateDistortionCurve curve = optimal_curve({lower, upper});
    const double of_rate = 0.5 * std::log(threshold / lower) * std::log(upper / threshold) / std::log(upper / lower);
    const double of_distortion = 0.5 * (threshold - lower) * (upper - threshold) / (upper - lower);
    CHECK(of_rate <= std::log(upper / lower) / 8);
    CHECK(of_distortion <= (upper - lower) / 8);
    const LinearOptimum at = optimum(threshold);
    // Both are worst at the threshold, and right at either end.
    const double beta_of_rate = curve.beta_for_rate(at.rate() + of_rate);
    const double beta_of_distortion = curve.beta_for_distortion(at.distortion() - of_distortion);
    CHECK_THAT(beta_of_rate, WithinRel(threshold, 1e-6));
    CHECK_THAT(beta_of_distortion, WithinRel(threshold, 1e-6));
    CHECK(curve.beta_for_rate(curve.points[0].rate) == lower);
    CHECK(curve.beta_for_distortion(curve.points[1].distortion) == upper);
    if (at.rate() > 0.1) {
      CHECK(curve.beta_for_rate(at.rate()) > threshold);  // too great
    }
    CHECK(std::abs(curve.steps[0].slope - (upper - lower) / std::log(upper / lower)) > 0.01);
    CHECK(curve.has_prices());
  }
}

TEST_CASE("A curve has the same bits for any number of threads") {
  const auto text = [](Index threads) {
    return rate_distortion_curve(linear_model(), data().samples, {0.5, 1, 2},
                                 {.fit = {.epochs = 2, .batch = 40, .threads = threads}},
                                 {.batch = 64, .threads = threads, .information_samples = 90})
        .csv();
  };
  const std::string one = text(1);
  CHECK(one == text(2));
  CHECK(one == text(3));
}

TEST_CASE("Where codes hold more than their samples can tell, the curve says that its information is too small") {
  const RateDistortionCurve curve = rate_distortion_curve(optimal_family({0.02, 3}), data().samples);
  const RateDistortionPoint& much = curve.points[0];
  CHECK(much.rate > std::log(200.0));
  CHECK(much.mutual_information <= std::log(200.0));
  CHECK(much.mutual_information_bias > much.mutual_information_error);
  CHECK(contains(fmt::format("{}", much), " too small)  active 4/4"));
  const RateDistortionPoint& little = curve.points[1];
  CHECK(!contains(fmt::format("{}", little), "too small"));
  CHECK(little.mutual_information <= little.rate);
  CHECK_THAT(little.mutual_information, WithinAbs(optimum(3).rate(), 2 * little.mutual_information_error + 0.02));
}

// Run alone: rate_distortion_test "[coverage]". What it counts stands in rate_split.hpp.
TEST_CASE("The curve's information of a Gaussian channel, 100 runs of 10 000 samples", "[.][coverage]") {
  Vae model{dense_encoder<double, 1, 1>(), dense_decoder<double, 1, 1>(), Gaussian{}};
  encoder_layer(model).weight.value().setZero();
  encoder_layer(model).weight.value()(0, 0) = 1;
  encoder_layer(model).bias.value().setZero();
  for (const Index samples : {2000, 10000}) {
    for (const double information : {0.5, 1.0, 2.0}) {
      const double variance = std::exp(-2 * information);
      encoder_layer(model).bias.value()(1, 0) =
          log_variance_bound * std::atanh(std::log(variance) / log_variance_bound);
      const ModelFamily<decltype(model)> family{{1}, {model}, {}};
      int inside = 0;
      for (std::uint64_t run = 1; run <= 100; ++run) {
        const RateDistortionPoint point =
            rate_distortion_curve(family, (std::sqrt(1 - variance) * normals(1, 10000, run)).eval(),
                                  {.seed = run, .information_samples = samples})
                .points[0];
        inside += std::abs(point.mutual_information - information) < 2 * point.mutual_information_error ? 1 : 0;
      }
      fmt::print("I = {}, at {} of 10000 samples: {} of 100 inside two standard errors\n", information, samples,
                 inside);
      CHECK(inside >= 90);  // often all: here I = R, and no estimate is above the rate, which scatters less
    }
  }
}

TEST_CASE("The draws of a sample count as one in the error of the information") {
  const auto family = optimal_family({1});
  const double one = rate_distortion_curve(family, data().samples).points[0].mutual_information_error;
  const double many = rate_distortion_curve(family, data().samples, {.draws = 16}).points[0].mutual_information_error;
  CHECK(many > 0.4 * one);  // as independent draws they would give a quarter
}

TEST_CASE("Under a full posterior the curve has no information, and all else") {
  const Vae model{dense_full_encoder<double, dimensions, latents>(), dense_decoder<double, latents, dimensions>(),
                  Gaussian{sigma}};
  const RateDistortionCurve curve =
      rate_distortion_curve(model, data().samples, {1, 2}, {.fit = {.epochs = 2, .batch = 40, .threads = 1}});
  CHECK(std::isnan(curve.points[0].mutual_information));
  CHECK(curve.points[0].rate > 0);
  CHECK(!contains(fmt::format("{}", curve), "I(x; z)"));
  CHECK(contains(curve.csv(), ",,,"));
}

TEST_CASE("Points and steps print themselves") {
  const RateDistortionPoint point{.beta = 4,
                                  .rate = 6.9,
                                  .rate_error = 0.02,
                                  .distortion = 249.8,
                                  .distortion_error = 0.4,
                                  .mutual_information = 5.9,
                                  .mutual_information_error = 0.02,
                                  .active = 8,
                                  .latents = 20};
  CHECK(fmt::format("{}", point) ==
        "β 4: rate 6.900 ± 0.020 nats  distortion 249.80 ± 0.40 nats  I(x; z) 5.90 ± 0.02 nats  active 8/20");
  RateDistortionStep step{.slope = 1.5, .slope_error = 0.01};
  CHECK(fmt::format("{}", step) == "−ΔD/ΔR 1.500 ± 0.010");
  step.has_price = step.falls = step.is_convex = false;
  CHECK(fmt::format("{}", step) == "−ΔD/ΔR 1.500 ± 0.010  not between the two β  not falling  not convex");
  RateDistortionCurve curve;
  curve.points = {point, point};
  curve.steps = {{.slope = 1.5, .slope_error = 0.01}};
  CHECK(curve.csv() ==
        "beta,rate,rate_error,distortion,distortion_error,mutual_information,mutual_information_error,"
        "mutual_information_bias,active,latents,slope,slope_error,above_chord,above_chord_error\n"
        "4,6.9,0.02,249.8,0.4,5.9,0.02,0,8,20,1.5,0.01,0,0\n4,6.9,0.02,249.8,0.4,5.9,0.02,0,8,20,,,,\n");
}

TEST_CASE("Trained values are within their error bars, and the curve is what theory says", "[training]") {
  const std::vector<double> betas{0.3, 0.8, 2, 3, 7.5};
  const RateDistortionCurve curve = rate_distortion_curve(
      linear_model(), data().samples, betas,
      {.fit = {.epochs = 250, .batch = 40, .learning_rate = 0.02, .schedule = cosine_decay()}}, {.draws = 8});
  for (std::size_t i = 0; i < betas.size(); ++i) {
    INFO(fmt::format("{}", curve));
    const RateDistortionPoint& point = curve.points[i];
    CHECK_THAT(point.rate, WithinAbs(optimum(betas[i]).rate(), 2 * point.rate_error + 0.02));
    CHECK_THAT(point.distortion, WithinAbs(optimum(betas[i]).distortion(), 2 * point.distortion_error));
    CHECK(point.active == optimum(betas[i]).active());
    CHECK(point.mutual_information <= std::log(200.0));
  }
  CHECK(curve.falls());
  CHECK(curve.is_convex());
  CHECK(curve.has_prices());
  CHECK(contains(fmt::format("{}", curve), "falls: yes, convex: yes, slopes between their β: yes"));
  CHECK(contains(curve.csv(), "\n0.3,"));
  CHECK(contains(curve.csv(), ",,,,\n"));  // no step after the last
}

TEST_CASE("A family has the same bits for any number of threads, and another for another number of chains") {
  const std::vector<double> betas{0.5, 1, 2, 4};
  const auto rates = [&](Index threads, Index chains) {
    const auto family = train_family(linear_model(), data().samples, betas,
                                     {.fit = {.epochs = 3, .batch = 40, .threads = threads}, .chains = chains});
    std::vector<double> numbers;
    for (const auto& model : family.models) {
      visit_parameters(model, [&](const std::string&, const auto& parameter) {
        numbers.insert(numbers.end(), parameter.data(), parameter.data() + parameter.size());
      });
    }
    return numbers;
  };
  const auto one = rates(1, 2);
  CHECK(one == rates(2, 2));
  CHECK(one == rates(3, 2));
  CHECK(one != rates(1, 1));
}

TEST_CASE("Chains go upwards from a model of the lowest β, each β from where the one before it in its chain ended") {
  std::vector<double> order;
  const FamilyOptions options{
      .fit = {.epochs = 1, .batch = 40, .threads = 1},
      .chains = 2,
      .before_fit = [&](FitOptions&, Index place, double beta) { order.push_back(beta + static_cast<double>(place)); }};
  const auto family = train_family(linear_model(), data().samples, {0.5, 1, 2, 4}, options);
  CHECK(order == std::vector<double>{0.5, 4, 2, 7});
  auto model = linear_model();
  TrainingState<double> state{Adam<double>(options.fit.adam)};
  for (const double beta : {0.5, 0.5, 2.0}) {
    fit(model, data().samples, BetaElbo{beta}, options.fit, state);
  }
  CHECK(decoder_layer(model).weight.value() == decoder_layer(family.models[2]).weight.value());
  CHECK(family.histories[2].back().rate > 0);
  FamilyOptions cold = options;
  cold.warm_up = 0;
  auto beginner = linear_model();
  fit(beginner, data().samples, BetaElbo{1}, cold.fit);
  const auto without = train_family(linear_model(), data().samples, {0.5, 1}, cold);
  CHECK(decoder_layer(beginner).weight.value() == decoder_layer(without.models[1]).weight.value());
}

TEST_CASE("Constant data, one sample and one β have a right answer") {
  const FamilyOptions brief{.fit = {.epochs = 2, .batch = 10, .threads = 1}};
  const Matrix<double> constant = Matrix<double>::Constant(dimensions, 20, 0.3);
  const RateDistortionCurve of_constant = rate_distortion_curve(linear_model(), constant, {1, 2}, brief);
  CHECK(of_constant.points[0].active == 0);
  CHECK_THAT(of_constant.points[0].mutual_information, WithinAbs(0, 1e-12));
  const RateDistortionCurve of_one = rate_distortion_curve(linear_model(), constant.leftCols(1).eval(), {1, 2}, brief);
  CHECK(std::isinf(of_one.points[0].rate_error));
  CHECK(of_one.points[0].mutual_information == 0);
  // What an infinite error would excuse: of models that are no family, here at their β the other way round.
  const auto family = optimal_family({1, 2});
  const ModelFamily<decltype(linear_model())> reversed{{1, 2}, {family.models[1], family.models[0]}, {}};
  CHECK(rate_distortion_curve(family, data().samples.leftCols(1).eval()).falls());
  CHECK(!rate_distortion_curve(reversed, data().samples.leftCols(1).eval()).falls());
  const RateDistortionCurve single = rate_distortion_curve(linear_model(), constant, {2}, brief);
  CHECK(single.steps.empty());
  CHECK(single.beta_for_rate(single.points[0].rate) == 2);
}

TEST_CASE("What is no curve is refused before anything is trained") {
  const auto text = [](const std::vector<double>& betas, const FamilyOptions& options = {}) {
    return error_text<ArgumentError>(
        [&] { (void)rate_distortion_curve(linear_model(), data().samples, betas, options); });
  };
  CHECK(contains(text({}), "rate_distortion_curve: betas: expected at least one, got 0"));
  CHECK(contains(text({2, 1}), "betas: expected ascending numbers, each once, got 2 before 1"));
  CHECK(contains(text({1, 1}), "got 1 before 1"));
  CHECK(contains(text({0, 1}), "above 0"));
  CHECK(contains(text({-1, 1}), "got -1"));
  CHECK(contains(text({1, std::nan("")}), "got nan"));
  CHECK(contains(text({1, HUGE_VAL}), "got inf"));
  CHECK(contains(text({1}, {.chains = 0}), "train_family: options.chains: expected at least 1, got 0"));
  CHECK(contains(text({1}, {.warm_up = -1}), "train_family: options.warm_up: expected at least 0, got -1"));
  CHECK(contains(text({1}, {.fit = {.epochs = -1}}), "options.epochs"));
  CHECK(contains(text({1}, {.warm_up = -1}), "train_family: options.warm_up: expected at least 0, got -1"));
  const auto family = optimal_family({1, 2});
  CHECK_THROWS_AS(rate_distortion_curve(family, Matrix<double>(dimensions, 0)), ArgumentError);
  CHECK_THROWS_AS(rate_distortion_curve(family, data().samples, {.draws = 0}), ArgumentError);
  CHECK_THROWS_AS(rate_distortion_curve(family, data().samples, {.information_samples = 0}), ArgumentError);
  CHECK_THROWS_AS(train_family(linear_model(), Matrix<double>(dimensions, 0), {1, 2}), ArgumentError);
  // A family by itself may begin at 0.
  CHECK(train_family(linear_model(), data().samples, {0, 1}, {.fit = {.epochs = 0}}).models.size() == 2);
}

TEST_CASE("A family prints itself and writes CSV, an epoch a line") {
  const auto family = train_family(linear_model(), data().samples, {0.5, 2},
                                   {.fit = {.epochs = 2, .batch = 40, .threads = 1}, .chains = 2, .warm_up = 0});
  const std::string text = fmt::format("{}", family);
  CHECK(contains(text, "2 models\nβ 0.5: rate "));
  CHECK(contains(text, "\nβ 2: rate "));
  const std::string csv = family.csv();
  CHECK(csv.rfind("beta,epoch,step,loss,", 0) == 0);
  CHECK(std::count(csv.begin(), csv.end(), '\n') == 5);
  CHECK(contains(csv, "\n0.5,1,5,"));
  CHECK(contains(csv, "\n2,2,10,"));
  CHECK(contains(fmt::format("{}", train_family(linear_model(), data().samples, {1}, {.fit = {.epochs = 0}})),
                 "1 models\nβ 1: not trained"));
}

TEST_CASE("For a Gaussian population the curve's information is its rate, exactly", "[training]") {
  const std::vector<double> two_variances{4, 1};
  const WeightedGrid population = gaussian_population(two_variances);
  const ObservedSet<double> set(population.axes.samples, {.weights = population.weights});
  Vae model{dense_encoder<double, 2, 2>(), dense_decoder<double, 2, 2>(), Gaussian{0.8}};
  ModelFamily<decltype(model)> family{{0.8, 1, 2}, {}, {}};
  for (const double beta : family.betas) {
    set_to_optimum(model, {two_variances, 2, beta, 0.8}, population.axes);
    family.models.push_back(model);
  }
  const RateDistortionCurve curve = rate_distortion_curve(family, set, {.draws = 4, .threads = 1}, QuadratureNoise{});
  for (std::size_t i = 0; i < 3; ++i) {
    const LinearOptimum exact{two_variances, 2, family.betas[i], 0.8};
    CHECK_THAT(curve.points[i].rate, WithinAbs(exact.rate(), 1e-6));
    CHECK_THAT(curve.points[i].distortion, WithinAbs(exact.distortion(), 1e-6));
    CHECK_THAT(curve.points[i].mutual_information, WithinAbs(exact.rate(), 1e-6));
  }
}
