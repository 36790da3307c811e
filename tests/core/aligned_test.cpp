// SPDX-License-Identifier: MIT
#include <betavae/core/aligned.hpp>

#include "catch.hpp"

#include <cstdint>
#include <limits>
#include <numeric>
#include <type_traits>

namespace bv = betavae;

namespace {

template <class Type>
std::uintptr_t misalignment(const Type* pointer) {
  return reinterpret_cast<std::uintptr_t>(pointer) % bv::cache_line;
}

}  // namespace

TEMPLATE_TEST_CASE("An aligned vector begins on a cache line, whatever its size", "[core][aligned]", char, float,
                   double, long double) {
  for (const std::size_t size : {1U, 2U, 3U, 15U, 16U, 17U, 1000U}) {
    bv::AlignedVector<TestType> values(size, TestType(1));
    CHECK(misalignment(values.data()) == 0);
    values.push_back(TestType(2));
    CHECK(misalignment(values.data()) == 0);
  }
}

TEST_CASE("A copy of an aligned vector is a copy, and a moved one keeps its memory", "[core][aligned]") {
  bv::AlignedVector<float> values(100);
  std::iota(values.begin(), values.end(), 0.0F);
  bv::AlignedVector<float> copy = values;
  copy[7] = -1;
  CHECK(values[7] == 7);
  CHECK(copy.data() != values.data());
  CHECK(misalignment(copy.data()) == 0);

  const float* const memory = values.data();
  const bv::AlignedVector<float> moved = std::move(values);
  CHECK(moved.data() == memory);
  CHECK(moved[99] == 99);
}

TEST_CASE("A size that overflows is refused, not rounded to a small one", "[core][aligned]") {
  bv::AlignedAllocator<float> floats;
  bv::AlignedAllocator<char> chars;
  constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
  // Near the end of the address space the padding to 64 bytes overflows too: 2⁶⁴ − 4 bytes became a block of none.
  for (const std::size_t count : {most, most / 2, most / 4, most / 4 + 1, most / 8 + 1}) {
    CAPTURE(count);
    CHECK_THROWS_AS(static_cast<void>(floats.allocate(count)), std::bad_array_new_length);
  }
  CHECK_THROWS_AS(static_cast<void>(chars.allocate(most)), std::bad_array_new_length);
  CHECK_THROWS_AS(static_cast<void>(chars.allocate(most - 63)), std::bad_array_new_length);
}

TEST_CASE("Aligned allocators of any type are one and the same", "[core][aligned]") {
  const bv::AlignedAllocator<float> floats;
  CHECK(floats == bv::AlignedAllocator<float>(bv::AlignedAllocator<double>()));
  static_assert(
      std::is_same_v<std::allocator_traits<bv::AlignedAllocator<float>>::rebind_alloc<int>, bv::AlignedAllocator<int>>);
  static_assert(std::allocator_traits<bv::AlignedAllocator<float>>::is_always_equal::value);
}
