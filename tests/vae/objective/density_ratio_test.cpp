// SPDX-License-Identifier: MIT
#include <betavae/autodiff/gradient_check.hpp>
#include <betavae/vae/objective/density_ratio.hpp>

#include "catch.hpp"
#include "model_check.hpp"

#include <algorithm>
#include <map>
#include <numbers>
#include <vector>

namespace bv = betavae;
using bv::test::contains;
using bv::test::error_text;
using bv::test::normals;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

bv::Matrix<double> permuted(bv::Matrix<double> codes, std::uint64_t step = 0, std::uint64_t seed = 1) {
  bv::permute_across_samples<double>({codes.data(), codes.rows(), codes.cols(), codes.rows()},
                                     bv::Random(seed, bv::Stream::permutation), step);
  return codes;
}

std::vector<double> sorted_row(const bv::Matrix<double>& matrix, bv::Index row) {
  std::vector<double> numbers;
  for (bv::Index j = 0; j < matrix.cols(); ++j) {
    numbers.push_back(matrix(row, j));
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

double correlation(const bv::Matrix<double>& codes) {
  const bv::Matrix<double> centred = codes.colwise() - codes.rowwise().mean();
  return centred.row(0).dot(centred.row(1)) / (centred.row(0).norm() * centred.row(1).norm());
}

double cross_entropy(const bv::Matrix<double>& logits, bv::Index first) {
  bv::Tape<double> tape;
  return bv::two_class_cross_entropy(bv::constant(tape, logits), first).value()(0, 0);
}

}  // namespace

TEST_CASE("Permuting across samples keeps the numbers of each dimension exactly, and breaks their dependence",
          "[vae][objective]") {
  constexpr bv::Index samples = 4000;
  bv::Matrix<double> codes = normals(2, samples, 1);
  codes.row(1) = 0.9 * codes.row(0) + std::sqrt(1 - 0.81) * codes.row(1);
  REQUIRE(correlation(codes) > 0.85);
  const bv::Matrix<double> mixed = permuted(codes);
  for (const bv::Index row : {0, 1}) {
    CHECK(sorted_row(mixed, row) == sorted_row(codes, row));
  }
  const double standard_error = 1 / std::sqrt(static_cast<double>(samples));
  CHECK(std::abs(correlation(mixed)) < 4 * standard_error);
  // The peers' mistake, one permutation for all dimensions, only reorders samples.
  bv::Matrix<double> reordered = codes;
  for (bv::Index j = 0; j < samples; ++j) {
    reordered.col(j) = codes.col((j + 17) % samples);
  }
  CHECK_THAT(correlation(reordered), WithinAbs(correlation(codes), 1e-12));
}

TEST_CASE("Every dimension and every step has a permutation of its own, given by the seed", "[vae][objective]") {
  bv::Matrix<double> numbered(3, 50);
  for (bv::Index j = 0; j < numbered.cols(); ++j) {
    numbered.col(j).setConstant(static_cast<double>(j));
  }
  const bv::Matrix<double> first = permuted(numbered);
  CHECK(first.row(0) != first.row(1));
  CHECK(first.row(0) != first.row(2));
  CHECK(first.row(1) != first.row(2));
  CHECK(first == permuted(numbered));
  CHECK(first.row(0) != permuted(numbered, 1).row(0));
  CHECK(first.row(0) != permuted(numbered, 0, 2).row(0));
}

TEST_CASE("All permutations are equally likely", "[vae][objective]") {
  std::map<std::vector<double>, int> counts;
  constexpr int draws = 6000;
  const bv::Matrix<double> three{{1, 2, 3}};
  for (std::uint64_t step = 0; step < draws; ++step) {
    const bv::Matrix<double> order = permuted(three, step);
    ++counts[{order(0, 0), order(0, 1), order(0, 2)}];
  }
  CHECK(counts.size() == 6);
  const double expected = draws / 6.0;
  double chi_square = 0;
  for (const auto& [order, count] : counts) {
    chi_square += (count - expected) * (count - expected) / expected;
  }
  CHECK(chi_square < 20.5);  // of 5 degrees of freedom: 99.9 %
}

TEST_CASE("Codes of no sample or one are what they were", "[vae][objective]") {
  CHECK(permuted(bv::Matrix<double>(3, 0)).size() == 0);
  const bv::Matrix<double> one = normals(3, 1, 1);
  CHECK(permuted(one) == one);
}

TEST_CASE("The cross entropy is half the sum of both classes' means, however many each has", "[vae][objective]") {
  const auto softplus = [](double x) { return std::log1p(std::exp(x)); };
  const bv::Matrix<double> logits{{0.5, -1.0, 2.0, 0.25, -3.0}};
  const double real = (softplus(-0.5) + softplus(1.0)) / 2;
  const double mixed = (softplus(2.0) + softplus(0.25) + softplus(-3.0)) / 3;
  CHECK_THAT(cross_entropy(logits, 2), WithinRel(0.5 * real + 0.5 * mixed, 1e-14));
  CHECK_THAT(cross_entropy(bv::Matrix<double>::Zero(1, 7), 3), WithinRel(std::numbers::ln2, 1e-15));
}

TEST_CASE("No logit overflows, and a sure classifier that is right has no cross entropy", "[vae][objective]") {
  CHECK(cross_entropy(bv::Matrix<double>{{1e4, -1e4}}, 1) == 0);
  CHECK_THAT(cross_entropy(bv::Matrix<double>{{-1e4, 1e4}}, 1), WithinRel(1e4, 1e-15));
  bv::Tape<float> tape;
  const bv::Matrix<float> logits{{-1e4F, 1e4F, -1e4F}};
  CHECK(bv::two_class_cross_entropy(bv::constant(tape, logits), 1).value()(0, 0) == 0.5F * 1e4F + 0.25F * 1e4F);
}

TEST_CASE("The gradient of the cross entropy is right", "[vae][objective]") {
  for (const bv::Index samples : {2, 3, 7, 16, 17}) {
    for (const bv::Index first : {bv::Index{1}, samples / 2, samples - 1}) {
      const auto check = bv::gradient_check(
          [=](const auto& logits) { return bv::two_class_cross_entropy(logits, first); }, normals(1, samples, 3));
      CHECK(check.error <= bv::GradientCheck::tolerance);
    }
  }
}

TEST_CASE("The cross entropy refuses one class alone, and more than one logit a sample", "[vae][objective]") {
  const bv::Matrix<double> logits = bv::Matrix<double>::Zero(1, 4);
  for (const bv::Index first : {-1, 0, 4, 5}) {
    CHECK(contains(error_text<bv::ArgumentError>([&] { (void)cross_entropy(logits, first); }),
                   "two_class_cross_entropy: first: expected at least 1 and fewer than there are logits, got"));
  }
  CHECK(contains(error_text<bv::ArgumentError>([&] { (void)cross_entropy(bv::Matrix<double>::Zero(2, 4), 2); }),
                 "two_class_cross_entropy: expected as many rows of the logits as logits of a sample, got 2 and 1"));
}
