// SPDX-License-Identifier: MIT
#include <betavae/io/save.hpp>
#include <betavae/train/objective/factor_vae.hpp>
#include <betavae/vae/likelihood/bernoulli.hpp>

#include "catch.hpp"
#include "error_text.hpp"
#include "io/temporary_folder.hpp"
#include "model_check.hpp"
#include "numbers.hpp"

#include <limits>
#include <memory>
#include <numbers>
#include <vector>

namespace bv = betavae;
using bv::test::contains;
using bv::test::error_text;
using bv::test::normals;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

/// Terms whose codes are these constants; rate and distortion as given.
auto terms_of(bv::Tape<double>& tape, const bv::Matrix<double>& z, std::uint64_t step = 0,
              const double* weights = nullptr) {
  static const bv::Matrix<double> rate = bv::Matrix<double>{{0.5}, {1.5}};
  static const bv::Matrix<double> distortion = bv::Matrix<double>{{7}};
  const auto codes = bv::constant(tape, z);
  return bv::ElboTerms{bv::constant(tape, rate),
                       bv::constant(tape, distortion),
                       bv::GaussianPosterior{codes, codes},
                       codes,
                       weights,
                       step,
                       bv::NoDrawTerms{}};
}

template <class Objective>
void learn(Objective& objective, const bv::Matrix<double>& z, std::uint64_t step = 0) {
  bv::Tape<double> tape;
  objective.end_step(terms_of(tape, z, step));
}

template <class Objective>
std::vector<double> discriminator_of(const Objective& objective) {
  std::vector<double> all;
  bv::visit_parameters(objective, [&](const std::string&, const auto& parameter) {
    all.insert(all.end(), parameter.data(), parameter.data() + parameter.size());
  });
  return all;
}

/// A smooth discriminator of two latents.
auto smooth(const bv::FactorVaeOptions& options = {}) {
  return bv::FactorVae(bv::dense_network<double, 2, 5, 4, 1>({.activation = bv::Activation::tanh, .seed = 3}), options);
}

/// Keeps what it is shown, and gives its first row as logits.
struct Recorder {
  using Scalar = double;
  static constexpr int inputs = 2;
  static constexpr int outputs = 1;
  std::shared_ptr<bv::Matrix<double>> shown = std::make_shared<bv::Matrix<double>>();
  bv::Parameter<double, 1, 2> weight;
  bv::Parameter<double, 1, 1> bias;

  template <class Context, bv::Operand Z>
  auto operator()(Context& context, const Z& z) const {
    *shown = z.value();
    return bv::dense(z, context.parameter(weight), context.parameter(bias));
  }
  template <class Visitor>
  void visit(Visitor&& visitor) {
    visitor("weight", weight);
    visitor("bias", bias);
  }
};

}  // namespace

TEST_CASE("FactorVAE's loss is distortion + rate + gamma times the mean logit", "[train][factor_vae]") {
  const bv::Matrix<double> z = normals(2, 9, 1);
  const auto objective = smooth({.gamma = 6});
  bv::Tape<double> tape;
  bv::Evaluating<double> context(tape);
  const bv::Matrix<double> logits = objective.discriminator()(context, bv::constant(tape, z)).value();
  const auto value = objective(terms_of(tape, z));
  CHECK_THAT(value.loss.value()(0, 0), WithinRel(7 + 2 + 6 * logits.mean(), 1e-14));
  CHECK(value.named[0].name == "total correlation");
  CHECK_THAT(value.named[0].value, WithinRel(logits.mean(), 1e-14));
  CHECK(value.named[0].kind == bv::NumberKind::nats);
  CHECK(value.named[1].name == "discriminator cross entropy");
  CHECK(value.named[1].value == std::numbers::ln2);  // nothing learned yet
  CHECK(objective.settings()[0].value == 6);
  const std::vector<double> weights{1, 2, 3, 4, 5, 6, 7, 8, 9};
  double weighted = 0;
  for (bv::Index j = 0; j < 9; ++j) {
    weighted += weights[static_cast<std::size_t>(j)] * logits(0, j) / 45;
  }
  CHECK_THAT(objective(terms_of(tape, z, 0, weights.data())).named[0].value, WithinRel(weighted, 1e-13));
}

TEST_CASE("The gradient of FactorVAE's loss in the model is right, the discriminator standing still",
          "[train][factor_vae]") {
  const bv::Vae model{bv::dense_encoder<double, 4, 3, 2>({.activation = bv::Activation::tanh}),
                      bv::dense_decoder<double, 2, 3, 4>({.activation = bv::Activation::tanh}), bv::Bernoulli{}};
  const auto objective = smooth({.gamma = 3});
  const auto loss = [&](const auto& terms) { return objective(terms).loss; };
  const bv::Matrix<double> x = bv::test::uniforms(4, 5, 2);
  CHECK(bv::test::worst_gradient_error(model, loss, bv::GaussianNoise(4), x) <= bv::GradientCheck::tolerance);
}

TEST_CASE(
    "The discriminator goes down the gradient of its cross entropy, codes of one half against the other's permuted",
    "[train][factor_vae]") {
  // With so great an ε and as great a learning rate, Adam's first step is the gradient.
  constexpr double huge = 1e9;
  for (const bv::Index samples : {3, 4, 7, 16}) {
    const bv::Matrix<double> z = normals(2, samples, 5);
    auto objective = smooth({.learning_rate = huge, .adam = {.epsilon = huge}, .seed = 8});
    auto network = objective.discriminator();
    const std::vector<double> before = discriminator_of(objective);
    learn(objective, z, 12);
    const std::vector<double> after = discriminator_of(objective);

    const bv::Index half = samples / 2;
    bv::Matrix<double> codes = z;
    bv::permute_across_samples<double>({codes.col(half).data(), 2, samples - half, 2},
                                       bv::Random(8, bv::Stream::permutation), 12);
    const auto cross_entropy = [&] {
      bv::Tape<double> tape;
      bv::Evaluating<double> context(tape);
      const bv::Matrix<double> logits = network(context, bv::constant(tape, codes)).value();
      double real = 0;
      double mixed = 0;
      for (bv::Index j = 0; j < samples; ++j) {
        (j < half ? real : mixed) += std::log1p(std::exp(j < half ? -logits(0, j) : logits(0, j)));
      }
      return 0.5 * real / static_cast<double>(half) + 0.5 * mixed / static_cast<double>(samples - half);
    };
    CHECK_THAT(objective.discriminator_cross_entropy(), WithinRel(cross_entropy(), 1e-13));
    std::size_t i = 0;
    double worst = 0;
    bv::visit_parameters(network, [&](const std::string&, auto& parameter) {
      for (bv::Index n = 0; n < parameter.size(); ++n, ++i) {
        double& number = parameter.data()[n];
        const double original = number;
        constexpr double step = 1e-3;
        const auto at = [&](int steps) {
          number = original + steps * step;
          return cross_entropy();
        };
        const double slope = (at(-2) - 8 * at(-1) + 8 * at(1) - at(2)) / (12 * step);
        number = original;
        worst = std::max(worst, std::abs(before[i] - after[i] - slope));
      }
    });
    CHECK(i == before.size());
    CHECK(worst <= 1e-8);
  }
}

TEST_CASE("The first half of the codes is shown as it is, the other with each dimension's numbers permuted",
          "[train][factor_vae]") {
  bv::FactorVae objective{Recorder{}};
  bv::Matrix<double> z(2, 41);
  for (bv::Index j = 0; j < z.cols(); ++j) {
    z.col(j).setConstant(static_cast<double>(j));
  }
  learn(objective, z);
  const bv::Matrix<double> shown = *objective.discriminator().shown;
  CHECK(shown.leftCols(20) == z.leftCols(20));
  bv::Index from_one_sample = 0;
  for (const bv::Index row : {0, 1}) {
    std::vector<double> numbers(shown.row(row).begin() + 20, shown.row(row).end());
    std::sort(numbers.begin(), numbers.end());
    CHECK(numbers == std::vector<double>(z.row(row).begin() + 20, z.row(row).end()));
  }
  for (bv::Index j = 20; j < 41; ++j) {
    from_one_sample += shown(0, j) == shown(1, j) ? 1 : 0;
  }
  CHECK(from_one_sample <= 4);  // one in the mean; all 21, had both dimensions the same permutation
}

TEST_CASE("The codes are constants for the discriminator", "[train][factor_vae]") {
  auto objective = smooth();
  bv::Tape<double> tape;
  const auto z = bv::make_variable<2>(tape, 2, 8);
  bv::detail::map<2>(z.value_view()) = normals(2, 8, 1);
  z.adjoint().setConstant(0.25);
  const bv::Matrix<double> one = bv::Matrix<double>::Ones(1, 1);
  objective.end_step(bv::ElboTerms{bv::constant(tape, one), bv::constant(tape, one), 0, z});
  CHECK(objective.updates() == 1);
  CHECK((z.adjoint().array() == 0.25).all());
}

TEST_CASE("One code or two teach the discriminator nothing, and from three on, an odd number too, it learns",
          "[train][factor_vae]") {
  auto objective = smooth();
  const std::vector<double> before = discriminator_of(objective);
  for (const bv::Index samples : {1, 2}) {
    learn(objective, normals(2, samples, 1));
    CHECK(objective.updates() == 0);
    CHECK(discriminator_of(objective) == before);
    CHECK(objective.discriminator_cross_entropy() == std::numbers::ln2);
    bv::Tape<double> tape;
    const bv::Matrix<double> z = normals(2, samples, 1);
    CHECK(std::isfinite(objective(terms_of(tape, z)).loss.value()(0, 0)));
  }
  learn(objective, normals(2, 3, 1));
  CHECK(objective.updates() == 1);
  CHECK(discriminator_of(objective) != before);
}

TEST_CASE("A copy of FactorVae is a copy: each goes its own way from there", "[train][factor_vae]") {
  auto first = smooth({.learning_rate = 0.01});
  for (std::uint64_t step = 0; step < 3; ++step) {
    learn(first, normals(2, 8, step), step);
  }
  auto second = first;
  auto third = smooth();
  third = first;
  CHECK(discriminator_of(second) == discriminator_of(first));
  CHECK(second.discriminator_cross_entropy() == first.discriminator_cross_entropy());
  const std::vector<double> kept = discriminator_of(first);
  for (std::uint64_t step = 3; step < 6; ++step) {
    learn(second, normals(2, 8, step), step);
  }
  CHECK(discriminator_of(first) == kept);
  for (std::uint64_t step = 3; step < 6; ++step) {
    learn(first, normals(2, 8, step), step);
    learn(third, normals(2, 8, step), step);
  }
  CHECK(discriminator_of(first) == discriminator_of(second));  // moments too were the copy's own
  CHECK(discriminator_of(first) == discriminator_of(third));
  auto moved = std::move(first);
  learn(moved, normals(2, 8, 6), 6);
  learn(second, normals(2, 8, 6), 6);
  CHECK(discriminator_of(moved) == discriminator_of(second));
}

TEST_CASE("A file keeps the discriminator, by its names, and refuses another", "[train][factor_vae]") {
  const bv::test::TemporaryFolder folder;
  const std::string path = folder.file("objective.safetensors");
  auto objective = smooth({.learning_rate = 0.1});
  learn(objective, normals(2, 16, 1));
  bv::save(path, objective);
  CHECK(bv::read_safetensors(path).find("discriminator.0.weight") != nullptr);
  auto other = smooth();
  CHECK(discriminator_of(other) != discriminator_of(objective));
  learn(other, normals(2, 16, 2));  // so that it has made what it trains with
  bv::load(path, other);
  CHECK(discriminator_of(other) == discriminator_of(objective));
  learn(other, normals(2, 16, 3));
  CHECK(discriminator_of(other) != discriminator_of(objective));  // what is trained is what was loaded
  auto rectified = bv::FactorVae(bv::dense_network<double, 2, 5, 4, 1>());
  CHECK(contains(error_text<bv::FileError>([&] { bv::load(path, rectified); }), "discriminator.0.activation"));
}

TEST_CASE("Codes that are not finite stop before the discriminator changes", "[train][factor_vae]") {
  auto objective = smooth();
  const std::vector<double> before = discriminator_of(objective);
  bv::Matrix<double> z = normals(2, 8, 1);
  z(1, 3) = std::nan("");
  CHECK(contains(error_text<bv::NotFiniteError>([&] { learn(objective, z, 4); }),
                 "FactorVae: step 5: the discriminator's cross entropy is"));
  CHECK(discriminator_of(objective) == before);
  learn(objective, normals(2, 8, 1));
  CHECK(objective.updates() == 1);
}

TEST_CASE("Samples with weights, and batches that nothing can be learned from, are refused before training",
          "[train][factor_vae]") {
  const auto objective = smooth();
  CHECK(objective.begin_training({.samples = 100, .batch = 3, .steps = 10}).empty());
  CHECK(contains(error_text<bv::ArgumentError>([&] {
                   (void)objective.begin_training({.samples = 100, .batch = 8, .steps = 10, .has_weights = true});
                 }),
                 "FactorVae: weights of samples: expected none"));
  CHECK(contains(
      error_text<bv::ArgumentError>([&] { (void)objective.begin_training({.samples = 100, .batch = 2, .steps = 10}); }),
      "FactorVae: options.batch: expected at least 3"));
  CHECK(contains(
      error_text<bv::ArgumentError>([&] { (void)objective.begin_training({.samples = 2, .batch = 8, .steps = 10}); }),
      "FactorVae: samples: expected at least 3, got 2"));
}

TEST_CASE("A gamma below 0 and a learning rate that is not above 0 are refused by name", "[train][factor_vae]") {
  constexpr double infinite = std::numeric_limits<double>::infinity();
  for (const double bad : {-1.0, infinite, std::nan("")}) {
    CHECK(contains(error_text<bv::ArgumentError>([&] { (void)smooth({.gamma = bad}); }),
                   "FactorVae: options.gamma: expected a finite number of at least 0, got"));
  }
  for (const double bad : {0.0, -1.0, infinite, std::nan("")}) {
    CHECK(contains(error_text<bv::ArgumentError>([&] { (void)smooth({.learning_rate = bad}); }),
                   "FactorVae: options.learning_rate: expected a finite number above 0, got"));
  }
  CHECK_THROWS_AS(smooth({.adam = {.first_decay = 1}}), bv::ArgumentError);
}

TEST_CASE("The discriminator of the paper has six layers, five of a thousand", "[train][factor_vae]") {
  CHECK(std::is_same_v<decltype(bv::factor_vae<3>()), decltype(bv::factor_vae<3, 1000, 1000, 1000, 1000, 1000>())>);
  const auto objective = bv::factor_vae<double, 3, 10, 7>();
  CHECK(bv::count_parameters(objective) == 4 * 10 + 11 * 7 + 8);
  CHECK(objective.gamma() == 35);
  CHECK(contains(objective.schema().at(1), "discriminator.0.activation: leaky_relu"));
}

TEST_CASE("FactorVAE refuses several draws a sample, with weights and without", "[train][factor_vae]") {
  const bv::Vae model{bv::dense_encoder<double, 4, 3, 2>(), bv::dense_decoder<double, 2, 3, 4>(), bv::Bernoulli{}};
  const bv::Matrix<double> x = bv::test::uniforms(4, 5, 2);
  const std::vector<double> weights{1, 2, 3, 4, 5};
  for (const double* of_samples : {static_cast<const double*>(nullptr), weights.data()}) {
    bv::Tape<double> tape;
    bv::Evaluating<double> context(tape);
    bv::Observed observed{bv::constant(tape, x)};
    observed.weights = of_samples;
    const auto terms = model.terms(context, observed, bv::GaussianNoise(4), 0, 0, 2);
    CHECK(error_text<bv::ArgumentError>([&] { (void)smooth()(terms); }) ==
          "FactorVae: expected as many codes as samples (one draw of each), got 10 and 5");
  }
}
