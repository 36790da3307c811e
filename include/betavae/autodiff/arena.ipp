// SPDX-License-Identifier: MIT
// How an arena grows.
#pragma once

#include <betavae/autodiff/arena.hpp>

#include <algorithm>

namespace betavae {

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
