// SPDX-License-Identifier: MIT
#include <betavae/data/record/names.hpp>

#include "catch.hpp"
#include "records.hpp"

using namespace betavae::detail;
namespace test = betavae::test;

namespace {

struct Hidden {
  int x1;
  struct Inside {
    double _under_score;
  };
};

template <class Number>
struct Generic {
  Number value;
};

}  // namespace

TEST_CASE("members bear the names that they have in the source") {
  static_assert(member_name<&test::Specimen::speed_error>() == "speed_error");
  static_assert(member_name<&Hidden::x1>() == "x1");
  static_assert(member_name<&Hidden::Inside::_under_score>() == "_under_score");
  static_assert(member_name<&Generic<std::vector<int>>::value>() == "value");
  CHECK(PathName<&test::Specimen::place, &test::Place::wet>::text == "place.wet");
}

TEST_CASE("types bear their unqualified names") {
  static_assert(type_name<test::Specimen>() == "Specimen");
  static_assert(type_name<Hidden::Inside>() == "Inside");
  CHECK(type_name<Generic<test::Specimen>>().substr(0, 8) == "Generic<");
}

TEST_CASE("a cell of several has its number") {
  CHECK(indexed("time", 1, 0) == "time");
  CHECK(indexed("genes", 20, 17) == "genes[17]");
}
