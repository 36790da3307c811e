// SPDX-License-Identifier: MIT
// Memory that begins on a cache line.
//
// The library owns all its memory through this allocator and lays Eigen::Map over it: the alignment that Eigen's own storage
// chooses depends on compiler flags, so an Eigen matrix made in one translation unit may not be freed in another one.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace betavae {

inline constexpr std::size_t cache_line = 64;

template <class Type>
struct AlignedAllocator {
  static_assert(alignof(Type) <= cache_line, "betavae: AlignedAllocator aligns to 64 bytes, and no more");
  using value_type = Type;
  AlignedAllocator() = default;
  template <class Other>
  AlignedAllocator(const AlignedAllocator<Other>& /*other*/) {}

  [[nodiscard]] Type* allocate(std::size_t count) {
    // Half of what can be addressed: closer to the end, libstdc++ rounds the size up to the alignment, past the end, to 0.
    if (count > static_cast<std::size_t>(-1) / 2 / sizeof(Type)) {
      throw std::bad_array_new_length();
    }
    return static_cast<Type*>(::operator new (count * sizeof(Type), std::align_val_t{cache_line}));
  }
  void deallocate(Type* pointer, std::size_t /*count*/) noexcept {
    ::operator delete (pointer, std::align_val_t{cache_line});
  }
  friend bool operator==(const AlignedAllocator& /*a*/, const AlignedAllocator& /*b*/) { return true; }
};

template <class Type>
using AlignedVector = std::vector<Type, AlignedAllocator<Type>>;

}  // namespace betavae
