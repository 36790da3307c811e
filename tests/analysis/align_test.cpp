// SPDX-License-Identifier: MIT
#include <betavae/analysis/align.hpp>

#include "catch.hpp"
#include "linear_algebra.hpp"
#include "model_check.hpp"

#include <numbers>
#include <numeric>

using namespace betavae;
using namespace betavae::test;
using Catch::Matchers::WithinAbs;

namespace {

/// Rows of N(0, I) with mean exactly 0 and covariance exactly I.
Matrix<double> white_codes() {
  Matrix<double> codes(2, 4);
  codes << 1, 1, -1, -1, 1, -1, 1, -1;
  return codes;
}

Matrix<double> rotation_by(double angle) {
  Matrix<double> rotation(2, 2);
  rotation << std::cos(angle), -std::sin(angle), std::sin(angle), std::cos(angle);
  return rotation;
}

}  // namespace

TEST_CASE("codes are one with themselves, and with themselves moved by a constant") {
  const Matrix<double> codes = normals(3, 20, 1);
  Matrix<double> moved = codes;
  moved.colwise() += normals(3, 1, 2).col(0);
  const Alignment result = align(codes, moved);
  CHECK_THAT(result.before, WithinAbs(1, 1e-14));
  CHECK_THAT(result.permuted, WithinAbs(1, 1e-14));
  CHECK_THAT(result.rotated, WithinAbs(1, 1e-14));
  CHECK(result.permutation == Matrix<double>::Identity(3, 3));
  CHECK((result.rotation - Matrix<double>::Identity(3, 3)).norm() < 1e-13);
  CHECK((result.rotate(moved) - codes).norm() < 1e-13);
}

TEST_CASE("a rotated code is one up to rotation, and the rotation is found") {
  for (const Index latents : {1, 2, 5}) {
    const Matrix<double> codes = normals(latents, 40, 3);
    const Matrix<double> rotation = random_rotation(latents, 4);
    Matrix<double> other = rotation.transpose() * codes;
    other.colwise() += normals(latents, 1, 5).col(0);
    const Alignment result = align(codes, other);
    CHECK_THAT(result.rotated, WithinAbs(1, 1e-13));
    CHECK((result.rotation - rotation).norm() < 1e-12);
    CHECK((result.rotate(other) - codes).norm() < 1e-12);
    if (latents > 1) {
      CHECK(result.permuted < 0.95);
    }
  }
}

TEST_CASE("a rotation by 30 degrees of white codes: the scores before and after are exact") {
  // ‖A − R A‖² = 2 (1 − cos) ‖A‖² whatever the white codes: before = 2 cos − 1, also the best by order and sign.
  const Alignment result = align(white_codes(), rotation_by(std::numbers::pi / 6) * white_codes());
  CHECK_THAT(result.before, WithinAbs(std::sqrt(3.0) - 1, 1e-14));
  CHECK_THAT(result.permuted, WithinAbs(std::sqrt(3.0) - 1, 1e-14));
  CHECK_THAT(result.rotated, WithinAbs(1, 1e-14));
  CHECK((result.rotation - rotation_by(-std::numbers::pi / 6)).norm() < 1e-14);
  // By 120 degrees, order and sign bring it within 30.
  const Alignment far = align(white_codes(), rotation_by(2 * std::numbers::pi / 3) * white_codes());
  CHECK_THAT(far.before, WithinAbs(-2, 1e-14));
  CHECK_THAT(far.permuted, WithinAbs(std::sqrt(3.0) - 1, 1e-14));
  CHECK_THAT(far.rotated, WithinAbs(1, 1e-14));
  // The transposed formula, V Uᵀ of A Bᵀ, turns the wrong way.
  const Matrix<double> wrong = far.rotation.transpose();
  const Matrix<double> left = white_codes() - wrong * rotation_by(2 * std::numbers::pi / 3) * white_codes();
  CHECK(left.squaredNorm() > white_codes().squaredNorm());
}

TEST_CASE("order and signs are told from rotations") {
  const Matrix<double> codes = normals(4, 30, 6);
  Matrix<double> other(4, 30);
  other << -codes.row(2), codes.row(0), codes.row(3), -codes.row(1);
  const Alignment result = align(codes, other);
  CHECK(result.before < 0.5);
  CHECK_THAT(result.permuted, WithinAbs(1, 1e-14));
  Matrix<double> expected = Matrix<double>::Zero(4, 4);
  expected(2, 0) = -1;
  expected(0, 1) = 1;
  expected(3, 2) = 1;
  expected(1, 3) = -1;
  CHECK(result.permutation == expected);
  CHECK((result.permute(other) - codes).norm() < 1e-13);
  const Alignment opposite = align(codes, -codes);
  CHECK_THAT(opposite.before, WithinAbs(-3, 1e-13));
  CHECK_THAT(opposite.permuted, WithinAbs(1, 1e-13));
}

TEST_CASE("the assignment is the best of all, where taking the greatest entry first is not") {
  Matrix<double> greedy_fails(2, 2);
  greedy_fails << 10, 9, 9, 1;  // 10 + 1 against 9 + 9
  CHECK(detail::nearest_signed_permutation(greedy_fails)(0, 1) == 1);
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const Matrix<double> matrix = normals(5, 5, seed);
    std::vector<Index> order(5);
    std::iota(order.begin(), order.end(), Index{0});
    double best = 0;
    do {
      double total = 0;
      for (Index k = 0; k < 5; ++k) {
        total += std::abs(matrix(k, order[static_cast<std::size_t>(k)]));
      }
      best = std::max(best, total);
    } while (std::next_permutation(order.begin(), order.end()));
    const Matrix<double> found = detail::nearest_signed_permutation(matrix);
    CHECK_THAT(found.cwiseProduct(matrix).sum(), WithinAbs(best, 1e-13));
    CHECK(found.cwiseAbs().rowwise().sum() == Eigen::VectorXd::Ones(5));
    CHECK(found.cwiseAbs().colwise().sum() == Eigen::RowVectorXd::Ones(5));
  }
}

TEST_CASE("scales are not fitted") {
  const Alignment result = align(white_codes(), 2 * white_codes());
  CHECK_THAT(result.rotated, WithinAbs(0, 1e-14));
  CHECK_THAT(align(white_codes(), 0.5 * white_codes()).rotated, WithinAbs(0.75, 1e-14));
}

TEST_CASE("scores never fall from nothing to order and sign to rotation, and unrelated codes stay apart") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Alignment result = align(normals(3, 500, seed), normals(3, 500, seed + 100));
    CHECK(result.before <= result.permuted + 1e-14);
    CHECK(result.permuted <= result.rotated + 1e-14);
    CHECK(result.rotated < -0.7);
    CHECK((result.rotation * result.rotation.transpose() - Matrix<double>::Identity(3, 3)).norm() < 1e-13);
  }
}

TEST_CASE("a latent that is constant in both codes is no hindrance") {
  Matrix<double> codes = normals(3, 20, 8);
  codes.row(1).setConstant(0.1);
  Matrix<double> other = codes;
  other.row(0).swap(other.row(2));
  const Alignment result = align(codes, other);
  CHECK_THAT(result.permuted, WithinAbs(1, 1e-13));
  CHECK_THAT(result.rotated, WithinAbs(1, 1e-13));
  CHECK(std::isnan(result.of_latent_permuted[1]));
  CHECK_THAT(result.of_latent_permuted[0], WithinAbs(1, 1e-13));
  CHECK(align(codes, Matrix<double>::Zero(3, 20)).rotated == 0);  // a code that says nothing explains nothing
}

TEST_CASE("float codes are compared in double, and the result prints") {
  const Matrix<float> codes = normals<float>(2, 10, 9);
  const Alignment result = align(codes, (-codes).eval());
  CHECK(result.permuted == 1);
  CHECK(fmt::format("{}", result) ==
        "share of variance explained: before -3.000  by order and sign 1.000  by rotation 1.000");
  CHECK(contains(result.csv(), "latent,before,permuted,rotated\n0,-3,1,"));
}

TEST_CASE("codes of any unit align as well") {
  // The trap: squares that overflow, with which no assignment is found, for ever, or that are 0.
  const Matrix<double> a = normals(3, 20, 1);
  const Matrix<double> b = random_rotation(3, 5) * a + 0.1 * normals(3, 20, 2);
  const Alignment plain = align(a, b);
  for (const double unit : {1e160, 1e-170, 1e300}) {
    const Alignment scaled = align(unit * a, unit * b);
    CHECK_THAT(scaled.rotated, WithinAbs(plain.rotated, 1e-12));
    CHECK_THAT(scaled.permuted, WithinAbs(plain.permuted, 1e-12));
    CHECK_THAT(scaled.before, WithinAbs(plain.before, 1e-12));
    CHECK((scaled.rotation - plain.rotation).norm() < 1e-12);
  }
}

TEST_CASE("what cannot be aligned is refused") {
  const Matrix<double> codes = normals(2, 5, 1);
  CHECK_THROWS_AS(align(codes, normals(3, 5, 1)), ArgumentError);
  CHECK_THROWS_AS(align(codes, normals(2, 6, 1)), ArgumentError);
  CHECK_THROWS_AS(align(Matrix<double>(0, 5), Matrix<double>(0, 5)), ArgumentError);
  CHECK_THROWS_AS(align(normals(2, 1, 1), normals(2, 1, 1)), ArgumentError);
  CHECK(contains(error_text<ArgumentError>([&] { (void)align(Matrix<double>::Constant(2, 5, 0.1), codes); }),
                 "align: codes_a: expected codes that differ between samples, got the same for all"));
  Matrix<double> bad = codes;
  bad(1, 1) = std::nan("");
  CHECK_THROWS_AS(align(bad, codes), DataError);
  CHECK_THROWS_AS(align(codes, bad), DataError);
  CHECK_THROWS_AS(align(codes, codes).rotate(normals(3, 2, 1)), ArgumentError);
}
