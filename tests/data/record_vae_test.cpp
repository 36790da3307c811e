// SPDX-License-Identifier: MIT
#include <betavae/data/record_vae.hpp>
#include <betavae/train/evaluate.hpp>
#include <betavae/train/fit.hpp>

#include "catch.hpp"
#include "model_check.hpp"
#include "numbers.hpp"
#include "record/batches.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <numbers>
#include <optional>
#include <span>
#include <tuple>

using namespace betavae;
using betavae::test::all_gradients;
using betavae::test::Beside;
using betavae::test::differentiate;
using betavae::test::error_text;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
using test::Colour;
using test::Numbers;
using test::Pair;
using test::Specimen;
using test::stir;

namespace {

using Specimens = std::vector<Specimen>;

constexpr double infinity = std::numeric_limits<double>::infinity();

bool same_cells(const Specimen& a, const Specimen& b, bool with_length = true) {
  const auto as_tuple = [&](const Specimen& s) {
    return std::tuple(with_length ? s.length : 0, s.mass, s.speed, s.doses, s.share, s.heading, s.hits, s.alive,
                      s.colour, s.grade, s.place ? s.place->depth : -1, s.place ? s.place->wet : std::nullopt, s.noise,
                      s.temperature, s.site, s.weight, s.time, s.speed_error);
  };
  return as_tuple(a) == as_tuple(b);
}

/// Every sample from the second on has the same noise.
struct NoiseOfTwo {
  template <class Scalar>
  void fill(MatrixView<Scalar> values, std::uint64_t /*step*/, std::uint64_t first_sample) const {
    for (Index j = 0; j < values.columns; ++j) {
      for (Index i = 0; i < values.rows; ++i) {
        const auto sample = std::min<Index>(static_cast<Index>(first_sample) + j, 1);
        values.column(j)[i] = test::number<Scalar>(40, sample * values.rows + i);
      }
    }
  }
};

template <class Scalar>
auto dense_model(const Specimens& all) {
  return record_vae<Specimen, Scalar, 5, 2>(all, {.activation = Activation::tanh});
}

}  // namespace

TEST_CASE("the gradient of a record's model is right for every kind of field and role") {
  const auto all = test::specimens(6);
  auto model = dense_model<double>(all);
  stir(model);
  const Numbers numbers(model, all);
  REQUIRE(numbers.batch.mask() != nullptr);
  REQUIRE(numbers.batch.weights() != nullptr);
  const double error =
      betavae::test::worst_gradient_error(model, BetaElbo{1.5}, GaussianNoise(1), numbers.x, numbers.beside());
  CHECK(error <= GradientCheck::tolerance);
}

TEST_CASE("a unit 1024 times smaller changes the distortion alone, by ln 1024 for each real cell observed") {
  const auto check = [](auto zero, double factor, bool to_the_bit) {
    using Scalar = decltype(zero);
    const auto all = test::specimens(12);
    auto scaled = all;
    for (Specimen& s : scaled) {
      s.length *= factor;
    }
    auto before = dense_model<Scalar>(all);
    auto after = dense_model<Scalar>(scaled);
    for (std::size_t j = 0; j < all.size(); ++j) {
      CAPTURE(factor, j);
      const Numbers old_numbers(before, std::span(&all[j], 1));
      const Numbers new_numbers(after, std::span(&scaled[j], 1));
      const auto was =
          differentiate(before, BetaElbo{2.0}, GaussianNoise(1), old_numbers.x, {old_numbers.batch.mask()});
      const auto is = differentiate(after, BetaElbo{2.0}, GaussianNoise(1), new_numbers.x, {new_numbers.batch.mask()});
      const auto old_surprise = before.surprise(all[j]);
      const auto new_surprise = after.surprise(scaled[j]);
      CHECK_THAT(static_cast<double>(is.distortion) - static_cast<double>(was.distortion),
                 WithinAbs(std::log(factor), sizeof(Scalar) == 4 ? 2e-4 : 1e-11));
      CHECK_THAT(new_surprise[0] - old_surprise[0], WithinAbs(std::log(factor), sizeof(Scalar) == 4 ? 2e-4 : 1e-11));
      Specimen reconstruction = before.reconstruct(all[j]);
      reconstruction.length *= factor;
      if (to_the_bit) {
        CHECK(test::same_bits(is.rate(), was.rate()));
        CHECK(test::same_bits(all_gradients(is.gradients), all_gradients(was.gradients)));
        for (std::size_t field = 1; field < old_surprise.size(); ++field) {
          CHECK(test::same_bits(old_surprise[field], new_surprise[field]));
        }
        CHECK(same_cells(after.reconstruct(scaled[j]), reconstruction));
      } else {
        CHECK_THAT(static_cast<double>(is.rate()), WithinRel(static_cast<double>(was.rate()), 1e-4));
        CHECK_THAT(after.reconstruct(scaled[j]).length, WithinRel(reconstruction.length, 1e-4));
      }
    }
  };
  check(double{}, 1024, true);
  check(float{}, 1024, true);
  check(double{}, 1000, false);
  check(float{}, 1000, false);
}

TEST_CASE("a record of weight 2 is trained on as that record twice") {
  auto once = test::specimens(2);
  once[0].weight = 1;
  once[1].weight = 2;
  auto model = dense_model<double>(test::specimens(10));
  Specimens twice{once[0], once[1], once[1]};
  twice[1].weight = twice[2].weight = 1;
  const Numbers weighted(model, once);
  const Numbers repeated(model, twice);
  const auto a = differentiate(model, BetaElbo{1.0}, NoiseOfTwo{}, weighted.x, weighted.beside());
  const auto b = differentiate(model, BetaElbo{1.0}, NoiseOfTwo{}, repeated.x, repeated.beside());
  CHECK(repeated.beside().weights == nullptr);
  CHECK_THAT(a.loss, WithinRel(b.loss, 1e-14));
  CHECK(betavae::test::relative_distance(all_gradients(a.gradients), all_gradients(b.gradients)) < 1e-13);
}

TEST_CASE("a condition is seen by encoder and decoder, and is not modelled") {
  const auto all = test::specimens(20);
  auto model = dense_model<double>(all);
  Specimen warmer = all[3];
  warmer.temperature += 5;
  CHECK((model.encode(all[3]).mean != model.encode(warmer).mean));
  CHECK(model.sample(1, all[3]).length != model.sample(1, warmer).length);
  CHECK(model.sample(1, warmer).temperature == warmer.temperature);
  CHECK(model.sample(1, all[3]).site == all[3].site);
  CHECK(model.reconstruct(warmer).temperature == warmer.temperature);
  for (const std::string_view field : model.likelihood.field_names()) {
    CHECK((field != "temperature" && field != "site"));
  }
  // a sample reads nothing of what is modelled
  Specimen odd = all[3];
  odd.length = infinity;
  odd.mass = -1.0F;
  odd.grade = 77;
  odd.hits = {9, 9};
  CHECK(same_cells(model.sample(4, odd), model.sample(4, all[3])));
}

TEST_CASE("imputing keeps what is there bit for bit and fills what is missing") {
  const auto all = test::specimens(24);
  const auto check = [&](const auto& model) {
    for (const Specimen& s : all) {
      for (const Specimen& imputed : {model.impute(s), model.impute(s, 1), model.impute(s, 2)}) {
        REQUIRE((imputed.mass && imputed.heading && imputed.colour && imputed.place && imputed.place->wet));
        Specimen back = imputed;
        back.mass = s.mass ? back.mass : std::nullopt;
        back.heading = s.heading ? back.heading : std::nullopt;
        back.colour = s.colour ? back.colour : std::nullopt;
        back.place->wet = s.place && s.place->wet ? back.place->wet : std::nullopt;
        back.place = s.place ? back.place : std::nullopt;
        CHECK(same_cells(back, s));
      }
    }
    CHECK(model.impute(all[0], 1).mass != model.impute(all[0], 2).mass);
    CHECK(model.impute(all[0], 1).mass == model.impute(all[0], 1).mass);
    CHECK(model.impute(all[0]).mass == model.reconstruct(all[0]).mass);
  };
  check(dense_model<float>(all));
  check(dense_model<double>(all));
}

TEST_CASE("samples lie inside of every domain, and differ by seed") {
  const auto all = test::specimens(24);
  auto model = dense_model<float>(all);
  (void)fit(model, all, BetaElbo{1.0}, {.epochs = 30, .batch = 8, .learning_rate = 0.01});
  Specimens made;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    made.push_back(model.sample(seed, all[seed % 24]));
  }
  CHECK_NOTHROW(evaluate(model, made));
  CHECK(made[0].length != made[24].length);
  CHECK(same_cells(model.sample(24, all[0]), made[24]));
}

TEST_CASE("one record's rate and distortion are those of a data set of one") {
  const auto all = test::specimens(10);
  auto model = dense_model<float>(all);
  double rate = 0;
  double weights = 0;
  for (const Specimen& s : all) {
    const auto of_one = model.negative_elbo(s, 5);
    const auto of_set = evaluate(model, std::span(&s, 1), {.seed = 5});
    CHECK_THAT(of_one.rate, WithinRel(of_set.rate, 1e-6));
    CHECK_THAT(of_one.distortion, WithinRel(of_set.distortion, 1e-6));
    rate += s.weight * of_one.rate;
    weights += s.weight;
  }
  CHECK_THAT(evaluate(model, all).rate, WithinRel(rate / weights, 1e-6));
  std::array<Specimen, 10> array;
  std::copy(all.begin(), all.end(), array.begin());
  CHECK(evaluate(model, array).distortion == evaluate(model, all).distortion);
}

TEST_CASE("surprise sums to the distortion at the posterior's mean") {
  const auto all = test::specimens(10);
  auto model = dense_model<double>(all);
  const auto names = model.likelihood.field_names();
  for (const Specimen& s : all) {
    const auto nats = model.surprise(s);
    const Numbers numbers(model, std::span(&s, 1));
    const auto result = differentiate(model, BetaElbo{1.0}, NoNoise{}, numbers.x, {numbers.batch.mask()});
    double sum = 0;
    for (std::size_t i = 0; i < nats.size(); ++i) {
      sum += nats[i];
      CHECK((nats[i] == 0) == ((names[i] == "mass" && !s.mass) || (names[i] == "heading" && !s.heading) ||
                               (names[i] == "colour" && !s.colour) || (names[i] == "place.depth" && !s.place) ||
                               (names[i] == "place.wet" && !(s.place && s.place->wet))));
    }
    CHECK_THAT(sum, WithinRel(result.distortion, 1e-13));
  }
}

TEST_CASE("the log-likelihood of a linear Gaussian model is its exact marginal") {
  std::vector<Pair> pairs;
  for (int i = 0; i < 50; ++i) {
    pairs.push_back({100 + 3 * test::number<double>(1, i), 0.01 * test::number<double>(2, i)});
  }
  auto model = record_vae<Pair, double, 1>(pairs);
  const double weight[2] = {0.8, -0.5};
  const double bias[2] = {0.1, -0.2};
  const double raw[2] = {-0.5, -1.5};
  auto& decoder = std::get<0>(model.decoder.inner.layers);
  double variance[2];
  double precision = 1;
  for (int i = 0; i < 2; ++i) {
    decoder.weight.value()(i, 0) = weight[i];
    decoder.bias.value()(i, 0) = bias[i];
    model.likelihood.common.data()[i] = raw[i];
    const double d = raw[i] - std::log(1e-3);
    variance[i] = std::exp(2 * (std::log(1e-3) + 0.5 * (d + std::sqrt(d * d + 1))));
    precision += weight[i] * weight[i] / variance[i];
  }
  // the exact posterior of a complete pair: rows mean and log-variance; columns x, y, whether y is there
  auto& encoder = std::get<0>(model.encoder.inner.network.layers);
  encoder.weight.value().setZero();
  encoder.bias.value().setZero();
  for (int i = 0; i < 2; ++i) {
    encoder.weight.value()(0, i) = weight[i] / variance[i] / precision;
    encoder.bias.value()(0, 0) -= bias[i] * weight[i] / variance[i] / precision;
  }
  encoder.bias.value()(1, 0) = log_variance_bound * std::atanh(-std::log(precision) / log_variance_bound);

  const auto& scaling = model.likelihood.scaling().values;
  for (std::size_t j = 0; j < 10; ++j) {
    const double u = scaling[0].apply(pairs[j].x) - bias[0];
    const double v = scaling[1].apply(*pairs[j].y) - bias[1];
    const double a = weight[0] * weight[0] + variance[0];
    const double b = weight[1] * weight[1] + variance[1];
    const double c = weight[0] * weight[1];
    const double determinant = a * b - c * c;
    const double exact = -0.5 * (b * u * u - 2 * c * u * v + a * v * v) / determinant - 0.5 * std::log(determinant) -
                         std::log(2 * std::numbers::pi * scaling[0].scale * scaling[1].scale);
    // With the exact posterior every weight is the marginal: one draw suffices.
    CHECK_THAT(model.log_likelihood(pairs[j], 1), WithinAbs(exact, 1e-11));
    CHECK_THAT(model.log_likelihood(pairs[j], 3000, 7), WithinAbs(exact, 1e-11));
    const auto codes = model.encode(pairs[j]);
    const double mean = (weight[0] * u / variance[0] + weight[1] * v / variance[1]) / precision;
    CHECK_THAT(codes.mean(0, 0), WithinAbs(mean, 1e-12));
    CHECK_THAT(model.reconstruct(pairs[j]).x, WithinRel(scaling[0].invert(bias[0] + weight[0] * mean), 1e-12));
  }
  // With another posterior, here the prior, it is found by many draws; what is missing is left out of the marginal.
  encoder.weight.value().setZero();
  encoder.bias.value().setZero();
  for (std::size_t j = 0; j < 10; ++j) {
    const double u = scaling[0].apply(pairs[j].x) - bias[0];
    const double a = weight[0] * weight[0] + variance[0];
    const double of_x = -0.5 * u * u / a - 0.5 * std::log(2 * std::numbers::pi * a) - std::log(scaling[0].scale);
    CHECK_THAT(model.log_likelihood({pairs[j].x, {}}, 20000), WithinAbs(of_x, 0.03));
  }
  CHECK(error_text<ArgumentError>([&] { (void)model.log_likelihood(pairs[0], 0); }) ==
        "RecordVae::log_likelihood: draws: expected at least 1, got 0");
}

TEST_CASE("one record, constant columns and columns without a value train, with a sentence each") {
  const FitOptions options{.epochs = 40, .batch = 4, .learning_rate = 0.05};
  const auto check = [&](const Specimens& all, std::size_t warnings) {
    auto model = dense_model<float>(all);
    const History history = fit(model, all, BetaElbo{1.0}, options);
    CHECK(history.warnings.size() == warnings);
    CHECK(history.warnings == model.likelihood.warnings());
    CHECK(std::isfinite(history.back().distortion));
    CHECK(history.back().distortion < history.front().distortion);
    for (const double nats : model.surprise(all[0])) {
      CHECK(std::isfinite(nats));
    }
  };
  auto all = test::specimens(20);
  check(all, 0);
  check(Specimens{all[5]}, RecordLayout<Specimen>::count - 1);  // all but the weight
  for (Specimen& s : all) {
    s.mass.reset();
    s.length = 12;
    s.share = 3;
    s.heading = 1;
  }
  check(all, 4);
}

TEST_CASE("a model refuses bad records before it changes, and names the field") {
  const auto all = test::specimens(40);
  auto model = dense_model<float>(all);
  const auto weights = [&] {
    std::vector<float> numbers;
    visit_parameters(model, [&](const std::string&, auto& parameter) {
      numbers.insert(numbers.end(), parameter.data(), parameter.data() + parameter.size());
    });
    return numbers;
  };
  const auto before = weights();
  auto bad = all;
  bad[39].doses[1] = -2;
  const std::string expected = ": doses[1]: expected a finite value above 0 (denormal numbers count as 0), got -2";
  CHECK(error_text<DataError>([&] { (void)fit(model, bad, BetaElbo{1.0}, {.epochs = 1, .batch = 8}); }) ==
        "Specimen: record 39" + expected);
  CHECK(test::same_bits(before, weights()));
  CHECK(error_text<DataError>([&] { (void)evaluate(model, bad); }) == "Specimen: record 39" + expected);
  for (const auto& call : std::initializer_list<std::function<void()>>{
           [&] { (void)model.surprise(bad[39]); }, [&] { (void)model.reconstruct(bad[39]); },
           [&] { (void)model.impute(bad[39]); }, [&] { (void)model.impute(bad[39], 1); },
           [&] { (void)model.encode(bad[39]); }, [&] { (void)model.negative_elbo(bad[39]); },
           [&] { (void)model.log_likelihood(bad[39], 1); }}) {
    CHECK(error_text<DataError>(call) == "Specimen: record 0" + expected);
  }
  Specimen without_exposure = all[0];
  without_exposure.time = 0;
  CHECK(error_text<DataError>([&] { (void)model.sample(1, without_exposure); }) ==
        "Specimen: record 0: time: expected an exposure that is finite and above 0, got 0");
}
