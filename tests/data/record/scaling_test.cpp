// SPDX-License-Identifier: MIT
#include <betavae/data/record/scaling.hpp>

#include "catch.hpp"
#include "error_text.hpp"
#include "records.hpp"

#include <array>
#include <optional>

using namespace betavae;
using Catch::Matchers::WithinRel;
using test::Pair;
using test::Specimen;
using Layout = RecordLayout<Specimen>;

namespace {

using Optional = std::optional<double>;
constexpr double tolerance = 1e-14;

/// Mean and standard deviation of a function of the specimens, by weight, by the formulas of the book.
template <class Function>
detail::Affine moments_of(const std::vector<Specimen>& all, const Function& function) {
  long double weights = 0, sum = 0, squares = 0;
  for (const Specimen& s : all) {
    if (const Optional x = function(s)) {
      weights += s.weight;
      sum += s.weight * static_cast<long double>(*x);
      squares += s.weight * static_cast<long double>(*x) * static_cast<long double>(*x);
    }
  }
  const long double mean = sum / weights;
  return {static_cast<double>(mean), static_cast<double>(std::sqrt(squares / weights - mean * mean))};
}

void check_same(const detail::Affine& a, const detail::Affine& b) {
  CHECK_THAT(a.location, WithinRel(b.location, 1e-12));
  CHECK_THAT(a.scale, WithinRel(b.scale, 1e-10));
}

}  // namespace

TEST_CASE("each kind of field is scaled by its closed form, weights counted, missing cells not") {
  const auto all = test::specimens(41);
  const RecordScaling<Specimen> scaling(all);
  const auto length = moments_of(all, [](const Specimen& s) { return Optional(s.length); });
  const auto log_mass = moments_of(
      all, [](const Specimen& s) { return s.mass ? Optional(std::log(static_cast<double>(*s.mass))) : std::nullopt; });
  const auto second_dose = moments_of(all, [](const Specimen& s) { return Optional(s.doses[1]); });
  const auto hits = moments_of(all, [](const Specimen& s) { return Optional(s.hits[1]); });
  const auto time = moments_of(all, [](const Specimen& s) { return Optional(s.time); });
  check_same(scaling.values[0], length);
  check_same(scaling.values[1], log_mass);
  CHECK(scaling.values[4].location == 0);
  CHECK_THAT(scaling.values[4].scale, WithinRel(second_dose.location, tolerance));
  CHECK((scaling.values[5] == detail::Affine{0, 100}));
  CHECK((scaling.values[6] == detail::Affine{0, 1}));
  CHECK_THAT(scaling.values[8].location, WithinRel(std::log(hits.location / time.location), 1e-12));
  CHECK(scaling.values[8].scale == 1);
  for (const std::size_t plain : {9U, 10U, 11U, 13U}) {  // alive, colour, grade, wet
    CHECK((scaling.values[plain] == detail::Affine{0, 1}));
  }

  check_same(scaling.columns[0], length);
  check_same(scaling.columns[1], log_mass);
  check_same(scaling.columns[4],
             moments_of(all, [](const Specimen& s) { return Optional(std::log(static_cast<double>(s.doses[1]))); }));
  check_same(scaling.columns[5], moments_of(all, [](const Specimen& s) { return Optional(s.share); }));
  CHECK((scaling.columns[6] == detail::Affine{0, 1}));  // the cosine of heading
  check_same(scaling.columns[9], moments_of(all, [](const Specimen& s) { return Optional(std::log1p(s.hits[1])); }));
  check_same(scaling.columns[10], moments_of(all, [](const Specimen& s) { return Optional(s.alive ? 1 : 0); }));
  CHECK((scaling.columns[12] == detail::Affine{0, 1}));  // whether colour is green
  check_same(scaling.columns[14], moments_of(all, [](const Specimen& s) { return Optional(s.grade); }));
  check_same(scaling.columns[19], moments_of(all, [](const Specimen& s) { return Optional(s.temperature); }));
  CHECK(scaling.warnings.empty());
}

TEST_CASE("a record of weight 2 is scaled as that record twice") {
  auto all = test::specimens(9);
  auto twice = all;
  for (Specimen& s : twice) {
    s.weight = 1;
  }
  all = twice;
  all[4].weight = 2;
  twice.insert(twice.begin() + 4, twice[4]);
  const RecordScaling<Specimen> by_weight(all);
  const RecordScaling<Specimen> by_repetition(twice);
  for (std::size_t i = 0; i < by_weight.values.size(); ++i) {
    CHECK_THAT(by_weight.values[i].location, WithinRel(by_repetition.values[i].location, 1e-13));
    CHECK_THAT(by_weight.values[i].scale, WithinRel(by_repetition.values[i].scale, 1e-13));
  }
}

TEST_CASE("a unit that is 1024 times smaller scales location and scale of a real field exactly") {
  auto all = test::specimens(33);
  const RecordScaling<Specimen> before(all);
  for (Specimen& s : all) {
    s.length *= 1024;
  }
  const RecordScaling<Specimen> after(all);
  CHECK(after.values[0].location == 1024 * before.values[0].location);
  CHECK(after.values[0].scale == 1024 * before.values[0].scale);
  CHECK((after.columns[0] == after.values[0]));
}

TEST_CASE("a large mean does not cancel a small spread") {
  std::vector<Pair> pairs;
  for (int i = 0; i < 1000; ++i) {
    pairs.push_back({1e9 + (i % 2 == 0 ? 0.5 : -0.5), {}});
  }
  CHECK_THAT(RecordScaling<Pair>(pairs).values[0].scale, WithinRel(0.5, 1e-9));
}

TEST_CASE("constant and missing columns get a sentence each, and a scale to live with") {
  using Warnings = std::vector<std::string>;
  const RecordScaling<Pair> missing(std::vector<Pair>{{1, {}}, {2, {}}});
  CHECK(missing.warnings == Warnings{"Pair: y: missing in all records, so nothing is learned of it"});
  CHECK((missing.values[1] == detail::Affine{0, 1}));
  const RecordScaling<Pair> constant(std::vector<Pair>{{-5, 0}, {-5, 0}, {-5, {}}});
  CHECK(constant.warnings ==
        Warnings{"Pair: x: the same in all records that have it, so how it varies cannot be learned",
                 "Pair: y: the same in all records that have it, so how it varies cannot be learned"});
  CHECK((constant.values[0] == detail::Affine{-5, 5}));
  CHECK((constant.values[1] == detail::Affine{0, 1}));
  const RecordScaling<Pair> single(std::vector<Pair>{{3, {}}});
  CHECK(single.warnings == Warnings{"Pair: x: present in one record alone, so how it varies cannot be learned",
                                    "Pair: y: missing in all records, so nothing is learned of it"});
  CHECK((single.values[0] == detail::Affine{3, 3}));
}

TEST_CASE("many odd cells of one array share a sentence") {
  auto all = test::specimens(5);
  for (Specimen& s : all) {
    s.doses = {1.001F, 1.001F};
    s.hits[1] = 0;
  }
  const RecordScaling<Specimen> scaling(all);
  REQUIRE(scaling.warnings.size() >= 2);
  CHECK(scaling.warnings[0] ==
        "Specimen: doses[0] (and 1 more of its cells): the same in all records that have it, so how it varies cannot "
        "be learned");
  CHECK(scaling.warnings[1].substr(0, 17) == "Specimen: hits[1]");
  CHECK(scaling.columns[3].scale == 1);  // the logarithm of a constant has no size
}

TEST_CASE("a category that never occurs is nothing odd, one alone is") {
  auto all = test::specimens(20);
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].site = i % 2 == 0 ? test::Colour::green : test::Colour::blue;
  }
  CHECK(RecordScaling<Specimen>(all).warnings.empty());
  for (Specimen& s : all) {
    s.site = test::Colour::green;
  }
  REQUIRE(RecordScaling<Specimen>(all).warnings.size() == 1);
  CHECK(RecordScaling<Specimen>(all).warnings[0].substr(0, 14) == "Specimen: site");
}

TEST_CASE("scaling refuses no records, and values outside of their domain by name") {
  CHECK(test::error_text<ArgumentError>([] { (void)RecordScaling<Pair>(std::vector<Pair>{}); }) ==
        "RecordScaling: records: expected at least one, got 0");
  CHECK(test::error_text<DataError>([] {
          (void)RecordScaling<Pair>(std::array<Pair, 2>{Pair{1, {}}, Pair{2, std::nan("")}});
        }) == "Pair: record 1: y: expected a finite value, got nan");
}
