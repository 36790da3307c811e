// SPDX-License-Identifier: MIT
#include <betavae/autodiff/gradient_check.hpp>
#include <betavae/vae/objective/covariance.hpp>

#include "catch.hpp"
#include "gradients.hpp"
#include "model_check.hpp"

namespace bv = betavae;
namespace test = bv::test;
using bv::Index;
using bv::test::error_text;
using bv::test::normals;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
using Matrix = bv::Matrix<double>;

namespace {

Matrix covariance_of(const Matrix& x, const double* weights = nullptr) {
  bv::Tape<double> tape;
  return bv::covariance(bv::constant(tape, x), weights).value();
}

}  // namespace

TEST_CASE("A covariance is centred over samples, and not over dimensions", "[vae][covariance]") {
  Matrix x = normals(3, 40, 1);
  x.row(1).array() += 5;
  const Matrix centred = x.colwise() - x.rowwise().mean();
  const Matrix expected = centred * centred.transpose() / 40;
  CHECK((covariance_of(x) - expected).norm() < 1e-13);
  const Matrix over_dimensions = x.rowwise() - x.colwise().mean();
  const Matrix peers = over_dimensions * over_dimensions.transpose() / 40;
  CHECK((covariance_of(x) - peers).norm() > 1);
}

TEST_CASE("A constant added to all samples changes no covariance", "[vae][covariance]") {
  const Matrix x = normals(4, 9, 1);
  Matrix shifted = x;
  shifted.colwise() += Matrix(1000 * normals(4, 1, 2)).col(0);
  CHECK((covariance_of(shifted) - covariance_of(x)).norm() < 1e-10);
}

TEST_CASE("Weights in a covariance are what samples that often in a row are", "[vae][covariance]") {
  const Matrix x = normals(3, 4, 1);
  const std::vector<double> weights{1, 0, 3, 2};
  Matrix replicated(3, 6);
  replicated << x.col(0), x.col(2), x.col(2), x.col(2), x.col(3), x.col(3);
  CHECK((covariance_of(x, weights.data()) - covariance_of(replicated)).norm() < 1e-14);
}

TEST_CASE("In the mean over all batches of M samples a covariance is (M - 1)/M of the set's unbiased one",
          "[vae][covariance]") {
  const Matrix x = normals(2, 5, 1);
  const Matrix unbiased = covariance_of(x) * 5 / 4;
  Matrix sum = Matrix::Zero(2, 2);
  for (Index a = 0; a < 5; ++a) {
    for (Index b = a + 1; b < 5; ++b) {
      for (Index c = b + 1; c < 5; ++c) {
        Matrix batch(2, 3);
        batch << x.col(a), x.col(b), x.col(c);
        sum += covariance_of(batch) / 10;
      }
    }
  }
  CHECK((sum - unbiased * 2 / 3).norm() < 1e-14);
}

TEST_CASE("The covariance of one sample is 0, and of no sample an error", "[vae][covariance]") {
  CHECK(covariance_of(normals(3, 1, 1)) == Matrix::Zero(3, 3));
  CHECK(error_text<bv::ArgumentError>([] { (void)covariance_of(Matrix(3, 0)); }) ==
        "mean_over_samples: samples: expected at least 1, got 0");
}

TEST_CASE("The covariance's gradient is right, with weights and without", "[vae][covariance]") {
  for (const Index rows : {0, 1, 3, 9}) {
    for (const Index samples : {1, 2, 7, 17}) {
      const Matrix x = normals(rows, samples, 1);
      std::vector<double> weights;
      for (Index j = 0; j < samples; ++j) {
        weights.push_back(j % 3 == 1 ? 0 : 0.5 + static_cast<double>(j));
      }
      CAPTURE(rows, samples);
      CHECK(bv::gradient_check([](const auto& v) { return bv::covariance(v); }, x).passed());
      CHECK(bv::gradient_check([&](const auto& v) { return bv::covariance(v, weights.data()); }, x).passed());
    }
  }
}

TEST_CASE("A covariance of any scalar has its gradient", "[vae][covariance]") {
  test::check_other_scalars([](const auto& v) { return bv::covariance(v); }, Matrix(normals(3, 7, 1)));
}
