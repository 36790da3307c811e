// SPDX-License-Identifier: MIT
// Memory that begins on a cache line.
//
// The library owns all its memory through this allocator and lays Eigen::Map over it: the alignment that Eigen's own storage
// chooses depends on compiler flags, so an Eigen matrix made in one translation unit may not be freed in another one.
#pragma once

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <cstddef>
#include <new>
#include <vector>

namespace betavae {

inline constexpr std::size_t cache_line = 64;

namespace detail {

/// Where it begins, and whether the system should back it by huge pages (2 MiB): walking through 200 MB of parameters and moments
/// in pages of 4 KiB costs a tenth to a third of the time.
inline constexpr std::size_t huge_page = std::size_t{2} << 20;
[[nodiscard]] constexpr std::align_val_t alignment_for(std::size_t bytes) {
  return std::align_val_t{bytes >= 2 * huge_page ? huge_page : cache_line};
}

/// Uninitialised. Errors: std::bad_alloc.
[[nodiscard]] inline void* allocate_aligned(std::size_t bytes) {
  void* const memory = ::operator new(bytes, alignment_for(bytes));
#if defined(__linux__)
  if (bytes >= 2 * huge_page) {
    (void)madvise(memory, bytes, MADV_HUGEPAGE);  // advice: where the system does not take it, nothing changes
  }
#endif
  return memory;
}
inline void free_aligned(void* memory, std::size_t bytes) noexcept { ::operator delete(memory, alignment_for(bytes)); }

}  // namespace detail

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
    return static_cast<Type*>(detail::allocate_aligned(count * sizeof(Type)));
  }
  void deallocate(Type* pointer, std::size_t count) noexcept { detail::free_aligned(pointer, count * sizeof(Type)); }
  friend bool operator==(const AlignedAllocator& /*a*/, const AlignedAllocator& /*b*/) { return true; }
};

template <class Type>
using AlignedVector = std::vector<Type, AlignedAllocator<Type>>;

}  // namespace betavae
