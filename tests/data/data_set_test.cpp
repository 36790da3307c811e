// SPDX-License-Identifier: MIT
#include <betavae/data/data_set.hpp>

#include "catch.hpp"
#include "data/numbered.hpp"
#include "error_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <span>

using namespace betavae;
using test::error_text;
using test::numbered;

namespace {

template <class Scalar, class Data>
std::vector<Scalar> filled(const Data& data, const std::vector<Index>& samples) {
  std::vector<Scalar> values(samples.size() * static_cast<std::size_t>(data.features()));
  data.fill(std::span{samples}, values.data());
  return values;
}

std::vector<Index> shuffled(Index size, std::uint64_t seed, std::uint64_t step = 0) {
  std::vector<Index> order{7, 7, 7};  // what was there before must not matter
  shuffle(order, size, Random(seed, Stream::shuffle), step);
  return order;
}

std::vector<Index> all_of(const Split<MatrixSet<float>>& parts) {
  std::vector<Index> all;
  for (const auto* part : {&parts.training, &parts.validation, &parts.test}) {
    all.insert(all.end(), part->samples().begin(), part->samples().end());
  }
  std::sort(all.begin(), all.end());
  return all;
}

/// A data set of the user's own that holds no number at all.
struct Squares {
  [[nodiscard]] int size() const { return 5; }
  [[nodiscard]] short features() const { return 2; }
  void fill(std::span<const Index> samples, double* values) const {
    for (const Index sample : samples) {
      *values++ = static_cast<double>(sample);
      *values++ = static_cast<double>(sample * sample);
    }
  }
};

struct NoFeatures {
  [[nodiscard]] Index size() const { return 5; }
  void fill(std::span<const Index> samples, float* values) const;
};

static_assert(DataSet<MatrixSet<float>, float>);
static_assert(DataSet<MatrixSet<float>, double>);
static_assert(DataSet<Subset<MatrixSet<double>>, float>);
static_assert(DataSet<Squares, double>);
static_assert(!DataSet<Squares, float>);
static_assert(!DataSet<NoFeatures, float>);

}  // namespace

TEST_CASE("a MatrixSet reads a matrix in place, in any order and more than once") {
  Matrix<float> matrix = numbered(3, 4);
  const MatrixSet<float> set(matrix);
  CHECK(set.size() == 4);
  CHECK(set.features() == 3);
  CHECK(filled<float>(set, {2, 0, 2}) == std::vector<float>{20, 21, 22, 0, 1, 2, 20, 21, 22});
  matrix(1, 2) = -1;
  CHECK(filled<float>(set, {2}) == std::vector<float>{20, -1, 22});
  CHECK(filled<float>(set, {}).empty());
}

TEST_CASE("a MatrixSet honours the stride of a block, a map and a matrix of fixed size") {
  const Matrix<float> matrix = numbered(5, 6);
  const auto block = matrix.block(1, 2, 2, 3);
  const MatrixSet<float> set(block);
  CHECK(set.size() == 3);
  CHECK(set.features() == 2);
  CHECK(filled<float>(set, {0, 2}) == std::vector<float>{21, 22, 41, 42});
  const Eigen::Map<const Matrix<float>, 0, Eigen::OuterStride<>> map(matrix.data(), 2, 3, Eigen::OuterStride<>(10));
  CHECK(filled<float>(MatrixSet<float>(map), {1}) == std::vector<float>{20, 21});
  const Eigen::Matrix2f fixed = matrix.topLeftCorner<2, 2>();
  CHECK(filled<float>(MatrixSet<float>(fixed), {1}) == std::vector<float>{10, 11});
  const Eigen::Vector3f column{1, 2, 3};
  CHECK(filled<float>(MatrixSet<float>(column), {0}) == std::vector<float>{1, 2, 3});
}

TEST_CASE("a MatrixSet converts to the scalar of the batch") {
  const Matrix<double> matrix = numbered<double>(2, 2).array() + 0.1;
  CHECK(filled<float>(MatrixSet<double>(matrix), {1}) == std::vector<float>{10.1F, 11.1F});
  const Eigen::MatrixXi whole = numbered<int>(2, 2);
  CHECK(filled<double>(MatrixSet<int>(whole), {1}) == std::vector<double>{10, 11});
}

TEST_CASE("a MatrixSet of no samples or no features has just that many") {
  const Matrix<float> none(3, 0);
  CHECK(MatrixSet(none).size() == 0);
  const Matrix<float> flat(0, 3);
  CHECK(MatrixSet<float>(flat).features() == 0);
  CHECK(filled<float>(MatrixSet<float>(flat), {0, 2}).empty());
}

TEST_CASE("a sample outside of a set is refused, never read") {
  const Matrix<float> matrix = numbered(3, 4);
  const MatrixSet<float> set(matrix);
  CHECK(error_text<ArgumentError>([&] {
          filled<float>(set, {0, 4});
        }) == "MatrixSet::fill: sample: expected at least 0 and below 4, got 4");
  CHECK(error_text<ArgumentError>([&] { filled<float>(set, {-1}); }) ==
        "MatrixSet::fill: sample: expected at least 0 and below 4, got -1");
  const Subset part(set, {3, 1});
  CHECK(error_text<ArgumentError>([&] { filled<float>(part, {2}); }) ==
        "Subset::fill: sample: expected at least 0 and below 2, got 2");
}

TEST_CASE("a Subset has the samples that it was given, in that order") {
  const Matrix<float> matrix = numbered(2, 5);
  const MatrixSet<float> set(matrix);
  const Subset part(set, {4, 0, 4});
  CHECK(part.size() == 3);
  CHECK(part.features() == 2);
  CHECK(part.samples() == std::vector<Index>{4, 0, 4});
  CHECK(filled<double>(part, {2, 1}) == std::vector<double>{40, 41, 0, 1});
  const Subset of_part(part, {1});
  CHECK(filled<float>(of_part, {0}) == std::vector<float>{0, 1});
  CHECK(Subset(set, {}).size() == 0);
}

TEST_CASE("a Subset of a data set of one's own works like any other") {
  const Squares squares;
  CHECK(filled<double>(Subset(squares, {3, 2}), {0, 1}) == std::vector<double>{3, 9, 2, 4});
}

TEST_CASE("a Subset refuses samples that the set has not") {
  const Matrix<float> matrix = numbered(2, 5);
  const MatrixSet<float> set(matrix);
  CHECK(error_text<ArgumentError>([&] {
          Subset(set, {0, 5});
        }) == "Subset: sample: expected at least 0 and below 5, got 5");
  CHECK(error_text<ArgumentError>([&] { Subset(set, {-1}); }) ==
        "Subset: sample: expected at least 0 and below 5, got -1");
}

TEST_CASE("shuffle gives a permutation of every size") {
  for (const Index size : {0, 1, 2, 3, 100}) {
    INFO(size);
    std::vector<Index> order = shuffled(size, 5);
    REQUIRE(static_cast<Index>(order.size()) == size);
    std::sort(order.begin(), order.end());
    for (Index i = 0; i < size; ++i) {
      CHECK(order[static_cast<std::size_t>(i)] == i);
    }
  }
}

TEST_CASE("shuffle depends on seed and step, and on nothing else") {
  const auto order = shuffled(100, 1, 1);
  CHECK(order == shuffled(100, 1, 1));
  CHECK(order != shuffled(100, 2, 1));
  CHECK(order != shuffled(100, 1, 2));
  std::vector<Index> of_another_stream;
  shuffle(of_another_stream, 100, Random(1, Stream::split), 1);
  CHECK(order != of_another_stream);
}

TEST_CASE("shuffle gives each of the 24 orders of four equally often") {
  std::map<std::vector<Index>, int> counts;
  constexpr int draws = 24000;
  for (int draw = 0; draw < draws; ++draw) {
    ++counts[shuffled(4, 3, static_cast<std::uint64_t>(draw))];
  }
  REQUIRE(counts.size() == 24);
  double chi_square = 0;
  for (const auto& [order, count] : counts) {
    chi_square += (count - 1000.0) * (count - 1000.0) / 1000.0;
  }
  CHECK(chi_square < 49.7);  // 23 degrees of freedom: exceeded by chance once in 1000 seeds
}

TEST_CASE("the parts of a split are disjoint, complete, in order and as large as asked") {
  const Matrix<float> matrix = numbered(2, 100);
  const MatrixSet<float> set(matrix);
  const auto parts = split(set, {.validation = 0.2, .test = 0.15, .seed = 4});
  CHECK(parts.training.size() == 65);
  CHECK(parts.validation.size() == 20);
  CHECK(parts.test.size() == 15);
  const auto all = all_of(parts);
  for (Index i = 0; i < 100; ++i) {
    CHECK(all[static_cast<std::size_t>(i)] == i);
  }
  CHECK(std::is_sorted(parts.training.samples().begin(), parts.training.samples().end()));
  CHECK(filled<float>(parts.test, {3})[0] == static_cast<float>(10 * parts.test.samples()[3]));
}

TEST_CASE("a split holds out a tenth for validation and nothing for testing unless told otherwise") {
  const Matrix<float> matrix = numbered(1, 50);
  const MatrixSet<float> set(matrix);
  const auto parts = split(set);
  CHECK(parts.training.size() == 45);
  CHECK(parts.validation.size() == 5);
  CHECK(parts.test.size() == 0);
}

TEST_CASE("a split depends on its seed and repeats itself") {
  const Matrix<float> matrix = numbered(1, 50);
  const MatrixSet<float> set(matrix);
  const auto samples = [&](std::uint64_t seed) { return split(set, {.seed = seed}).validation.samples(); };
  CHECK(samples(1) == samples(1));
  CHECK(samples(1) != samples(2));
}

TEST_CASE("a share above zero gets at least one sample, and a share of zero none") {
  const Matrix<float> matrix = numbered(1, 3);
  const MatrixSet<float> set(matrix);
  const auto parts = split(set, {.validation = 1e-9, .test = 0.01});
  CHECK(parts.training.size() == 1);
  CHECK(parts.validation.size() == 1);
  CHECK(parts.test.size() == 1);
  const auto whole = split(set, {.validation = 0, .test = 0});
  CHECK(whole.training.size() == 3);
  CHECK(whole.validation.size() == 0);
}

TEST_CASE("a split refuses shares out of range, and to leave nothing to train on") {
  const Matrix<float> matrix = numbered(1, 10);
  const MatrixSet<float> set(matrix);
  const auto text = [&](double validation, double held_out) {
    return error_text<ArgumentError>([&] { (void)split(set, {.validation = validation, .test = held_out}); });
  };
  CHECK(text(-0.1, 0) == "split: options.validation: expected a share in [0, 1), got -0.1");
  CHECK(text(1, 0) == "split: options.validation: expected a share in [0, 1), got 1");
  CHECK(text(std::numeric_limits<double>::quiet_NaN(), 0) ==
        "split: options.validation: expected a share in [0, 1), got nan");
  CHECK(text(0.1, 1.5) == "split: options.test: expected a share in [0, 1), got 1.5");
  CHECK(text(0.6, 0.6) == "split: data: expected samples left to train on, got -2");
  CHECK(text(0.5, 0.5) == "split: data: expected samples left to train on, got 0");
  const Matrix<float> none(1, 0);
  const MatrixSet<float> empty(none);
  CHECK(error_text<ArgumentError>([&] { (void)split(empty, {.validation = 0}); }) ==
        "split: data: expected samples left to train on, got 0");
  const Matrix<float> single = numbered(1, 1);
  const MatrixSet<float> one(single);
  CHECK(error_text<ArgumentError>([&] { (void)split(one); }) ==
        "split: data: expected samples left to train on, got 0");
}
