// SPDX-License-Identifier: MIT
#include <betavae/data/record/record_set.hpp>

#include "catch.hpp"
#include "error_text.hpp"
#include "numbers.hpp"
#include "records.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <limits>
#include <optional>
#include <span>

using namespace betavae;
using test::Colour;
using test::error_text;
using test::Pair;
using test::Specimen;
using Layout = RecordLayout<Specimen>;
using Specimens = std::vector<Specimen>;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

static_assert(DataSet<RecordSet<Specimen, Specimens>, float> && DataSet<RecordSet<Specimen, Specimens>, double>);
static_assert(HasMask<RecordSet<Specimen, Specimens>> && HasWeights<RecordSet<Specimen, Specimens>, double>);
static_assert(!HasWeights<RecordSet<Pair, std::vector<Pair>>, float>);
static_assert(!HasOffsets<RecordSet<Specimen, Specimens>, float>);

/// What may stand beside a missing value.
struct Measured {
  std::optional<unsigned> hits;
  double time = 1;
  std::optional<double> speed;
  double error = 0;
};

/// A long array with an exposure for each of its cells, and a field that the encoder sees in its own way.
struct Cell {
  std::array<std::uint16_t, 2000> genes{};
  std::array<float, 2000> capture{};
  float age = 0;
};

/// What is thrown where record 2 of five is changed so.
template <class Change>
std::string error_of(const Change& change) {
  auto all = test::specimens(5);
  const RecordScaling<Specimen> scaling(all);
  change(all[2]);
  const RecordSet<Specimen, Specimens> set(all, scaling);
  const std::string text = error_text<DataError>([&] { (void)test::whole_batch<float>(set); });
  CHECK(error_text<DataError>([&] { (void)RecordScaling<Specimen>(all); }) == text);
  return text;
}

}  // namespace

template <>
struct betavae::Record<Cell> {
  static constexpr auto fields = betavae::fields(count<&Cell::genes>(exposure<&Cell::capture>),
                                                 real<&Cell::age>(seen_as([](double x) { return std::sqrt(x); })));
};
template <>
struct betavae::Record<Measured> {
  static constexpr auto fields = betavae::fields(count<&Measured::hits>(exposure<&Measured::time>),
                                                 real<&Measured::speed>(measurement_error<&Measured::error>));
};

TEST_CASE("a record's numbers are its columns, values, log exposures and errors") {
  auto all = test::specimens(8);
  Specimen& s = all[5];
  s.mass = 2.5F;
  s.heading = 0.75;
  s.colour = Colour::blue;
  s.place = test::Place{3, {}};
  s.site.reset();
  const RecordScaling<Specimen> scaling(all);
  const Matrix<double> x = test::values_of(test::whole_batch<double>(RecordSet<Specimen, Specimens>(all, scaling)));
  const auto value = [&](std::size_t i, double number) { return scaling.values[i].apply(number); };
  const auto column = [&](std::size_t i, double number) { return scaling.columns[i].apply(number); };
  const std::vector<double> expected = {
      column(0, s.length), column(1, std::log(2.5)), 1, column(2, s.speed), column(3, std::log(double{s.doses[0]})),
      column(4, std::log(double{s.doses[1]})), column(5, s.share), std::cos(0.75), std::sin(0.75), 1,
      column(8, std::log1p(s.hits[0])), column(9, std::log1p(s.hits[1])), column(10, s.alive ? 1 : 0), 0, 0, 1, 1,
      column(14, s.grade), column(15, 3), 1, 0, 0, column(17, s.noise[0]), column(18, s.noise[1]),
      // conditions
      column(19, s.temperature), 0, 0, 0, 0,
      // values
      value(0, s.length), value(1, std::log(2.5)), value(2, s.speed), s.doses[0] / scaling.values[3].scale,
      s.doses[1] / scaling.values[4].scale, s.share / 100, 0.75, double(s.hits[0]), double(s.hits[1]),
      s.alive ? 1.0 : 0.0, 2, double(s.grade), value(12, 3), 0, value(14, s.noise[0]), value(15, s.noise[1]),
      // exposures and the error
      std::log(s.time), std::log(s.time), s.speed_error / scaling.values[2].scale};
  REQUIRE(static_cast<Index>(expected.size()) == Layout::rows);
  for (Index i = 0; i < Layout::rows; ++i) {
    CAPTURE(i);
    CHECK_THAT(x(i, 5), Catch::Matchers::WithinAbs(expected[static_cast<std::size_t>(i)], 1e-14));
  }
}

TEST_CASE("columns of present cells have mean 0 and variance 1 by weight") {
  const auto all = test::specimens(50);
  const RecordScaling<Specimen> scaling(all);
  const auto batch = test::whole_batch<double>(RecordSet<Specimen, Specimens>(all, scaling));
  const Matrix<double> x = test::values_of(batch);
  const Eigen::Map<const Eigen::VectorXd> weights(batch.weights(), x.cols());
  for (const Index row : {Index{0}, Index{4}, Index{6}, Index{11}, Index{17}, Index{22}, Index{24}}) {
    CAPTURE(row);
    CHECK_THAT(x.row(row).dot(weights), Catch::Matchers::WithinAbs(0, 1e-11));
    CHECK_THAT(x.row(row).cwiseAbs2().dot(weights) / weights.sum(), Catch::Matchers::WithinAbs(1, 1e-11));
  }
}

TEST_CASE("the mask is 0 at missing values alone, whose numbers are 0") {
  const auto all = test::specimens(9);
  const RecordScaling<Specimen> scaling(all);
  const auto batch = test::whole_batch<float>(RecordSet<Specimen, Specimens>(all, scaling));
  for (Index j = 0; j < 9; ++j) {
    const Specimen& s = all[static_cast<std::size_t>(j)];
    CAPTURE(j);
    for (Index i = 0; i < Layout::rows; ++i) {
      CAPTURE(i);
      const Index value = i - Layout::first_value;
      const bool is_missing = (value == 1 && !s.mass) || (value == 6 && !s.heading) || (value == 10 && !s.colour) ||
                              (value == 12 && !s.place) || (value == 13 && !(s.place && s.place->wet));
      CHECK(batch.is_present(i, j) == !is_missing);
      if (is_missing) {
        CHECK(batch.view().column(j)[i] == 0);
      }
    }
    CHECK(batch.weight(j) == s.weight);
  }
}

TEST_CASE("what an emptied optional held before changes no number") {
  auto all = test::specimens(6);
  const RecordScaling<Specimen> scaling(all);
  const auto clean = test::values_of(test::whole_batch<double>(RecordSet<Specimen, Specimens>(all, scaling)));
  for (Specimen& s : all) {
    if (!s.mass) {
      s.mass = 1e30F;
      s.mass.reset();
    }
    if (!s.heading) {
      s.heading = std::nan("");
      s.heading.reset();
    }
    if (!s.place) {
      s.place = test::Place{infinity, true};
      s.place.reset();
    }
  }
  const auto left_over = test::values_of(test::whole_batch<double>(RecordSet<Specimen, Specimens>(all, scaling)));
  CHECK((clean == left_over));
  CHECK((RecordScaling<Specimen>(all) == scaling));
}

TEST_CASE("the exposure and the error of a missing value are not read") {
  const std::vector<Measured> clean{{3U, 2, 1.5, 0.5}, {{}, 0, {}, 0}, {4U, 1, 2.5, 0}};
  std::vector<Measured> odd = clean;
  odd[1].time = std::nan("");
  odd[1].error = -infinity;
  const RecordScaling<Measured> scaling(odd);
  CHECK((scaling == RecordScaling<Measured>(clean)));
  const auto values = [&](const std::vector<Measured>& all) {
    return test::values_of(test::whole_batch<float>(RecordSet<Measured, std::vector<Measured>>(all, scaling)));
  };
  CHECK((values(odd) == values(clean)));
}

TEST_CASE("a long array has an exposure for each cell, and an encoder may see a field in its own way") {
  std::vector<Cell> cells(3);
  for (std::size_t i = 0; i < 3; ++i) {
    cells[i].genes[1234] = static_cast<std::uint16_t>(i);
    cells[i].capture.fill(2);
    cells[i].capture[1234] = static_cast<float>(i + 1);
    cells[i].age = static_cast<float>(i * i);
  }
  const RecordScaling<Cell> scaling(cells);
  CHECK(scaling.warnings ==
        std::vector<std::string>{"Cell: genes[0] (and 1998 more of its cells): the same in all records "
                                 "that have it, so how it varies cannot be learned"});
  using Of = RecordLayout<Cell>;
  static_assert(Of::rows == 2001 + 2001 + 2000);
  const auto x = test::values_of(test::whole_batch<double>(RecordSet<Cell, std::vector<Cell>>(cells, scaling)));
  CHECK(x(Of::first_value + 1234, 2) == 2);
  CHECK(x(Of::first_exposure + 1234, 2) == std::log(3.0));
  CHECK(x(Of::first_exposure + 1235, 2) == std::log(2.0));
  CHECK_THAT(scaling.values[1234].location, Catch::Matchers::WithinAbs(std::log(1.0 / 2.0), 1e-15));
  // √0, √1, √4
  CHECK_THAT(x(2000, 2), Catch::Matchers::WithinAbs(std::sqrt(1.5), 1e-14));
  CHECK((scaling.values[2000].location != scaling.columns[2000].location));

  cells[1].capture[1999] = 0;
  CHECK(error_text<DataError>([&] { (void)RecordScaling<Cell>(cells); }) ==
        "Cell: record 1: capture[1999]: expected an exposure that is finite and above 0, got 0");
  cells[1].capture[1999] = 1;
  cells[1].age = -1;
  CHECK(test::error_text<DataError>([&] { (void)RecordScaling<Cell>(cells); }).substr(0, 66) ==
        "Cell: record 1: age: expected a finite number from seen_as(-1), go");
}

TEST_CASE("any range whose records can be reached by number is a data set") {
  const auto all = test::specimens(7);
  const RecordScaling<Specimen> scaling(all);
  const auto expected = test::values_of(test::whole_batch<float>(RecordSet<Specimen, Specimens>(all, scaling)));
  const auto check = [&](const auto& range) {
    const RecordSet<Specimen, std::remove_cvref_t<decltype(range)>> set(range, scaling);
    CHECK((test::values_of(test::whole_batch<float>(set)) == expected));
  };
  check(std::span<const Specimen>(all));
  check(std::deque<Specimen>(all.begin(), all.end()));
  std::array<Specimen, 7> array;
  std::copy(all.begin(), all.end(), array.begin());
  check(array);
  CHECK(error_text<ArgumentError>([&] {
          const std::vector<Index> beyond{7};
          Batch<float> batch;
          batch.fill(RecordSet<Specimen, Specimens>(all, scaling), std::span<const Index>(beyond));
        }) == "RecordSet: sample: expected at least 0 and below 7, got 7");
}

TEST_CASE("values outside of their field's domain are refused by type, record, field and element") {
  CHECK(error_of([](Specimen& s) { s.length = infinity; }) ==
        "Specimen: record 2: length: expected a finite value, got inf");
  CHECK(error_of([](Specimen& s) { s.length = std::nan(""); }) ==
        "Specimen: record 2: length: expected a finite value, got nan");
  CHECK(error_of([](Specimen& s) { s.mass = -1.0F; }) ==
        "Specimen: record 2: mass: expected a finite value above 0 (denormal numbers count as 0), got -1");
  CHECK(error_of([](Specimen& s) { s.doses[1] = 0; }) ==
        "Specimen: record 2: doses[1]: expected a finite value above 0 (denormal numbers count as 0), got 0");
  CHECK(error_of([](Specimen& s) { s.share = 100; }) ==
        "Specimen: record 2: share: expected a number above 0 and below 100, got 100");
  CHECK(error_of([](Specimen& s) { s.heading = -infinity; }) ==
        "Specimen: record 2: heading: expected a finite angle in radians, got -inf");
  CHECK(error_of([](Specimen& s) { s.colour = Colour(3); }) ==
        "Specimen: record 2: colour: expected a whole number of at least 0 and below 3, got 3");
  CHECK(error_of([](Specimen& s) { s.grade = -1; }) ==
        "Specimen: record 2: grade: expected a whole number of at least 0 and below 4, got -1");
  CHECK(error_of([](Specimen& s) {
          s.place = test::Place{std::nan(""), {}};
        }) == "Specimen: record 2: place.depth: expected a finite value, got nan");
  CHECK(error_of([](Specimen& s) { s.temperature = infinity; }) ==
        "Specimen: record 2: temperature: expected a finite value, got inf");
  CHECK(error_of([](Specimen& s) { s.site = Colour(7); }) ==
        "Specimen: record 2: site: expected a whole number of at least 0 and below 3, got 7");
}

TEST_CASE("exposures, errors and weights that cannot be are refused by name") {
  CHECK(error_of([](Specimen& s) { s.time = 0; }) ==
        "Specimen: record 2: time: expected an exposure that is finite and above 0, got 0");
  CHECK(error_of([](Specimen& s) { s.time = std::nan(""); }) ==
        "Specimen: record 2: time: expected an exposure that is finite and above 0, got nan");
  CHECK(error_of([](Specimen& s) { s.speed_error = -0.5; }) ==
        "Specimen: record 2: speed_error: expected a measurement error that is finite and at least 0, got -0.5");
  CHECK(error_of([](Specimen& s) { s.weight = 0; }) ==
        "Specimen: record 2: weight: expected a weight that is finite and above 0, got 0");
  CHECK(error_of([](Specimen& s) { s.weight = infinity; }) ==
        "Specimen: record 2: weight: expected a weight that is finite and above 0, got inf");
}

TEST_CASE("split_records deals each record to one part, by the seed") {
  std::vector<Pair> pairs;
  for (int i = 0; i < 100; ++i) {
    pairs.push_back({static_cast<double>(i), {}});
  }
  const auto parts = split_records(pairs, {.validation = 0.2, .test = 0.1, .seed = 3});
  CHECK(parts.training.size() == 70);
  CHECK(parts.validation.size() == 20);
  CHECK(parts.test.size() == 10);
  std::vector<int> seen(100);
  for (const auto* part : {&parts.training, &parts.validation, &parts.test}) {
    for (std::size_t i = 0; i < part->size(); ++i) {
      ++seen[static_cast<std::size_t>((*part)[i].x)];
      CHECK((i == 0 || (*part)[i].x > (*part)[i - 1].x));
    }
  }
  CHECK(seen == std::vector<int>(100, 1));
  CHECK(split_records(pairs, {.test = 0.5, .seed = 4}).test[0].x !=
        split_records(pairs, {.test = 0.5, .seed = 5}).test[0].x);
}
