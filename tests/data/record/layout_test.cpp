// SPDX-License-Identifier: MIT
#include <betavae/data/record/layout.hpp>

#include "catch.hpp"
#include "records.hpp"

#include <string>

using namespace betavae;
using test::Specimen;
using Layout = RecordLayout<Specimen>;

namespace {

std::size_t index_of(std::string_view name) {
  std::size_t found = Layout::count;
  Layout::for_each([&]<class Field>(const Field&, auto index) { found = Field::name == name ? index : found; });
  return found;
}

/// The place of a field among inputs, values and outputs.
std::vector<Index> place(std::string_view name) {
  const auto& all = Layout::place(index_of(name));
  return {all.input, all.value, all.output, all.common};
}

using Places = std::vector<Index>;

struct Run {
  double seconds = 1;
  unsigned hits = 0;
};
struct Day {
  Run morning;
  Run evening;
};

}  // namespace

template <>
struct betavae::Record<Run> {
  static constexpr auto fields = betavae::fields(count<&Run::hits>(exposure<&Run::seconds>));
};
template <>
struct betavae::Record<Day> {
  static constexpr auto fields = betavae::fields(nested<&Day::morning>(), condition(nested<&Day::evening>()));
};

TEST_CASE("the parts of a record have the sizes that its fields add up to") {
  CHECK(Layout::count == 16);
  CHECK(Layout::modelled_fields == 13);
  // length 1, mass 1 + 1, speed 1, doses 2, share 1, heading 2 + 1, hits 2, alive 1, colour 3 + 1, grade 1, depth 1 + 1,
  // wet 1 + 1, noise 2
  CHECK(Layout::modelled_inputs == 24);
  CHECK(Layout::modelled_columns == 19);
  CHECK(Layout::conditions == 1 + 3 + 1);
  CHECK(Layout::inputs == 29);
  CHECK(Layout::columns == 23);
  CHECK(Layout::values == 16);
  CHECK(Layout::first_value == 29);
  CHECK(Layout::first_exposure == 29 + 16);
  CHECK(Layout::first_error == 29 + 16 + 2);
  CHECK(Layout::rows == 29 + 16 + 2 + 1);
  // one a cell, but two for an angle and for noise, whose spread comes from the decoder, and three for colour
  CHECK(Layout::outputs == 16 + 1 + 2 + 2);
  // σ of length, mass and speed, shapes of the doses, precision of share, r of the hits, cutpoints of grade, scale of depth
  CHECK(Layout::common == 3 + 2 + 1 + 2 + 3 + 1);
  CHECK(Layout::has_weight);
  CHECK(Layout::may_miss);
}

TEST_CASE("fields stand one after the other, conditions last among the inputs") {
  CHECK(place("length") == Places{0, 0, 0, 0});
  CHECK(place("mass") == Places{1, 1, 1, 1});
  CHECK(place("speed") == Places{3, 2, 2, 2});
  CHECK(place("doses") == Places{4, 3, 3, 3});
  CHECK(place("share") == Places{6, 5, 5, 5});
  CHECK(place("heading") == Places{7, 6, 6, 6});
  CHECK(place("hits") == Places{10, 7, 8, 6});
  CHECK(place("alive") == Places{12, 9, 10, 8});
  CHECK(place("colour") == Places{13, 10, 11, 8});
  CHECK(place("grade") == Places{17, 11, 14, 8});
  CHECK(place("place.depth") == Places{18, 12, 15, 11});
  CHECK(place("place.wet") == Places{20, 13, 16, 12});
  CHECK(place("noise") == Places{22, 14, 17, 12});
  CHECK(Layout::place(index_of("temperature")).input == 24);
  CHECK(Layout::place(index_of("site")).input == 25);
}

TEST_CASE("the modelled fields are counted in the order of the description") {
  std::string names;
  Layout::for_each_modelled([&]<class Field>(const Field&, const auto&, const auto& likelihood, std::size_t number) {
    names += std::to_string(number) + " " + std::string(Field::name) + " " + std::string(likelihood.name) + ", ";
  });
  CHECK(names ==
        "0 length GaussianHeteroscedastic, 1 mass GaussianHeteroscedastic, 2 speed GaussianHeteroscedastic, "
        "3 doses Gamma, 4 share Beta, 5 heading VonMises, 6 hits NegativeBinomial, 7 alive Bernoulli, "
        "8 colour Categorical, 9 grade OrderedLogistic, 10 place.depth StudentT, 11 place.wet Bernoulli, "
        "12 noise Laplace, ");
}

TEST_CASE("categories have the names that they were given") {
  Layout::for_each([&]<class Field>(const Field& field, auto) {
    if constexpr (Field::role != detail::Role::weight) {
      if (Field::name == "colour") {
        CHECK(field.name_of(1) == "green");
        CHECK(field.name_of(3).empty());
        CHECK(field.name_of(-1).empty());
      } else {
        CHECK(field.name_of(0).empty());
      }
    }
  });
}

TEST_CASE("options of a record inside name members of that record, and all of its fields may be conditions") {
  using Of = RecordLayout<Day>;
  CHECK(Of::values == 1);
  CHECK(Of::conditions == 1);
  CHECK(Of::rows == 2 + 1 + 1);
  Of::for_each([](const auto& field, auto index) {
    using Field = std::remove_cvref_t<decltype(field)>;
    CHECK(Field::name == (index == 0 ? "morning.hits" : "evening.hits"));
    CHECK(Field::Exposure::Path::name == (index == 0 ? "morning.seconds" : "evening.seconds"));
  });
}
