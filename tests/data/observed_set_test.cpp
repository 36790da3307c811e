// SPDX-License-Identifier: MIT
#include <betavae/data/batch.hpp>
#include <betavae/data/observed_set.hpp>

#include "catch.hpp"
#include "data/numbered.hpp"
#include "error_text.hpp"

#include <cmath>
#include <limits>
#include <numeric>
#include <span>

using namespace betavae;
using test::error_text;
using test::numbered;

namespace {

using Bytes = std::vector<std::uint8_t>;

/// 2 × 5: sample j has j + 1 for its weight, −j for its offset, and lacks its second value where j is odd.
BesideValues<float> beside_five() { return {{1, 1, 1, 0, 1, 1, 1, 0, 1, 1}, {1, 2, 3, 4, 5}, {0, -1, -2, -3, -4}}; }

/// What a batch of these samples has.
template <class Scalar, class Data>
Batch<Scalar> batch_of(const Data& data, const std::vector<Index>& samples) {
  Batch<Scalar> batch;
  batch.fill(data, std::span{samples});
  return batch;
}

template <class Scalar>
std::vector<Scalar> list(const Scalar* numbers, std::size_t count) {
  return {numbers, numbers + count};
}

static_assert(DataSet<ObservedSet<float>, float> && DataSet<ObservedSet<double>, float>);
static_assert(HasMask<Subset<ObservedSet<float>>> && HasWeights<Subset<ObservedSet<float>>, float> &&
              HasOffsets<Subset<ObservedSet<float>>, float>);
static_assert(!HasMask<Subset<MatrixSet<float>>> && !HasWeights<Subset<MatrixSet<float>>, float> &&
              !HasOffsets<Subset<MatrixSet<float>>, float>);

}  // namespace

TEST_CASE("an ObservedSet gives values, mask, weights and offsets of any samples in any order") {
  const Matrix<float> matrix = numbered(2, 5);
  const ObservedSet set(matrix, beside_five());
  CHECK(set.size() == 5);
  CHECK(set.features() == 2);
  const auto batch = batch_of<float>(set, {3, 0, 3});
  CHECK(list(batch.view().data, 6) == std::vector<float>{30, 31, 0, 1, 30, 31});
  CHECK(list(batch.mask(), 6) == Bytes{1, 0, 1, 1, 1, 0});
  CHECK(list(batch.weights(), 3) == std::vector<float>{4, 1, 4});
  CHECK(list(batch.offsets(), 3) == std::vector<float>{-3, 0, -3});
}

TEST_CASE("an ObservedSet of a matrix alone has nothing beside its values") {
  const Matrix<float> matrix = numbered(2, 5);
  const ObservedSet set(matrix);
  const auto batch = batch_of<float>(set, {4, 1});
  CHECK(list(batch.view().data, 4) == std::vector<float>{40, 41, 10, 11});
  CHECK(batch.mask() == nullptr);
  CHECK(batch.weights() == nullptr);
  CHECK(batch.offsets() == nullptr);
  Bytes mask(4);
  set.fill_mask(std::vector<Index>{0, 1}, mask.data());
  CHECK(mask == Bytes{1, 1, 1, 1});
}

TEST_CASE("an ObservedSet of doubles fills batches of floats") {
  const Matrix<double> matrix = numbered<double>(2, 2);
  const ObservedSet set(matrix, {.weights = {0.1, 2}, .offsets = {0.7, -1}});
  const auto batch = batch_of<float>(set, {0, 1});
  CHECK(list(batch.view().data, 4) == std::vector<float>{0, 1, 10, 11});
  CHECK(list(batch.weights(), 2) == std::vector<float>{0.1F, 2});
  CHECK(list(batch.offsets(), 2) == std::vector<float>{0.7F, -1});
}

TEST_CASE("a part of an ObservedSet keeps mask, weights and offsets with their samples") {
  const Matrix<float> matrix = numbered(2, 5);
  const ObservedSet set(matrix, beside_five());
  const Subset part(set, {4, 1, 3});
  const auto batch = batch_of<float>(part, {2, 0, 1});  // samples 3, 4, 1
  CHECK(list(batch.view().data, 6) == std::vector<float>{30, 31, 40, 41, 10, 11});
  CHECK(list(batch.mask(), 6) == Bytes{1, 0, 1, 1, 1, 0});
  CHECK(list(batch.weights(), 3) == std::vector<float>{4, 5, 2});
  CHECK(list(batch.offsets(), 3) == std::vector<float>{-3, -4, -1});

  const auto parts = split(set, {.validation = 0.4, .test = 0.2});
  for (const auto* of_split : {&parts.training, &parts.validation, &parts.test}) {
    for (Index j = 0; j < of_split->size(); ++j) {
      const Index sample = of_split->samples()[static_cast<std::size_t>(j)];
      const auto one = batch_of<float>(*of_split, {j});
      CHECK(one.view().data[0] == static_cast<float>(10 * sample));
      CHECK(one.is_present(1, 0) == (sample % 2 == 0));
      CHECK(one.weight(0) == static_cast<double>(sample + 1));
      CHECK((one.offsets() == nullptr ? 0.0F : one.offsets()[0]) == -static_cast<float>(sample));
    }
  }
}

TEST_CASE("a part of a part of an ObservedSet reaches through both") {
  const Matrix<float> matrix = numbered(2, 5);
  const ObservedSet set(matrix, beside_five());
  const Subset part(set, {4, 1, 3});
  const Subset smaller(part, {1});
  const auto batch = batch_of<float>(smaller, {0});
  CHECK(list(batch.mask(), 2) == Bytes{1, 0});
  CHECK(batch.weights()[0] == 2);
  CHECK(batch.offsets()[0] == -1);
}

TEST_CASE("NaN stands for a missing value in any matrix") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  Matrix<float> matrix = numbered(2, 3);
  matrix(1, 0) = matrix(0, 2) = -nan;
  matrix(0, 1) = std::numeric_limits<float>::infinity();
  CHECK(missing_where_nan(matrix) == Bytes{1, 0, 1, 1, 0, 1});
  const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> by_rows = matrix;
  CHECK(missing_where_nan(by_rows) == Bytes{1, 0, 1, 1, 0, 1});
  CHECK(missing_where_nan(2 * matrix.rightCols(1)) == Bytes{0, 1});
  CHECK(missing_where_nan(Matrix<float>(3, 0)).empty());
}

TEST_CASE("a mask, weights or offsets of another size than the matrix asks for are refused by name") {
  const Matrix<float> matrix = numbered(2, 5);
  const auto text = [&](const BesideValues<float>& beside) {
    return error_text<ArgumentError>([&] { (void)ObservedSet<float>(matrix, beside); });
  };
  CHECK(text({Bytes(9, 1), {}, {}}) ==
        "ObservedSet: expected as many numbers of the mask as values of the matrix, got 9 and 10");
  CHECK(text({{}, std::vector<float>(10, 1), {}}) ==
        "ObservedSet: expected as many weights as samples of the matrix, got 10 and 5");
  CHECK(text({{}, {}, std::vector<float>(4)}) ==
        "ObservedSet: expected as many offsets as samples of the matrix, got 4 and 5");
  CHECK(text({Bytes(10), std::vector<float>(5, 1), std::vector<float>(5)}) == "nothing");
}

TEST_CASE("a weight that is not finite and above 0, and an offset that is not finite, are refused by sample") {
  const Matrix<double> matrix = numbered<double>(2, 2);
  const double infinity = std::numeric_limits<double>::infinity();
  const auto weight = [&](double number) {
    return error_text<DataError>([&] { (void)ObservedSet(matrix, {.weights = {1, number}}); });
  };
  CHECK(weight(0) == "ObservedSet: weight of sample 1: expected a finite number above 0, got 0");
  CHECK(weight(-1) == "ObservedSet: weight of sample 1: expected a finite number above 0, got -1");
  CHECK(weight(infinity) == "ObservedSet: weight of sample 1: expected a finite number above 0, got inf");
  CHECK(weight(std::nan("")) == "ObservedSet: weight of sample 1: expected a finite number above 0, got nan");
  CHECK(weight(1e-300) == "nothing");
  const auto offset = [&](double number) {
    return error_text<DataError>([&] { (void)ObservedSet(matrix, {.offsets = {number, 0}}); });
  };
  CHECK(offset(infinity) == "ObservedSet: offset of sample 0: expected a finite number, got inf");
  CHECK(offset(-infinity) == "ObservedSet: offset of sample 0: expected a finite number, got -inf");
  CHECK(offset(std::nan("")) == "ObservedSet: offset of sample 0: expected a finite number, got nan");
  CHECK(offset(-700) == "nothing");
}

TEST_CASE("a sample outside of an ObservedSet is refused, whatever is asked of it") {
  const Matrix<float> matrix = numbered(2, 5);
  const ObservedSet set(matrix, beside_five());
  for (const Index wrong : {-1, 5}) {
    const std::vector<Index> samples{0, wrong};
    std::vector<float> numbers(4);
    Bytes mask(4);
    CHECK_THROWS_AS(set.fill(samples, numbers.data()), ArgumentError);
    CHECK_THROWS_AS(set.fill_mask(samples, mask.data()), ArgumentError);
    CHECK_THROWS_AS(set.fill_weights(samples, numbers.data()), ArgumentError);
    CHECK_THROWS_AS(set.fill_offsets(samples, numbers.data()), ArgumentError);
  }
}
