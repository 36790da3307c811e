// SPDX-License-Identifier: MIT
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/likelihood/gaussian.hpp>
#include <betavae/vae/vae.hpp>

#include "catch.hpp"
#include "model_check.hpp"

#include <limits>
#include <tuple>

namespace bv = betavae;
using bv::test::all_gradients;
using bv::test::contains;
using bv::test::error_text;
using bv::test::normals;
using bv::test::uniforms;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

const bv::DenseOptions smooth{.activation = bv::Activation::tanh};

template <int Features, int Latents, class Likelihood>
auto small_model(const Likelihood& likelihood) {
  return bv::Vae{bv::dense_encoder<double, Features, 5, Latents>(smooth),
                 bv::dense_decoder<double, Latents, 5, Features>(smooth), likelihood};
}

auto bernoulli_model() { return small_model<7, 3>(bv::Bernoulli{}); }

/// The same noise for every sample, so that a sample twice is the same as its double weight.
struct SameForEverySample {
  template <class Scalar>
  void fill(bv::MatrixView<Scalar> values, std::uint64_t /*step*/, std::uint64_t /*first_sample*/) const {
    for (bv::Index j = 0; j < values.columns; ++j) {
      bv::Random(1).fill_normals(values.column(j), values.rows, 0, 0);
    }
  }
};

/// What a model's gradient check has beside the values: missing values, weights, offsets.
struct Everything {
  std::vector<std::uint8_t> mask;
  std::vector<double> weights;
  std::vector<double> offsets;

  Everything(bv::Index features, bv::Index samples)
      : mask(static_cast<std::size_t>(features * samples), 1),
        weights(static_cast<std::size_t>(samples)),
        offsets(static_cast<std::size_t>(samples)) {
    for (std::size_t i = 0; i < mask.size(); i += 4) {
      mask[i] = 0;
    }
    for (std::size_t j = 0; j < weights.size(); ++j) {
      weights[j] = 0.5 + static_cast<double>(j);
      offsets[j] = 0.3 * static_cast<double>(j) - 0.5;
    }
  }
  [[nodiscard]] bv::test::Beside<double> view() const { return {mask.data(), weights.data(), offsets.data()}; }
};

/// Sizes at run time: one type for all of them, which spares the compiler.
template <class Likelihood>
auto model_of_size(bv::Index features, bv::Index latents, const Likelihood& likelihood) {
  using Layer = bv::Dense<bv::dynamic, bv::dynamic, double>;
  bv::GaussianEncoder encoder{bv::Sequential{Layer(features, 5, bv::Activation::tanh), Layer(5, 2 * latents)}};
  bv::Sequential decoder{Layer(latents, 5, bv::Activation::tanh), Layer(5, features)};
  encoder.network.initialise(bv::Initialiser::pytorch, {1, bv::Stream::encoder_weights, 0});
  decoder.initialise(bv::Initialiser::pytorch, {1, bv::Stream::decoder_weights, 0});
  return bv::Vae{std::move(encoder), std::move(decoder), likelihood};
}

/// Features and latents around the widths of vectors (2, 4 and 8 doubles), one sample and several, alone and with everything
/// that may stand beside them.
template <class Likelihood>
void check_gradients_at_all_sizes(const Likelihood& likelihood) {
  struct Size {
    bv::Index features;
    bv::Index latents;
  };
  const bv::BetaElbo objective{1.7};
  for (const auto& [features, latents] : {Size{1, 1}, Size{3, 0}, Size{7, 3}, Size{8, 8}, Size{9, 7}, Size{17, 9}}) {
    const auto model = model_of_size(features, latents, likelihood);
    for (const bv::Index samples : {1, 5}) {
      INFO(features << " features, " << latents << " latents, " << samples << " samples");
      const bv::Matrix<double> x = uniforms(features, samples, 1);
      CHECK(bv::test::worst_gradient_error(model, objective, bv::GaussianNoise(1), x) <= bv::GradientCheck::tolerance);
      if (features > 1) {
        const Everything everything(features, samples);
        CHECK(bv::test::worst_gradient_error(model, objective, bv::GaussianNoise(1), x, everything.view()) <=
              bv::GradientCheck::tolerance);
      }
    }
  }
}

/// A model of each likelihood.
template <class Function>
void for_each_model(const Function& function) {
  function(bernoulli_model());
  function(small_model<7, 3>(bv::Gaussian{0.5}));
  function(small_model<7, 3>(bv::GaussianLearnedSigma<double>{0.5}));
  function(small_model<7, 3>(bv::GaussianOptimalSigma{}));
}

}  // namespace

TEST_CASE("The whole model with Bernoulli has the right gradient in every parameter", "[vae][gradient]") {
  check_gradients_at_all_sizes(bv::Bernoulli{});
}

TEST_CASE("The whole model with a fixed sigma has the right gradient in every parameter", "[vae][gradient]") {
  check_gradients_at_all_sizes(bv::Gaussian{0.5});
}

TEST_CASE("The whole model with a learned sigma has the right gradient in every parameter", "[vae][gradient]") {
  check_gradients_at_all_sizes(bv::GaussianLearnedSigma<double>{0.5});
}

TEST_CASE("The whole model with the optimal sigma has the right gradient in every parameter", "[vae][gradient]") {
  check_gradients_at_all_sizes(bv::GaussianOptimalSigma{});
}

TEST_CASE("Recording and evaluating give the same numbers", "[vae]") {
  for_each_model([](auto model) {
    if constexpr (std::is_same_v<decltype(model.likelihood), bv::GaussianOptimalSigma>) {
      return;  // its sigma is the batch's own only while training
    }
    const bv::Matrix<double> x = uniforms(7, 5, 1);
    const auto recorded = bv::test::differentiate(model, bv::BetaElbo{2}, bv::GaussianNoise(1), x);
    CHECK(recorded.loss == bv::test::loss_of(model, bv::BetaElbo{2}, bv::GaussianNoise(1), x));
  });
}

TEST_CASE("What an optimal sigma measures does not depend on how the data are cut into batches", "[vae]") {
  const auto model = small_model<7, 3>(bv::GaussianOptimalSigma{});
  const bv::Matrix<double> x = normals(7, 6, 1);
  const auto all = model.negative_elbo(x);
  const auto first = model.negative_elbo(x.leftCols(3));
  const bv::Vae fixed{model.encoder, model.decoder, bv::Gaussian{model.likelihood.sigma()}};
  CHECK(all.distortion == fixed.negative_elbo(x).distortion);
  CHECK(first.distortion == fixed.negative_elbo(x.leftCols(3)).distortion);
}

TEST_CASE("Results have the documented shapes", "[vae]") {
  const auto model = bernoulli_model();
  for (const bv::Index samples : {0, 1, 5}) {
    const bv::Matrix<double> x = uniforms(7, samples, 1);
    const auto codes = model.encode(x);
    CHECK(codes.mean.rows() == 3);
    CHECK(codes.mean.cols() == samples);
    CHECK(codes.log_variance.rows() == 3);
    CHECK(codes.log_variance.cols() == samples);
    CHECK(model.decode(codes.mean).rows() == 7);
    CHECK(model.decode(codes.mean).cols() == samples);
    CHECK(model.reconstruct(x).rows() == 7);
    CHECK(model.reconstruct(x).cols() == samples);
    CHECK(model.sample_prior(samples, 1).rows() == 3);
    CHECK(model.sample_prior(samples, 1).cols() == samples);
    CHECK(model.sample(samples, 1).rows() == 7);
    CHECK(model.sample(samples, 1).cols() == samples);
  }
}

TEST_CASE("A reconstruction is the point estimate at the posterior's mean", "[vae]") {
  const auto model = bernoulli_model();
  const bv::Matrix<double> x = uniforms(7, 5, 1);
  const auto logits = model.decode_parameters(model.encode(x).mean);
  CHECK((model.reconstruct(x) == model.likelihood.point_estimate(logits)));
  CHECK((model.reconstruct(x).array() > 0 && model.reconstruct(x).array() < 1).all());
}

TEST_CASE("Samples depend on the seed alone, and are values of the likelihood's kind", "[vae]") {
  const auto model = bernoulli_model();
  const auto samples = model.sample(200, 1);
  CHECK((samples == model.sample(200, 1)));
  CHECK((samples != model.sample(200, 2)));
  CHECK((samples.leftCols(50) == model.sample(50, 1)));
  CHECK((samples.array() == 0 || samples.array() == 1).all());
  CHECK(error_text<bv::ArgumentError>([&] { (void)model.sample(-1, 1); }) ==
        "Vae::sample_prior: count: expected at least 0, got -1");
}

TEST_CASE("The negative ELBO is rate and distortion of one draw a sample", "[vae]") {
  for_each_model([](const auto& model) {
    const bv::Matrix<double> x = uniforms(7, 5, 1);
    const auto elbo = model.negative_elbo(x, 3);
    const bv::GaussianNoise noise(3, bv::Stream::evaluation);
    CHECK_THAT(elbo.loss(2.5), WithinRel(bv::test::loss_of(model, bv::BetaElbo{2.5}, noise, x), 1e-14));
    CHECK_THAT(elbo.distortion, WithinRel(bv::test::loss_of(model, bv::BetaElbo{0}, noise, x), 1e-14));
    CHECK(elbo.loss() == elbo.distortion + elbo.rate);
    CHECK(elbo.rate > 0);
    CHECK(model.negative_elbo(x, 3).distortion == elbo.distortion);
    CHECK(model.negative_elbo(x, 4).distortion != elbo.distortion);
    CHECK(model.negative_elbo(x, 4).rate == elbo.rate);
  });
}

TEST_CASE("One sample is a batch", "[vae]") {
  for_each_model([](const auto& model) {
    const bv::Matrix<double> x = uniforms(7, 1, 1);
    CHECK(std::isfinite(model.negative_elbo(x).loss()));
    CHECK(model.reconstruct(x).allFinite());
  });
}

TEST_CASE("Expressions, blocks, maps, vectors and row-major matrices are inputs like a matrix", "[vae]") {
  const auto model = bernoulli_model();
  const bv::Matrix<double> x = uniforms(14, 6, 1);
  const bv::Matrix<double> block = x.block(2, 1, 7, 2);
  const auto check = [&](const auto& input, const bv::Matrix<double>& same) {
    CHECK((model.encode(input).mean == model.encode(same).mean));
    CHECK((model.reconstruct(input) == model.reconstruct(same)));
    CHECK(model.negative_elbo(input).loss() == model.negative_elbo(same).loss());
  };
  check(x.block(2, 1, 7, 2), block);
  check(x.block(2, 1, 7, 2) * 0.5, 0.5 * block);
  check(block.leftCols(2) * 1, block);
  check(x.topRows(7).col(1), x.topRows(7).col(1));
  check(Eigen::Map<const bv::Matrix<double>>(x.data(), 7, 12), Eigen::Map<const bv::Matrix<double>>(x.data(), 7, 12));
  check(Eigen::Matrix<double, 7, 2, Eigen::RowMajor>(block), block);
  check(Eigen::Matrix<double, 7, 2>(block), block);
  check(x.transpose().topRows(6).leftCols(7).transpose(), x.topRows(7).leftCols(6));
  const bv::Matrix<double> every_other = Eigen::Map<const bv::Matrix<double>, 0, Eigen::Stride<14, 2>>(x.data(), 7, 6);
  check(Eigen::Map<const bv::Matrix<double>, 0, Eigen::Stride<14, 2>>(x.data(), 7, 6), every_other);
  const bv::Matrix<double> mixing = 0.1 * uniforms(7, 14, 2);
  check(mixing * x, (mixing * x).eval());

  const auto one_feature = small_model<1, 1>(bv::Bernoulli{});
  const Eigen::RowVectorXd row = x.row(0);
  CHECK(one_feature.negative_elbo(row).loss() == one_feature.negative_elbo(bv::Matrix<double>(row)).loss());
  CHECK(one_feature.negative_elbo(x.row(0)).loss() == one_feature.negative_elbo(bv::Matrix<double>(row)).loss());
}

TEST_CASE("The wrong number of features is refused with both numbers", "[vae]") {
  const auto model = bernoulli_model();
  const bv::Matrix<double> x = uniforms(6, 2, 1);
  const std::string expected = "Vae: expected as many rows of the data as inputs of the network, got 6 and 7";
  CHECK(error_text<bv::ArgumentError>([&] { (void)model.encode(x); }) == expected);
  CHECK(error_text<bv::ArgumentError>([&] { (void)model.reconstruct(x); }) == expected);
  CHECK(error_text<bv::ArgumentError>([&] { (void)model.negative_elbo(x); }) == expected);
  CHECK(error_text<bv::ArgumentError>([&] { (void)model.decode(x); }) ==
        "Vae: expected as many rows of the data as inputs of the network, got 6 and 3");
  CHECK(contains(
      error_text<bv::ArgumentError>([&] { (void)bv::test::loss_of(model, bv::BetaElbo{1}, bv::NoNoise{}, x); }),
      "got 7 and 6"));
}

TEST_CASE("No samples have no negative ELBO", "[vae]") {
  CHECK_THROWS_AS(bernoulli_model().negative_elbo(bv::Matrix<double>(7, 0)), bv::ArgumentError);
}

TEST_CASE("A pixel that the likelihood does not take is refused by feature and sample", "[vae]") {
  const auto model = bernoulli_model();
  for (const double pixel : {-0.1, 1.1, std::nan("")}) {
    bv::Matrix<double> x = uniforms(7, 4, 1);
    x(5, 2) = pixel;
    CHECK(contains(error_text<bv::DataError>([&] { (void)model.negative_elbo(x); }),
                   "Bernoulli: feature 5 of sample 2: expected a value in [0, 1], got"));
  }
  bv::Matrix<double> x = uniforms(7, 4, 1);
  x(0, 3) = std::nan("");
  CHECK(contains(error_text<bv::DataError>([&] { (void)small_model<7, 3>(bv::Gaussian{}).negative_elbo(x); }),
                 "Gaussian: feature 0 of sample 3: expected a finite value, got nan"));
}

TEST_CASE("What is stored in a missing value changes nothing, bit for bit, through the whole model", "[vae][mask]") {
  for_each_model([](auto model) {
    bv::Matrix<double> x = uniforms(7, 5, 1);
    std::vector<std::uint8_t> mask(35, 1);
    mask[2] = mask[7] = mask[20] = 0;
    const auto run = [&] {
      return bv::test::differentiate(model, bv::BetaElbo{2}, bv::GaussianNoise(1), x, {mask.data()});
    };
    const auto before = run();
    CHECK(std::isfinite(before.loss));
    for (const double stored : {0.0, -3.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
      x(2, 0) = x(0, 1) = x(6, 2) = stored;
      const auto after = run();
      CHECK(after.loss == before.loss);
      CHECK(after.distortion == before.distortion);
      CHECK((after.rate_per_dimension == before.rate_per_dimension));
      CHECK(all_gradients(after.gradients) == all_gradients(before.gradients));
    }
  });
}

TEST_CASE("A mask of ones changes nothing", "[vae][mask]") {
  for_each_model([](auto model) {
    const bv::Matrix<double> x = uniforms(7, 5, 1);
    const std::vector<std::uint8_t> mask(35, 1);
    const auto with = bv::test::differentiate(model, bv::BetaElbo{2}, bv::GaussianNoise(1), x, {mask.data()});
    const auto without = bv::test::differentiate(model, bv::BetaElbo{2}, bv::GaussianNoise(1), x);
    CHECK(with.loss == without.loss);
    CHECK(all_gradients(with.gradients) == all_gradients(without.gradients));
  });
}

TEST_CASE("A sample of weight 2 is that sample twice", "[vae][weights]") {
  for_each_model([](auto model) {
    const bv::Matrix<double> x = uniforms(7, 3, 1);
    bv::Matrix<double> twice(7, 4);
    twice << x.leftCols(2), x.col(1), x.col(2);
    const double weights[] = {1, 2, 1};
    const auto weighted = bv::test::differentiate(model, bv::BetaElbo{2}, SameForEverySample{}, x, {nullptr, weights});
    const auto repeated = bv::test::differentiate(model, bv::BetaElbo{2}, SameForEverySample{}, twice);
    CHECK_THAT(weighted.distortion, WithinRel(repeated.distortion, 1e-14));
    CHECK((weighted.rate_per_dimension - repeated.rate_per_dimension).norm() < 1e-14);
    CHECK(bv::test::relative_distance(all_gradients(weighted.gradients), all_gradients(repeated.gradients)) < 1e-13);
  });
}

TEST_CASE("A sample of weight 0 does not count, and a common factor of all weights cancels", "[vae][weights]") {
  for_each_model([](auto model) {
    const bv::Matrix<double> x = uniforms(7, 3, 1);
    const bv::Matrix<double> two = x.leftCols(2);
    const double weights[] = {0.25, 0.25, 0};
    const auto weighted = bv::test::differentiate(model, bv::BetaElbo{2}, bv::GaussianNoise(1), x, {nullptr, weights});
    const auto plain = bv::test::differentiate(model, bv::BetaElbo{2}, bv::GaussianNoise(1), two);
    CHECK_THAT(weighted.loss, WithinRel(plain.loss, 1e-14));
    CHECK(bv::test::relative_distance(all_gradients(weighted.gradients), all_gradients(plain.gradients)) < 1e-13);
  });
}

TEST_CASE("KL and reconstruction carry the same 1/batch: a batch twice is the batch", "[vae]") {
  for_each_model([](auto model) {
    const bv::Matrix<double> x = uniforms(7, 4, 1);
    bv::Matrix<double> twice(7, 8);
    twice << x, x;
    const auto once = bv::test::differentiate(model, bv::BetaElbo{3}, SameForEverySample{}, x);
    const auto both = bv::test::differentiate(model, bv::BetaElbo{3}, SameForEverySample{}, twice);
    CHECK_THAT(both.loss, WithinRel(once.loss, 1e-14));
    CHECK(bv::test::relative_distance(all_gradients(both.gradients), all_gradients(once.gradients)) < 1e-13);
  });
}

TEST_CASE("A copy is a copy", "[vae]") {
  const auto model = small_model<7, 3>(bv::GaussianLearnedSigma<double>{0.5});
  const bv::Matrix<double> x = uniforms(7, 4, 1);
  const double before = model.negative_elbo(x).loss();
  auto copy = model;
  CHECK(copy.negative_elbo(x).loss() == before);
  bv::visit_parameters(copy, [](const std::string&, auto& parameter) {
    for (bv::Index i = 0; i < parameter.size(); ++i) {
      parameter.data()[i] += 0.1;
    }
  });
  CHECK(copy.negative_elbo(x).loss() != before);
  CHECK(model.negative_elbo(x).loss() == before);
  copy = model;
  CHECK(copy.negative_elbo(x).loss() == before);
}

TEST_CASE("A model shows its parameters by name", "[vae]") {
  const auto model = small_model<7, 3>(bv::GaussianLearnedSigma<double>{0.5});
  std::vector<std::string> names;
  bv::visit_parameters(model, [&](const std::string& name, const auto&) { names.push_back(name); });
  CHECK(names == std::vector<std::string>{"encoder.0.weight", "encoder.0.bias", "encoder.1.weight", "encoder.1.bias",
                                          "decoder.0.weight", "decoder.0.bias", "decoder.1.weight", "decoder.1.bias",
                                          "likelihood.raw_log_sigma"});
  CHECK(bv::count_parameters(model) == (7 * 5 + 5) + (5 * 6 + 6) + (3 * 5 + 5) + (5 * 7 + 7) + 1);
}

TEMPLATE_TEST_CASE("Rate and gradients stay finite however extreme the encoder's log-variances", "[vae]", float,
                   double) {
  const bv::BetaElbo objective{0};  // nothing but the bound holds the rate
  for (const TestType raw : {TestType(1e30), TestType(-1e30)}) {
    bv::Vae model{bv::dense_encoder<TestType, 5, 3>(), bv::dense_decoder<TestType, 3, 5>(), bv::Bernoulli{}};
    std::get<0>(model.encoder.network.layers).bias.value().bottomRows(3).setConstant(raw);
    const bv::Matrix<TestType> x = uniforms<TestType>(5, 4, 1);
    const auto result = bv::test::differentiate(model, bv::BetaElbo{1}, bv::GaussianNoise(1), x);
    CHECK(std::isfinite(result.loss));
    CHECK(std::isfinite(result.gradients.norm()));
    CHECK(static_cast<double>(result.rate()) < 3 * (0.5 * std::exp(16.0) + 10));
    CHECK(std::isfinite(bv::test::differentiate(model, objective, bv::GaussianNoise(1), x).loss));
  }
}

TEST_CASE("In double, means of 1e30 leave rate and gradients finite too", "[vae]") {
  for (const double raw : {1e30, -1e30}) {
    auto model = small_model<5, 3>(bv::Bernoulli{});
    std::get<1>(model.encoder.network.layers).bias.value().setConstant(raw);
    const auto result = bv::test::differentiate(model, bv::BetaElbo{1}, bv::GaussianNoise(1), uniforms(5, 4, 1));
    CHECK(std::isfinite(result.loss));
    CHECK(std::isfinite(result.gradients.norm()));
  }
}

TEST_CASE("A model of long double runs through the reference loops, and agrees with double", "[vae]") {
  using Wide = long double;
  bv::Vae wide{bv::dense_encoder<Wide, 7, 5, 3>(smooth), bv::dense_decoder<Wide, 3, 5, 7>(smooth), bv::Gaussian{0.5}};
  auto narrow = small_model<7, 3>(bv::Gaussian{0.5});
  std::vector<const double*> parameters;
  bv::visit_parameters(narrow, [&](const std::string&, auto& parameter) { parameters.push_back(parameter.data()); });
  std::size_t place = 0;
  bv::visit_parameters(wide, [&](const std::string&, auto& parameter) {
    std::copy_n(parameters[place++], parameter.size(), parameter.data());
  });
  const bv::Matrix<double> x = uniforms(7, 5, 1);
  const bv::Matrix<Wide> wide_x = x.cast<Wide>();
  const auto exact = bv::test::differentiate(wide, bv::BetaElbo{2}, bv::QuadratureNoise{}, wide_x);
  const auto rounded = bv::test::differentiate(narrow, bv::BetaElbo{2}, bv::QuadratureNoise{}, x);
  CHECK_THAT(rounded.loss, WithinRel(static_cast<double>(exact.loss), 1e-13));
  CHECK_THAT(rounded.gradients.norm(), WithinRel(exact.gradients.norm(), 1e-13));
}

TEST_CASE("A model whose sizes are given at run time", "[vae]") {
  using Layer = bv::Dense<bv::dynamic, bv::dynamic, double>;
  bv::Vae model{bv::GaussianEncoder{bv::Sequential{Layer(5, 6)}}, bv::Sequential{Layer(3, 5)}, bv::Bernoulli{}};
  bv::visit_parameters(model, [](const std::string&, auto& parameter) { parameter.value().setZero(); });
  const bv::Matrix<double> x = uniforms(5, 4, 1);
  CHECK(model.encode(x).mean.rows() == 3);
  CHECK(model.reconstruct(x).rows() == 5);
  CHECK(model.negative_elbo(x).rate == 0);  // all its parameters are zero
  CHECK_THAT(model.negative_elbo(x).distortion, WithinAbs(5 * std::log(2.0), 1e-14));
  const bv::Matrix<double> wrong = uniforms(6, 4, 1);
  CHECK(contains(error_text<bv::ArgumentError>([&] { (void)model.encode(wrong); }), "got 5 and 6"));
}
