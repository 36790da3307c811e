// SPDX-License-Identifier: MIT
#include <betavae/io/csv.hpp>

#include "catch.hpp"
#include "error_text.hpp"
#include "temporary_folder.hpp"

#include <array>
#include <limits>
#include <optional>

namespace bv = betavae;
namespace test = bv::test;
using test::error_text;

namespace {

enum class Sky { clear, cloudy };

struct Wind {
  float speed = 0;
  double direction = 0;
};

struct Hour {
  std::int32_t bikes = 0;
  double open_stations = 1;
  std::optional<Sky> sky;
  bool holiday = false;
  Wind wind;
  std::array<std::optional<float>, 2> temperature;
  float weight = 1;
  int unread = 7;
};

}  // namespace

template <>
struct bv::Record<Wind> {
  static constexpr auto fields = bv::fields(bv::positive<&Wind::speed>(), bv::angle<&Wind::direction>());
};
template <>
struct bv::Record<Hour> {
  static constexpr auto fields =
      bv::fields(bv::count<&Hour::bikes>(bv::exposure<&Hour::open_stations>),
                 bv::category<&Hour::sky>(bv::names("clear", "cloudy, or worse")), bv::binary<&Hour::holiday>(),
                 bv::nested<&Hour::wind>(), bv::real<&Hour::temperature>(), bv::weight<&Hour::weight>());
};

namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// A table of one row below its header, whose cells stand in another order than the fields.
std::string table_with(const std::string& row) {
  return "note,sky,bikes,wind.speed,wind.direction,temperature[1],temperature[0],weight,holiday,open_stations\n" + row;
}
std::vector<Hour> read(const std::string& row) {
  return bv::records_from<Hour>(bv::parse_csv_table("hours.csv", table_with(row)));
}

}  // namespace

TEST_CASE("Records are read by the names of their fields, whatever the order of the columns") {
  const auto hours = read("x,\"cloudy, or worse\",12,3.5,-0.25,NA,1e2,2,yes,30\n");
  REQUIRE(hours.size() == 1);
  const Hour& hour = hours[0];
  CHECK(hour.bikes == 12);
  CHECK(hour.open_stations == 30);
  CHECK(hour.sky == Sky::cloudy);
  CHECK(hour.holiday);
  CHECK(hour.wind.speed == 3.5F);
  CHECK(hour.wind.direction == -0.25);
  CHECK(hour.temperature[0] == 100.0F);
  CHECK_FALSE(hour.temperature[1].has_value());
  CHECK(hour.weight == 2.0F);
  CHECK(hour.unread == 7);
}

TEST_CASE("A category is read by its name or its number, a bool by a word or a digit") {
  CHECK(read("x,0,1,1,0,,,1,0,1")[0].sky == Sky::clear);
  CHECK(read("x, clear ,1,1,0,,,1,0,1")[0].sky == Sky::clear);
  CHECK_FALSE(read("x,,1,1,0,,,1,0,1")[0].sky.has_value());
  CHECK_FALSE(read("x,0,1,1,0,,,1,no,1")[0].holiday);
  CHECK(read("x,0,1,1,0,,,1,true,1")[0].holiday);
}

TEST_CASE("A cell that its field may not hold is an error with line, column and name") {
  const auto text = [](const std::string& row) { return error_text<bv::DataError>([&] { (void)read(row); }); };
  CHECK(contains(text("x,rain,1,1,0,,,1,0,1"),
                 "hours.csv: line 2, column 2 (sky): expected one of clear, cloudy, or worse"));
  CHECK(
      contains(text("x,2,1,1,0,,,1,0,1"), "line 2, column 2 (sky): expected a whole number of at least 0 and below 2"));
  CHECK(contains(text("x,0,-1,1,0,,,1,0,1"), "line 2, column 3 (bikes): expected a whole number of at least 0"));
  CHECK(contains(text("x,0,1.5,1,0,,,1,0,1"), "(bikes): expected a whole number that its member can hold"));
  CHECK(contains(text("x,0,3000000000,1,0,,,1,0,1"), "(bikes): expected a whole number that its member can hold"));
  CHECK(contains(text("x,0,NA,1,0,,,1,0,1"), "(bikes): expected a value, since its member is no std::optional"));
  CHECK(contains(text("x,0,1,1e300,0,,,1,0,1"), "(wind.speed): expected a number that its member can hold"));
  CHECK(contains(text("x,0,1,0,0,,,1,0,1"), "(wind.speed): expected a finite value above 0"));
  CHECK(contains(text("x,0,1,inf,0,,,1,0,1"), "(wind.speed): expected a finite number"));
  CHECK(contains(text("x,0,1,1,0,,,1,maybe,1"), "(holiday): expected a number"));
  CHECK(contains(text("x,0,1,1,0,,,1,2,1"), "(holiday): expected a whole number that its member can hold"));
}

TEST_CASE("A column that is not there is an error with the names of those that are") {
  const std::string text = error_text<bv::FileError>(
      [] { (void)bv::records_from<Hour>(bv::parse_csv_table("hours.csv", "bikes,sky\n1,clear\n")); });
  CHECK(contains(text, "hours.csv: line 1: expected a column \"open_stations\", got \"bikes\", \"sky\""));
}

TEST_CASE("Records that were written are read as they were") {
  const bv::test::TemporaryFolder folder;
  const std::string path = folder.file("hours.csv");
  std::vector<Hour> hours(3);
  hours[0] = {
      .bikes = 7, .open_stations = 0.1, .sky = Sky::cloudy, .holiday = true, .wind = {1.1F, -3.0}, .temperature = {}};
  hours[1].wind.speed = 1e-30F;
  hours[1].temperature = {0.1F, -273.15F};
  hours[2].wind.speed = 5;
  hours[2].bikes = std::numeric_limits<std::int32_t>::max();
  bv::write_csv<Hour>(path, hours);
  const auto again = bv::read_csv<Hour>(path);
  REQUIRE(again.size() == hours.size());
  for (std::size_t i = 0; i < hours.size(); ++i) {
    CHECK(again[i].bikes == hours[i].bikes);
    CHECK(again[i].open_stations == hours[i].open_stations);
    CHECK(again[i].sky == hours[i].sky);
    CHECK(again[i].holiday == hours[i].holiday);
    CHECK(again[i].wind.speed == hours[i].wind.speed);
    CHECK(again[i].wind.direction == hours[i].wind.direction);
    CHECK(again[i].temperature == hours[i].temperature);
    CHECK(again[i].weight == hours[i].weight);
  }
}
