// SPDX-License-Identifier: MIT
#include <betavae/autodiff/arena.hpp>

#include "catch.hpp"

#include <cstdint>
#include <cstring>
#include <limits>
#include <new>
#include <tuple>
#include <vector>

namespace bv = betavae;

namespace {

template <class Type>
bool is_aligned(const Type* pointer) {
  return reinterpret_cast<std::uintptr_t>(pointer) % bv::cache_line == 0;
}

constexpr std::size_t kilobyte = 1024;

struct StartsAtSeven {
  int value = 7;
};

struct alignas(64) Line {
  double numbers[8];
};

}  // namespace

TEST_CASE("Every piece begins on a cache line and is one's own", "[autodiff][arena]") {
  bv::Arena arena;
  std::vector<std::pair<std::byte*, std::size_t>> pieces;
  for (const std::size_t bytes : {1U, 63U, 64U, 65U, 1000U, 16384U, 5U, 100000U, 64U, 300000U, 1U}) {
    std::byte* const memory = arena.allocate_bytes(bytes);
    CHECK(is_aligned(memory));
    std::memset(memory, static_cast<int>(pieces.size()), bytes);
    pieces.emplace_back(memory, bytes);
  }
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    CHECK(pieces[i].first[0] == static_cast<std::byte>(i));
    CHECK(pieces[i].first[pieces[i].second - 1] == static_cast<std::byte>(i));
  }
}

TEMPLATE_TEST_CASE("Numbers of any scalar begin on a cache line", "[autodiff][arena]", char, float, double, long double,
                   Line) {
  bv::Arena arena;
  for (const bv::Index count : {1, 3, 17, 1000}) {
    CHECK(is_aligned(arena.allocate<TestType>(count)));
  }
}

TEST_CASE("Types that are not trivial come default-constructed", "[autodiff][arena]") {
  bv::Arena arena;
  std::memset(arena.allocate_bytes(kilobyte), 1, kilobyte);
  arena.clear();
  const StartsAtSeven* const objects = arena.allocate<StartsAtSeven>(100);
  CHECK(objects[0].value == 7);
  CHECK(objects[99].value == 7);
}

TEST_CASE("From the second step on, an arena does not grow", "[autodiff][arena]") {
  bv::Arena arena;
  const auto step = [&] {
    for (std::size_t i = 1; i < 200; ++i) {
      std::memset(arena.allocate_bytes(i * 97 % 9000), 1, i * 97 % 9000);
    }
  };
  CHECK(arena.capacity() == 0);
  step();
  arena.clear();
  const std::size_t capacity = arena.capacity();
  CHECK(capacity > 0);
  const std::byte* const first = arena.allocate_bytes(1);
  arena.clear();
  for (int again = 0; again < 5; ++again) {
    step();
    CHECK(arena.capacity() == capacity);
    arena.clear();
    CHECK(arena.capacity() == capacity);
    CHECK(arena.allocate_bytes(1) == first);
    arena.clear();
  }
}

TEST_CASE("An arena that was never used can be cleared and rewound", "[autodiff][arena]") {
  bv::Arena arena;
  arena.clear();
  arena.rewind(arena.mark());
  CHECK(arena.capacity() == 0);
}

TEST_CASE("Rewinding frees what came after the mark, and nothing else", "[autodiff][arena]") {
  bv::Arena arena;
  int* const kept = arena.allocate<int>(1);
  *kept = 42;
  const bv::Arena::Mark mark = arena.mark();
  int* const first = arena.allocate<int>(10);
  arena.rewind(mark);
  CHECK(arena.allocate<int>(10) == first);
  CHECK(*kept == 42);
}

TEST_CASE("Rewinding works across blocks, again and again", "[autodiff][arena]") {
  bv::Arena arena;
  int* const kept = arena.allocate<int>(1);
  *kept = 42;
  const bv::Arena::Mark mark = arena.mark();
  std::byte* const first = arena.allocate_bytes(kilobyte);
  std::size_t capacity = 0;
  for (int round = 0; round < 4; ++round) {
    arena.rewind(mark);
    CHECK(arena.allocate_bytes(kilobyte) == first);
    for (const std::size_t bytes : {40 * kilobyte, 100 * kilobyte, kilobyte, 300 * kilobyte}) {
      std::memset(arena.allocate_bytes(bytes), round, bytes);
    }
    if (round == 0) {
      capacity = arena.capacity();
    }
    CHECK(arena.capacity() == capacity);
    CHECK(*kept == 42);
  }
}

TEST_CASE("A mark from the end of one block is honoured after another was opened", "[autodiff][arena]") {
  bv::Arena arena;
  std::ignore = arena.allocate_bytes(16 * kilobyte);  // the whole first block
  const bv::Arena::Mark mark = arena.mark();
  std::byte* const next = arena.allocate_bytes(64);
  arena.rewind(mark);
  CHECK(arena.allocate_bytes(64) == next);
}

TEST_CASE("A piece of no bytes is legal", "[autodiff][arena]") {
  bv::Arena arena;
  CHECK(arena.allocate_bytes(0) != nullptr);
  CHECK(arena.allocate<double>(0) != nullptr);
}

TEST_CASE("A size beyond the address space is bad_alloc, and the arena goes on", "[autodiff][arena]") {
  bv::Arena arena;
  double* const kept = arena.allocate<double>(1);
  *kept = 1.5;
  CHECK_THROWS_AS(arena.allocate_bytes(std::numeric_limits<std::size_t>::max()), std::bad_alloc);
  CHECK_THROWS_AS(arena.allocate<double>(std::numeric_limits<bv::Index>::max()), std::bad_alloc);
  CHECK_THROWS_AS(arena.allocate<double>(-1), std::bad_alloc);
  CHECK_THROWS_AS(arena.allocate<Line>(std::numeric_limits<bv::Index>::max() / 64 + 1), std::bad_alloc);
  CHECK(is_aligned(arena.allocate<double>(100)));
  CHECK(*kept == 1.5);
}
