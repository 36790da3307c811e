// SPDX-License-Identifier: MIT
// How an arena grows.
#pragma once

#include <betavae/autodiff/arena.hpp>

#include <algorithm>

namespace betavae {

/// Memory that nobody has written to: a vector would fill it first.
class Arena::Block {
 public:
  explicit Block(std::size_t size) : memory_(static_cast<std::byte*>(detail::allocate_aligned(size)), Free{size}) {}
  [[nodiscard]] std::byte* data() const { return memory_.get(); }
  [[nodiscard]] std::size_t size() const { return memory_.get_deleter().size; }

 private:
  struct Free {
    std::size_t size;
    void operator()(std::byte* memory) const { detail::free_aligned(memory, size); }
  };
  std::unique_ptr<std::byte, Free> memory_;
};

BETAVAE_DEFINITION Arena::Arena() = default;
BETAVAE_DEFINITION Arena::Arena(Arena&& other) noexcept = default;
BETAVAE_DEFINITION Arena& Arena::operator=(Arena&& other) noexcept = default;
BETAVAE_DEFINITION Arena::~Arena() = default;

[[gnu::noinline]] BETAVAE_DEFINITION std::byte* Arena::allocate_bytes(std::size_t bytes) {
  if (bytes > static_cast<std::size_t>(-1) / 2) {
    throw std::bad_alloc();
  }
  bytes = (bytes + cache_line - 1) / cache_line * cache_line;
  while (current_ < blocks_.size() && blocks_[current_].size() - used_ < bytes) {
    if (++current_ < blocks_.size()) {
      used_ = 0;
    }
  }
  if (current_ == blocks_.size()) {
    const std::size_t grown = blocks_.empty() ? first_block : 2 * blocks_.back().size();
    blocks_.emplace_back(std::max(grown, bytes));
    used_ = 0;
  }
  std::byte* const memory = blocks_[current_].data() + used_;
  used_ += bytes;
  return memory;
}

BETAVAE_DEFINITION void Arena::clear() {
  rewind({});
  if (blocks_.size() > 1) {
    std::size_t total = 0;
    for (const Block& block : blocks_) {
      total += block.size();
    }
    blocks_.clear();
    blocks_.emplace_back(total);
  }
}

BETAVAE_DEFINITION std::size_t Arena::capacity() const {
  std::size_t total = 0;
  for (const Block& block : blocks_) {
    total += block.size();
  }
  return total;
}

}  // namespace betavae
