// SPDX-License-Identifier: MIT
#include <betavae/data/record/cells.hpp>

#include "catch.hpp"
#include "records.hpp"

#include <array>
#include <limits>
#include <optional>

using namespace betavae;
using namespace betavae::detail;
using test::Colour;
using test::Specimen;

namespace {

/// What stands in cell i, NaN where it is missing.
template <class Member>
double cell(const Member& member, Index i = 0) {
  double x = 0;
  return Cells<Member>::load(member, i, x) ? x : std::nan("");
}

template <class Member>
Member stored(double x) {
  Member member{};
  Cells<Member>::store(member, Cells<Member>::count - 1, x);
  return member;
}

using Arrays = std::array<std::array<std::optional<short>, 3>, 2>;
static_assert(Cells<double>::count == 1 && !Cells<double>::may_miss);
static_assert(Cells<std::optional<Colour>>::count == 1 && Cells<std::optional<Colour>>::may_miss);
static_assert(Cells<Arrays>::count == 6 && Cells<Arrays>::may_miss);
static_assert(Cells<std::optional<std::array<bool, 4>>>::count == 4);
static_assert(std::is_same_v<Cells<Arrays>::Value, short>);

}  // namespace

TEST_CASE("numbers, bools and enums are one cell") {
  CHECK(cell(2.5F) == 2.5);
  CHECK(cell(std::int8_t{-7}) == -7);
  CHECK(cell(true) == 1);
  CHECK(cell(Colour::blue) == 2);
  CHECK(stored<Colour>(1.2) == Colour::green);
}

TEST_CASE("an empty optional is missing, and storing fills it") {
  CHECK(std::isnan(cell(std::optional<int>())));
  CHECK(cell(std::optional<int>(3)) == 3);
  CHECK(stored<std::optional<float>>(0.5) == 0.5F);
  std::optional<std::array<int, 2>> pair;
  CHECK(std::isnan(cell(pair, 1)));
  Cells<decltype(pair)>::store(pair, 1, 9);
  CHECK((pair == std::array{0, 9}));
}

TEST_CASE("cells of arrays are counted from the innermost") {
  Arrays arrays{};
  arrays[1][2] = short{12};
  arrays[0][1] = short{1};
  CHECK(cell(arrays, 5) == 12);
  CHECK(cell(arrays, 1) == 1);
  CHECK(std::isnan(cell(arrays, 0)));
  Cells<Arrays>::store(arrays, 3, 10);
  CHECK(arrays[1][0] == short{10});
}

TEST_CASE("what whole types cannot hold becomes the nearest that they can") {
  CHECK(stored<int>(2.6) == 3);
  CHECK(stored<int>(-2.6) == -3);
  CHECK(stored<std::uint16_t>(-0.4) == 0);
  CHECK(stored<std::uint16_t>(-1e300) == 0);
  CHECK(stored<std::uint16_t>(65535.6) == 65535);
  CHECK(stored<std::int8_t>(-128.7) == -128);
  CHECK(stored<std::int64_t>(1e300) == std::numeric_limits<std::int64_t>::max());
  CHECK(stored<std::uint64_t>(std::numeric_limits<double>::infinity()) == std::numeric_limits<std::uint64_t>::max());
  CHECK(stored<std::int64_t>(-std::numeric_limits<double>::infinity()) == std::numeric_limits<std::int64_t>::lowest());
  CHECK(stored<int>(std::nan("")) == 0);
  CHECK(stored<bool>(0.5));
  CHECK(!stored<bool>(0.49));
  CHECK(!stored<bool>(std::nan("")));
  CHECK(std::isnan(stored<double>(std::nan(""))));
}

TEST_CASE("a path reaches members of records inside, and makes an empty one") {
  using Depth = Path<&Specimen::place, &test::Place::depth>;
  static_assert(Depth::may_miss && std::is_same_v<Depth::Owner, Specimen> && std::is_same_v<Depth::Member, double>);
  Specimen specimen;
  CHECK(Depth::find(specimen) == nullptr);
  Depth::make(specimen) = 4;
  REQUIRE(specimen.place.has_value());
  CHECK(Depth::find(specimen) == &specimen.place->depth);
  CHECK(&Depth::make(specimen) == &specimen.place->depth);
  static_assert(!Path<&Specimen::length>::may_miss && Path<&Specimen::mass>::may_miss);
  CHECK(Path<&Specimen::length>::find(specimen) == &specimen.length);
}
