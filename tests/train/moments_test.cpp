// SPDX-License-Identifier: MIT
#include <betavae/train/moments.hpp>

#include "catch.hpp"
#include "error_text.hpp"
#include "numbers.hpp"

#include <algorithm>
#include <cmath>

using namespace betavae;
using Catch::Matchers::WithinRel;

namespace {

constexpr Index rows = 5;

/// rows × columns, column-major; row i has its own mean and spread.
std::vector<double> data(Index columns, double offset = 0, double spread = 1) {
  std::vector<double> values;
  for (Index j = 0; j < columns; ++j) {
    for (Index i = 0; i < rows; ++i) {
      const auto row = static_cast<double>(i);
      values.push_back(offset + row + spread * (1 + row) * test::number<double>(static_cast<std::uint64_t>(i), j));
    }
  }
  return values;
}

RunningMoments moments_of(const std::vector<double>& values, Index batch) {
  RunningMoments moments;
  const Index columns = static_cast<Index>(values.size()) / rows;
  for (Index first = 0; first < columns; first += batch) {
    moments.add(MatrixView<const double>{values.data() + first * rows, rows, std::min(batch, columns - first), rows});
  }
  return moments;
}

void compare_with_two_passes(const std::vector<double>& values, Index batch, double tolerance) {
  const auto moments = moments_of(values, batch);
  const Index columns = static_cast<Index>(values.size()) / rows;
  CHECK(moments.count() == columns);
  for (Index i = 0; i < rows; ++i) {
    long double mean = 0;
    long double squares = 0;
    for (Index j = 0; j < columns; ++j) {
      mean += values[static_cast<std::size_t>(j * rows + i)] / static_cast<long double>(columns);
    }
    for (Index j = 0; j < columns; ++j) {
      const long double difference = values[static_cast<std::size_t>(j * rows + i)] - mean;
      squares += difference * difference;
    }
    CAPTURE(columns, batch, i);
    CHECK_THAT(moments.mean()[static_cast<std::size_t>(i)], WithinRel(static_cast<double>(mean), 1e-13));
    CHECK_THAT(moments.variance(i),
               WithinRel(static_cast<double>(squares / static_cast<long double>(columns)), tolerance));
  }
}

}  // namespace

TEST_CASE("means and variances are those of two passes in long double, however the batches are cut") {
  for (const Index columns : {2, 3, 100, 1000}) {
    const auto values = data(columns);
    for (const Index batch : {1, 2, 7, 128, 5000}) {
      compare_with_two_passes(values, batch, 1e-12);
    }
  }
}

TEST_CASE("a small variance around a large mean is not lost") {
  const auto values = data(1000, 1e8, 1e-3);
  for (const Index batch : {1, 10, 1000}) {
    compare_with_two_passes(values, batch, 1e-4);
  }
}

TEST_CASE("one sample, and a constant, have no variance at all") {
  const auto one = moments_of(data(1), 1);
  CHECK(one.mean() == data(1));
  const auto constant = moments_of(std::vector<double>(rows * 100, 0.1), 7);
  for (Index i = 0; i < rows; ++i) {
    CHECK(one.variance(i) == 0);
    CHECK(constant.variance(i) < 1e-30);
  }
}

TEST_CASE("batches may be float, strided or empty") {
  const std::vector<float> values{1, 2, -1, 3, 6, -1};  // two rows of a matrix with three
  RunningMoments moments;
  moments.add(MatrixView<const float>{values.data(), 2, 0, 3});
  CHECK(moments.count() == 0);
  CHECK(moments.mean().empty());
  moments.add(MatrixView<const float>{values.data(), 2, 2, 3});
  moments.add(MatrixView<const float>{nullptr, 2, 0, 2});
  CHECK(moments.count() == 2);
  CHECK(moments.mean() == std::vector<double>{2, 4});
  CHECK(moments.variance(0) == 1);
  CHECK(moments.variance(1) == 4);
}

TEST_CASE("rows are counted whose variance lies above a threshold, not at it") {
  const std::vector<double> values{1, 2, 3, 6};
  RunningMoments moments;
  CHECK(moments.count_above(0) == 0);
  moments.add(MatrixView<const double>{values.data(), 2, 2, 2});  // variances 1 and 4
  CHECK(moments.count_above(0.5) == 2);
  CHECK(moments.count_above(1) == 1);
  CHECK(moments.count_above(4) == 0);
}

TEST_CASE("after clear moments begin anew, also with another number of rows") {
  const auto values = data(100);
  RunningMoments moments = moments_of(values, 10);
  moments.clear();
  CHECK(moments.count() == 0);
  CHECK(moments.count_above(0) == 0);
  moments.add(MatrixView<const double>{values.data(), rows, 100, rows});
  CHECK(moments.mean() == moments_of(values, 100).mean());
  CHECK(moments.variance(2) == moments_of(values, 100).variance(2));
  moments.clear();
  moments.add(MatrixView<const double>{values.data(), 2, 1, 2});
  CHECK(moments.mean().size() == 2);
  CHECK(moments.count_above(-1) == 2);
}

TEST_CASE("a batch with another number of rows is refused") {
  const auto values = data(10);
  RunningMoments moments = moments_of(values, 10);
  CHECK(test::error_text<ArgumentError>([&] {
          moments.add(MatrixView<const double>{values.data(), 3, 2, 3});
        }) == "RunningMoments: expected as many rows as there were before, got 3 and 5");
  CHECK(moments.count() == 10);
}

TEST_CASE("A drift from batch to batch is no variance within batches", "[train][moments]") {
  RunningMoments moments;
  for (int batch = 0; batch < 4; ++batch) {
    std::vector<double> values = {5.0 * batch, 1, 5.0 * batch, -1};  // row 0 drifts, row 1 varies
    moments.add(MatrixView<double>{values.data(), 2, 2, 2});
  }
  CHECK(moments.count_above(0.01) == 2);
  CHECK(moments.count_above_within_batches(0.01) == 1);
  CHECK(moments.count_above_within_batches(1.99) == 1);  // ((1 − 0)² + (−1 − 0)²) / (2 − 1) = 2
  CHECK(moments.count_above_within_batches(2.01) == 0);
}

TEST_CASE("A sample of weight w counts as w samples, within a batch and from batch to batch", "[train][moments]") {
  const std::vector<double> values = {1, -1, 4, 7, 0, 2};  // two rows, three samples
  const std::vector<double> weights = {2, 1, 3};
  const std::vector<double> repeated = {1, -1, 1, -1, 4, 7, 0, 2, 0, 2, 0, 2};
  RunningMoments expected;
  expected.add(MatrixView<const double>{repeated.data(), 2, 6, 2});
  RunningMoments whole;
  whole.add(MatrixView<const double>{values.data(), 2, 3, 2}, weights.data());
  RunningMoments cut;
  cut.add(MatrixView<const double>{values.data(), 2, 1, 2}, weights.data());
  cut.add(MatrixView<const double>{values.data() + 2, 2, 2, 2}, weights.data() + 1);
  CHECK(whole.count() == 3);
  for (Index i = 0; i < 2; ++i) {
    for (const auto* moments : {&whole, &cut}) {
      CHECK_THAT(moments->mean()[static_cast<std::size_t>(i)],
                 WithinRel(expected.mean()[static_cast<std::size_t>(i)], 1e-14));
      CHECK_THAT(moments->variance(i), WithinRel(expected.variance(i), 1e-14));
    }
  }
}

TEST_CASE("A common factor of all weights changes no variance, and one heavy sample has none", "[train][moments]") {
  const std::vector<float> values = {0.1F, 0.3F, 0.7F, 0.2F};
  for (const double factor : {1e-6, 0.1, 1.0, 1e6}) {
    const std::vector<float> weights(4, static_cast<float>(factor));
    RunningMoments moments;
    moments.add(MatrixView<const float>{values.data(), 1, 4, 1}, weights.data());
    const double within = 0.2075 / 3;  // Σ (x − mean)², over one less than the samples
    CAPTURE(factor);
    CHECK_THAT(moments.variance(0), WithinRel(0.2075 / 4, 1e-6));
    CHECK(moments.count_above_within_batches(0.999 * within) == 1);
    CHECK(moments.count_above_within_batches(1.001 * within) == 0);
    RunningMoments one_by_one;
    for (int j = 0; j < 4; ++j) {
      one_by_one.add(MatrixView<const float>{values.data() + j, 1, 1, 1}, weights.data());
    }
    CHECK(one_by_one.count_above_within_batches(0) == 0);
    CHECK_THAT(one_by_one.variance(0), WithinRel(0.2075 / 4, 1e-6));
  }
}
