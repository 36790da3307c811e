// SPDX-License-Identifier: MIT
// The memory of one training step: handed out in pieces aligned to 64 bytes, taken back all at once, reused by the next step.
#pragma once

#include <betavae/core/aligned.hpp>
#include <betavae/core/form.hpp>
#include <betavae/core/index.hpp>

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <vector>

namespace betavae {

/// A growing stack of memory. After `clear` the blocks merge into one of the size that was needed, so that from the second step
/// of equal size on nothing is allocated. Objects placed here are never destroyed: they must be trivially destructible.
class BETAVAE_API Arena {
 public:
  /// Where the arena stood; hand it to `rewind` to free all that came later.
  struct Mark {
    std::size_t block = 0;
    std::size_t used = 0;
  };

  Arena();
  Arena(Arena&& other) noexcept;
  Arena& operator=(Arena&& other) noexcept;
  ~Arena();

  /// `bytes` of memory, uninitialised. Errors: std::bad_alloc.
  [[nodiscard]] std::byte* allocate_bytes(std::size_t bytes);

  /// Room for `count` numbers of type Scalar, aligned to 64 bytes. Trivial types come uninitialised, others default-constructed.
  template <class Scalar>
  [[nodiscard]] Scalar* allocate(Index count) {
    static_assert(std::is_trivially_destructible_v<Scalar>,
                  "betavae: what lies in an arena must be trivially destructible");
    static_assert(alignof(Scalar) <= cache_line, "betavae: an arena aligns to 64 bytes, and no more");
    const auto length = static_cast<std::size_t>(count);
    if (length > static_cast<std::size_t>(-1) / 2 / sizeof(Scalar)) {
      throw std::bad_alloc();
    }
    auto* const memory = reinterpret_cast<Scalar*>(allocate_bytes(length * sizeof(Scalar)));
    if constexpr (!std::is_trivial_v<Scalar>) {
      std::uninitialized_default_construct_n(memory, length);
    }
    return memory;
  }

  [[nodiscard]] Mark mark() const { return {current_, used_}; }

  void rewind(Mark mark) {
    current_ = mark.block;
    used_ = mark.used;
  }

  void clear();

  [[nodiscard]] std::size_t capacity() const;

 private:
  class Block;

  static constexpr std::size_t first_block = std::size_t{1} << 14;

  std::vector<Block> blocks_;
  std::size_t current_ = 0;
  std::size_t used_ = 0;
};

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/autodiff/arena.ipp>
#endif
