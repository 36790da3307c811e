// SPDX-License-Identifier: MIT
#include <betavae/vae/noise.hpp>

#include "catch.hpp"
#include "guarded_matrix.hpp"

#include <algorithm>

namespace bv = betavae;
namespace test = bv::test;

namespace {

/// Noise as a user would write it: what was recorded elsewhere.
struct RecordedNoise {
  template <class Scalar>
  void fill(bv::MatrixView<Scalar> values, std::uint64_t step, std::uint64_t first_sample) const {
    for (bv::Index sample = 0; sample < values.columns; ++sample) {
      for (bv::Index row = 0; row < values.rows; ++row) {
        values.column(sample)[row] = Scalar(step * 100 + first_sample) + Scalar(sample);
      }
    }
  }
};
struct WithoutFill {};
struct FillWithoutStep {
  void fill(bv::MatrixView<float> values, std::uint64_t first_sample) const;
};
struct FillThatReturns {
  bool fill(bv::MatrixView<float> values, std::uint64_t step, std::uint64_t first_sample) const;
};
struct FillThatIsNotConst {
  void fill(bv::MatrixView<float> values, std::uint64_t step, std::uint64_t first_sample);
};
struct FillOfFloatsOnly {
  void fill(bv::MatrixView<float> values, std::uint64_t step, std::uint64_t first_sample) const;
};

static_assert(bv::Noise<bv::GaussianNoise, float> && bv::Noise<bv::GaussianNoise, double>);
static_assert(bv::Noise<bv::QuadratureNoise, double> && bv::Noise<bv::NoNoise, long double>);
static_assert(bv::Noise<RecordedNoise, float>);
static_assert(!bv::Noise<WithoutFill, float> && !bv::Noise<FillWithoutStep, float> && !bv::Noise<int, float>);
static_assert(!bv::Noise<FillThatReturns, float> && !bv::Noise<FillThatIsNotConst, float>);
static_assert(bv::Noise<FillOfFloatsOnly, float> && !bv::Noise<FillOfFloatsOnly, double>);

template <class Scalar, class Noise>
test::GuardedMatrix<Scalar> draw(const Noise& noise, bv::Index rows, bv::Index samples, std::uint64_t step,
                                 std::uint64_t first_sample) {
  test::GuardedMatrix<Scalar> matrix(rows, samples, 3, 1);
  noise.fill(bv::MatrixView<Scalar>{matrix.data(), rows, samples, matrix.stride()}, step, first_sample);
  return matrix;
}

}  // namespace

TEMPLATE_TEST_CASE("Gaussian noise is the same whether a batch is drawn at once or in parts", "[vae][noise]", float,
                   double) {
  const bv::GaussianNoise noise(42);
  const auto whole = draw<TestType>(noise, 5, 12, 3, 100);
  for (const bv::Index first : {0, 1, 7, 11}) {
    const auto part = draw<TestType>(noise, 5, 12 - first, 3, 100 + static_cast<std::uint64_t>(first));
    for (bv::Index sample = first; sample < 12; ++sample) {
      for (bv::Index row = 0; row < 5; ++row) {
        CHECK(test::same_bits(part(row, sample - first), whole(row, sample)));
      }
    }
  }
}

TEST_CASE("Gaussian noise depends on seed, stream and step", "[vae][noise]") {
  const auto reference = draw<float>(bv::GaussianNoise(1), 4, 3, 0, 0).cells();
  CHECK(test::same_bits(draw<float>(bv::GaussianNoise(1, bv::Stream::posterior), 4, 3, 0, 0).cells(), reference));
  CHECK_FALSE(draw<float>(bv::GaussianNoise(2), 4, 3, 0, 0).cells() == reference);
  CHECK_FALSE(draw<float>(bv::GaussianNoise(1, bv::Stream::evaluation), 4, 3, 0, 0).cells() == reference);
  CHECK_FALSE(draw<float>(bv::GaussianNoise(1), 4, 3, 1, 0).cells() == reference);
}

TEMPLATE_TEST_CASE("Noise fills every cell of a strided view and nothing beside it", "[vae][noise]", float, double) {
  const auto check = [](const test::GuardedMatrix<TestType>& matrix) {
    CHECK(matrix.guards_are_untouched());
    for (const TestType value : matrix.cells()) {
      CHECK(std::isfinite(value));
    }
  };
  check(draw<TestType>(bv::GaussianNoise(1), 5, 3, 0, 0));
  check(draw<TestType>(bv::QuadratureNoise{}, 5, 3, 0, 0));
  check(draw<TestType>(bv::NoNoise{}, 5, 3, 0, 0));
  check(draw<TestType>(RecordedNoise{}, 5, 3, 0, 0));
}

TEST_CASE("Noise of no dimensions or no samples is legal", "[vae][noise]") {
  for (const auto& [rows, samples] : {std::pair<bv::Index, bv::Index>{0, 3}, {3, 0}, {0, 0}}) {
    CHECK(draw<double>(bv::GaussianNoise(1), rows, samples, 0, 0).cells().empty());
    CHECK(draw<double>(bv::QuadratureNoise{}, rows, samples, 0, 0).cells().empty());
    CHECK(draw<double>(bv::NoNoise{}, rows, samples, 0, 0).cells().empty());
  }
}

TEST_CASE("Quadrature noise has mean 0 and covariance I", "[vae][noise]") {
  // K = 4 and 1 have exact square roots; for others the square of the rounded root is K to rounding.
  for (const bv::Index dimensions : {1, 2, 3, 4, 10}) {
    const auto points = draw<double>(bv::QuadratureNoise{}, dimensions, 2 * dimensions, 0, 0);
    for (bv::Index a = 0; a < dimensions; ++a) {
      double mean = 0;
      for (bv::Index sample = 0; sample < 2 * dimensions; ++sample) {
        mean += points(a, sample);
      }
      CHECK(mean == 0);
      for (bv::Index b = 0; b < dimensions; ++b) {
        double covariance = 0;
        for (bv::Index sample = 0; sample < 2 * dimensions; ++sample) {
          covariance += points(a, sample) * points(b, sample) / static_cast<double>(2 * dimensions);
        }
        CHECK_THAT(covariance, Catch::Matchers::WithinAbs(a == b ? 1.0 : 0.0, 1e-15));
      }
    }
  }
}

TEST_CASE("Quadrature noise integrates a quadratic exactly, from whichever sample it begins", "[vae][noise]") {
  // E[(c + gᵀε)² + ½ εᵀε] = c² + gᵀg + K/2
  constexpr bv::Index dimensions = 3;
  const double g[dimensions] = {0.5, -2, 1.5};
  const double c = 0.75;
  for (const std::uint64_t first : {0U, 1U, 5U, 1000U}) {
    const auto points = draw<double>(bv::QuadratureNoise{}, dimensions, 2 * dimensions, 9, first);
    double mean = 0;
    for (bv::Index sample = 0; sample < 2 * dimensions; ++sample) {
      double inner = c;
      double squares = 0;
      for (bv::Index row = 0; row < dimensions; ++row) {
        inner += g[row] * points(row, sample);
        squares += points(row, sample) * points(row, sample);
      }
      mean += (inner * inner + squares / 2) / (2 * dimensions);
    }
    CHECK_THAT(mean, Catch::Matchers::WithinRel(c * c + 0.25 + 4 + 2.25 + 1.5, 1e-14));
  }
}

TEST_CASE("No noise is zero everywhere", "[vae][noise]") {
  for (const float value : draw<float>(bv::NoNoise{}, 3, 4, 5, 6).cells()) {
    CHECK(test::same_bits(value, 0.0F));
  }
}
