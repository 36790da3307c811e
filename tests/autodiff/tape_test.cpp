// SPDX-License-Identifier: MIT
#include <betavae/autodiff/tape.hpp>

#include "catch.hpp"
#include "error_text.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

namespace bv = betavae;
namespace test = bv::test;

namespace {

/// A value and its adjoint, both `rows` × 1 and zero.
struct Slot {
  Slot(bv::Tape<double>& tape, bv::Index rows)
      : value{tape.allocate_zeros(rows), rows, 1, rows}, adjoint{tape.allocate_zeros(rows), rows, 1, rows} {}
  bv::MatrixView<double> value;
  bv::MatrixView<double> adjoint;
};

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("The reverse pass runs the callbacks from last to first", "[autodiff][tape]") {
  bv::Tape<double> tape;
  std::vector<int> order;
  auto* const to = &order;
  for (const int number : {1, 2, 3}) {
    const Slot slot(tape, 1);
    tape.record("operation", slot.value, slot.adjoint, [=] { to->push_back(number); });
  }
  tape.reverse();
  CHECK(order == std::vector<int>{3, 2, 1});
  tape.reverse();
  CHECK(order.size() == 6);
}

TEST_CASE("An empty tape and a leaf have nothing to run", "[autodiff][tape]") {
  bv::Tape<double> tape;
  tape.reverse();
  const Slot leaf(tape, 2);
  tape.record_leaf("weight", leaf.value, leaf.adjoint);
  CHECK_NOTHROW(tape.reverse());
}

TEST_CASE("A cleared tape has forgotten its operations and keeps its memory", "[autodiff][tape]") {
  bv::Tape<double> tape;
  int calls = 0;
  int* const counter = &calls;
  const auto step = [&] {
    const Slot slot(tape, 1000);
    tape.record("operation", slot.value, slot.adjoint, [=] { ++*counter; });
    tape.reverse();
  };
  step();
  tape.clear();
  tape.reverse();
  CHECK(calls == 1);
  step();
  tape.clear();
  const std::size_t capacity = tape.arena().capacity();
  for (int again = 0; again < 3; ++again) {
    step();
    tape.clear();
  }
  CHECK(tape.arena().capacity() == capacity);
  CHECK(calls == 5);
}

TEST_CASE("What is recorded inside a Nested is taken back at its end", "[autodiff][tape]") {
  bv::Tape<double> tape;
  std::string order;
  auto* const to = &order;
  const Slot slot(tape, 1);
  tape.record("outer", slot.value, slot.adjoint, [=] { *to += "outer "; });
  const double* inner_memory = nullptr;
  {
    const bv::Tape<double>::Nested nested(tape);
    const Slot inner(tape, 1);
    inner_memory = inner.value.data;
    tape.record("inner", inner.value, inner.adjoint, [=] { *to += "inner "; });
    {
      const bv::Tape<double>::Nested deeper(tape);
      tape.record("deeper", inner.value, inner.adjoint, [=] { *to += "deeper "; });
    }
    tape.reverse();
  }
  CHECK(order == "inner outer ");
  tape.reverse();
  CHECK(order == "inner outer outer ");
  CHECK(tape.allocate(1) == inner_memory);
}

TEST_CASE("A Nested is taken back also when an exception passes", "[autodiff][tape]") {
  bv::Tape<double> tape;
  tape.check_finite(true);
  const Slot slot(tape, 1);
  const bv::Arena::Mark before = tape.arena().mark();
  try {
    const bv::Tape<double>::Nested nested(tape);
    *slot.value.data = not_a_number;
    tape.record("broken", slot.value, slot.adjoint, [] {});
    FAIL("must have thrown");
  } catch (const bv::NotFiniteError&) {
    CHECK(tape.arena().mark().used == before.used);
  }
  CHECK_NOTHROW(tape.reverse());
}

TEST_CASE("allocate_zeros gives zeros, also where other numbers lay", "[autodiff][tape]") {
  bv::Tape<float> tape;
  std::fill_n(tape.allocate(100), 100, 5.0F);
  tape.clear();
  const float* const zeros = tape.allocate_zeros(100);
  CHECK(std::count(zeros, zeros + 100, 0.0F) == 100);
}

TEST_CASE("While checking, the first value that is not finite names its operation", "[autodiff][tape]") {
  bv::Tape<double> tape;
  const Slot slot(tape, 3);
  for (const double bad :
       {not_a_number, std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()}) {
    slot.value.data[2] = bad;
    tape.check_finite(false);
    CHECK_NOTHROW(tape.record("exp", slot.value, slot.adjoint, [] {}));
    tape.check_finite(true);
    CHECK(test::error_text<bv::NotFiniteError>([&] { tape.record("exp", slot.value, slot.adjoint, [] {}); }) ==
          "exp: the first value that is not finite is its result");
    CHECK(test::error_text<bv::NotFiniteError>([&] { tape.record_leaf("weight", slot.value, slot.adjoint); }) ==
          "weight: the first value that is not finite is its result");
    CHECK_THROWS_AS(tape.check_value("constant", slot.value), bv::NotFiniteError);
  }
}

TEST_CASE("Only the cells of a strided view are checked", "[autodiff][tape]") {
  bv::Tape<double> tape;
  tape.check_finite(true);
  double memory[] = {1, 2, not_a_number, 3, 4, not_a_number};
  const bv::MatrixView<double> view{memory, 2, 2, 3};
  CHECK_NOTHROW(tape.check_value("slice", view));
}

TEST_CASE("While checking, the reverse pass names the operation that made the first bad gradient, and whose",
          "[autodiff][tape]") {
  bv::Tape<double> tape;
  tape.check_finite(true);
  const Slot weight(tape, 1);
  const Slot hidden(tape, 1);
  const Slot loss(tape, 1);
  tape.record_leaf("0.weight", weight.value, weight.adjoint);
  tape.record("sqrt", hidden.value, hidden.adjoint, [=] { *weight.adjoint.data += *hidden.adjoint.data / 0.0; });
  tape.record("square", loss.value, loss.adjoint, [=] { *hidden.adjoint.data += *loss.adjoint.data; });
  *loss.adjoint.data = 1;
  CHECK(test::error_text<bv::NotFiniteError>([&] { tape.reverse(); }) ==
        "sqrt: its reverse pass made the first gradient that is not finite (of 0.weight)");
}

TEST_CASE("Without checking, nothing is thrown", "[autodiff][tape]") {
  bv::Tape<double> tape;
  const Slot slot(tape, 1);
  *slot.value.data = not_a_number;
  tape.record("log", slot.value, slot.adjoint, [=] { *slot.adjoint.data = not_a_number; });
  CHECK_NOTHROW(tape.reverse());
}
