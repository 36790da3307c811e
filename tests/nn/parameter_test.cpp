// SPDX-License-Identifier: MIT
#include <betavae/nn/parameter.hpp>

#include "catch.hpp"
#include "dual.hpp"
#include "error_text.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

namespace bv = betavae;
namespace test = bv::test;
using bv::dynamic;
using bv::Index;
using bv::Parameter;

namespace {

/// Layers as a user writes them: one `visit` and nothing else.
struct Scale {
  template <class Visitor>
  void visit(Visitor&& visitor) {
    visitor("factor", factor);
  }
  Parameter<float, 3> factor;
};

struct Pair {
  template <class Visitor>
  void visit(Visitor&& visitor) {
    bv::visit_parameters("first", first, visitor);
    bv::visit_parameters("second", second, visitor);
    visitor("shift", shift);
  }
  Scale first;
  Scale second;
  Parameter<float, 2, 5> shift;
};

struct NoParameters {};

template <class Model>
std::vector<std::string> names_of(Model& model) {
  std::vector<std::string> names;
  bv::visit_parameters(model, [&](const std::string& name, const auto&) { names.push_back(name); });
  return names;
}

}  // namespace

TEMPLATE_TEST_CASE("A parameter is zero at first and begins on a cache line", "[nn][parameter]", float, double,
                   long double, test::Dual) {
  const Parameter<TestType, 5, 3> parameter;
  CHECK(parameter.rows() == 5);
  CHECK(parameter.columns() == 3);
  CHECK(parameter.size() == 15);
  CHECK(reinterpret_cast<std::uintptr_t>(parameter.data()) % 64 == 0);
  for (Index i = 0; i < parameter.size(); ++i) {
    CHECK_FALSE((parameter.data()[i] < TestType(0) || parameter.data()[i] > TestType(0)));
  }
}

TEST_CASE("A parameter's value is its memory, column by column", "[nn][parameter]") {
  Parameter<double, 2, 3> parameter;
  parameter.value() << 1, 2, 3, 4, 5, 6;
  CHECK(parameter.data()[1] == 4);
  CHECK(parameter.data()[2] == 2);
  CHECK(std::as_const(parameter).value()(1, 2) == 6);
  static_assert(std::is_same_v<decltype(std::as_const(parameter).data()), const double*>);
  Parameter<double, 1, 4> row;
  row.value() << 1, 2, 3, 4;
  CHECK(row.data()[3] == 4);
  Parameter<double, 3> vector;
  CHECK(vector.columns() == 1);
}

TEST_CASE("A copy is a copy, and a moved parameter keeps its memory", "[nn][parameter]") {
  Parameter<float, 2, 2> original;
  original.value().setConstant(3);
  Parameter<float, 2, 2> copy = original;
  copy.value()(0, 0) = -1;
  CHECK(original.value()(0, 0) == 3);
  original = copy;
  CHECK(original.value()(0, 0) == -1);
  CHECK(original.data() != copy.data());
  const float* const memory = copy.data();
  const Parameter<float, 2, 2> moved = std::move(copy);
  CHECK(moved.data() == memory);
}

TEST_CASE("Sizes that are dynamic come with the constructor", "[nn][parameter]") {
  const Parameter<float, dynamic, dynamic> both(3, 4);
  CHECK(both.size() == 12);
  const Parameter<float, 3, dynamic> columns(3, 7);
  CHECK(columns.columns() == 7);
  CHECK(Parameter<float, dynamic, dynamic>().size() == 0);
  CHECK(Parameter<float, 4, dynamic>().rows() == 4);
  CHECK(Parameter<float, dynamic, dynamic>(0, 9).size() == 0);
  CHECK(Parameter<float, dynamic, dynamic>(9, 0).size() == 0);
}

TEST_CASE("A size that the parameter cannot have is an error that says which", "[nn][parameter]") {
  const auto text = [](auto&& make) { return test::error_text<bv::ArgumentError>(make); };
  CHECK(text([] { Parameter<float, 3, 4>(2, 4); }) == "Parameter: rows: expected 3, the size of its type, got 2");
  CHECK(text([] { Parameter<float, 3, 4>(3, 5); }) == "Parameter: columns: expected 4, the size of its type, got 5");
  CHECK(text([] { Parameter<float, dynamic, 4>(-1, 4); }) == "Parameter: rows: expected at least 0, got -1");
  CHECK(text([] { Parameter<float, dynamic, dynamic>(-2, -3); }) == "Parameter: rows: expected at least 0, got -2");
  CHECK(text([] { Parameter<float, dynamic, dynamic>(3, -3); }) == "Parameter: columns: expected at least 0, got -3");
  constexpr Index most = std::numeric_limits<Index>::max();
  CHECK(text([] { Parameter<float, dynamic, dynamic>(most, 2); }) ==
        fmt::format("Parameter: rows: expected so many that rows × columns can be counted, got {}", most));
}

TEST_CASE("Visiting shows every parameter in order, with its path for a name", "[nn][parameter]") {
  Pair pair;
  CHECK(names_of(pair) == std::vector<std::string>{"first.factor", "second.factor", "shift"});
  std::vector<std::string> prefixed;
  bv::visit_parameters("encoder", pair, [&](const std::string& name, auto& parameter) {
    prefixed.push_back(name);
    parameter.value().setOnes();
  });
  CHECK(prefixed == std::vector<std::string>{"encoder.first.factor", "encoder.second.factor", "encoder.shift"});
  CHECK(pair.second.factor.value().sum() == 3);
}

TEST_CASE("A constant model shows its parameters as constants", "[nn][parameter]") {
  const Pair pair;
  CHECK(names_of(pair).size() == 3);
  bv::visit_parameters(pair, [](const std::string&, auto& parameter) {
    static_assert(std::is_const_v<std::remove_reference_t<decltype(parameter)>>);
  });
}

TEST_CASE("What has no parameters shows none", "[nn][parameter]") {
  NoParameters none;
  const NoParameters constant_none;
  int number = 3;
  CHECK(names_of(none).empty());
  CHECK(names_of(constant_none).empty());
  CHECK(names_of(number).empty());
}

TEST_CASE("Parameters are counted number by number", "[nn][parameter]") {
  CHECK(bv::count_parameters(Pair{}) == 3 + 3 + 10);
  CHECK(bv::count_parameters(NoParameters{}) == 0);
}
