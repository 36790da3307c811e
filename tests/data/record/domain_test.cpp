// SPDX-License-Identifier: MIT
#include <betavae/data/record/domain.hpp>

#include "catch.hpp"
#include "error_text.hpp"
#include "records.hpp"

#include <limits>

using namespace betavae;
using namespace betavae::detail;
using test::Colour;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Whole numbers where fields of other kinds are usual, and the other way round.
struct Odd {
  int dose;
  short share;
  double portion;
  float hits;
  double alive;
  float length;
  unsigned char mass;
  double root;
};

/// What a field of this name stores for x.
template <class Type>
double nearest(std::string_view name, double x) {
  double result = std::nan("");
  RecordLayout<Type>::for_each([&]<class Field>(const Field& field, auto index) {
    if (Field::name == name) {
      Type record{};
      using Cells = typename Field::CellsOfMember;
      Cells::store(Field::Place::make(record), 0, nearest_in_domain(field, x));
      (void)load_cell<Type>(field, RecordLayout<Type>::template likelihood<index>(), Field::Place::find(record), 0, 0,
                            result);  // throws where it lies outside
    }
  });
  return result;
}

}  // namespace

template <>
struct betavae::Record<Odd> {
  static constexpr auto fields =
      betavae::fields(positive<&Odd::dose>(), interval<&Odd::share>(0, 100), interval<&Odd::portion>(0, 1),
                      count<&Odd::hits>(), binary<&Odd::alive>(), real<&Odd::length>(), real<&Odd::mass>(log_scale),
                      real<&Odd::root>(seen_as([](double x) { return std::sqrt(x); })));
};

TEST_CASE("what a field stores lies inside of its domain, whatever its type") {
  for (const double x : {-infinity, -1e300, -1.0, -1e-320, 0.0, 1e-320, 0.3, 0.5, 0.7, 99.7, 1e300, infinity}) {
    CAPTURE(x);
    for (const char* name : {"dose", "share", "portion", "hits", "alive", "length", "mass", "root"}) {
      CAPTURE(name);
      if (std::string_view(name) != "hits" && std::string_view(name) != "alive") {
        CHECK_NOTHROW(nearest<Odd>(name, x));
      } else if (x >= 0) {  // as all draws and estimates of a count are
        CHECK_NOTHROW(nearest<Odd>("hits", x));
      }
    }
  }
  CHECK(nearest<Odd>("dose", 0.2) == 1);
  CHECK(nearest<Odd>("share", 99.9) == 99);
  CHECK(nearest<Odd>("share", 0.1) == 1);
  CHECK(nearest<Odd>("portion", 0.25) == 0.25);
  CHECK(nearest<Odd>("portion", 1) == std::nextafter(1, 0));
  CHECK(nearest<Odd>("hits", 2.7) == 3);
  CHECK(nearest<Odd>("hits", 1e300) == static_cast<double>(std::numeric_limits<float>::max()));
  CHECK(nearest<Odd>("alive", 0.6) == 1);
  CHECK(nearest<Odd>("length", 1e300) == static_cast<double>(std::numeric_limits<float>::max()));
  CHECK(nearest<Odd>("mass", 0.1) == 1);
  CHECK(nearest<Odd>("mass", 300) == 255);
}
