// SPDX-License-Identifier: MIT
#include <betavae/vae/likelihood/bernoulli.hpp>
#include <betavae/vae/prior.hpp>

#include "catch.hpp"
#include "model_check.hpp"

#include <numbers>

namespace bv = betavae;

namespace {

bv::Matrix<double> draw(bv::Index latents, bv::Index count, std::uint64_t seed, std::uint64_t first_sample = 0) {
  bv::Matrix<double> z(latents, count);
  bv::StandardNormal{}.sample(bv::MatrixView<double>{z.data(), latents, count, latents},
                              bv::Random(seed, bv::Stream::prior), first_sample);
  return z;
}

}  // namespace

TEST_CASE("The standard normal's rate is the Gaussian rate", "[vae][prior]") {
  bv::Tape<double> tape;
  const bv::Matrix<double> mean = bv::test::normals(3, 5, 1);
  const bv::Matrix<double> log_variance = bv::test::normals(3, 5, 2);
  const bv::GaussianPosterior posterior{bv::constant(tape, mean), bv::constant(tape, log_variance)};
  CHECK((bv::StandardNormal{}.rate(posterior).value() == bv::gaussian_rate(posterior).value()));
}

TEST_CASE("Draws from the prior are standard normals, independent between dimensions", "[vae][prior]") {
  constexpr int count = 20000;
  const auto z = draw(3, count, 1);
  for (int i = 0; i < 3; ++i) {
    const bv::Matrix<double> row = z.row(i);
    CHECK(bv::test::kolmogorov_smirnov({row.data(), row.data() + count}, bv::test::normal_distribution) < 1.63);
  }
  const bv::Matrix<double> covariance = z * z.transpose() / count;
  CHECK((covariance - bv::Matrix<double>::Identity(3, 3)).cwiseAbs().maxCoeff() < 4 * std::sqrt(2.0 / count));
}

TEST_CASE("A draw depends on seed and sample, not on how many are drawn at once", "[vae][prior]") {
  const auto all = draw(5, 7, 1);
  CHECK((draw(5, 7, 1) == all));
  CHECK((draw(5, 3, 1, 4) == all.rightCols(3)));
  CHECK((draw(5, 7, 2).array() != all.array()).all());
}

TEST_CASE("Draws write their own columns alone", "[vae][prior]") {
  bv::Matrix<double> z = bv::Matrix<double>::Zero(5, 4);
  bv::StandardNormal{}.sample(bv::MatrixView<double>{z.data() + 1, 3, 4, 5}, bv::Random(1));
  CHECK((z.row(0).array() == 0).all());
  CHECK((z.row(4).array() == 0).all());
  CHECK((z.middleRows(1, 3).array() != 0).all());
}

TEST_CASE("A model gives the density of codes under its prior, in nats, and refuses codes of another size",
          "[vae][prior]") {
  const bv::Vae model{bv::dense_encoder<double, 4, 3>(), bv::dense_decoder<double, 3, 4>(), bv::Bernoulli{}};
  const bv::Matrix<double> z = bv::test::normals(3, 6, 1);
  const bv::Matrix<double> nats = model.prior_log_density(z);
  REQUIRE(nats.rows() == 1);
  for (int j = 0; j < 6; ++j) {
    const double expected = -0.5 * z.col(j).squaredNorm() - 1.5 * std::log(2 * std::numbers::pi);
    CHECK(std::abs(nats(0, j) - expected) < 1e-13);
  }
  CHECK_THROWS_AS(model.prior_log_density(bv::test::normals(2, 6, 1)), bv::ArgumentError);
}
