// SPDX-License-Identifier: MIT
// A strided matrix in a heap block of exactly its size, so that the address sanitizer sees whatever reads or writes past its end,
// and with NaN in every cell that belongs to the block but not to the matrix, so that whatever reads there shows.
#pragma once

#include "numbers.hpp"

#include <cmath>
#include <limits>
#include <memory>

namespace betavae::test {

/// `outer` runs of `inner` contiguous numbers; run j begins at `data() + j · stride`, `offset` numbers into the block.
template <class Scalar>
class GuardedMatrix {
 public:
  using Index = betavae::Index;

  GuardedMatrix(Index inner, Index outer, Index padding, Index offset)
      : inner_(inner), outer_(outer), stride_(inner + padding), offset_(offset) {
    // The last run has no padding behind it: the block ends with the matrix.
    size_ = offset + (inner * outer == 0 ? 0 : (outer - 1) * stride_ + inner);
    block_ = std::make_unique<Scalar[]>(static_cast<std::size_t>(size_));
    for (Index i = 0; i < size_; ++i) {
      block_[static_cast<std::size_t>(i)] = std::numeric_limits<Scalar>::quiet_NaN();
    }
  }

  /// The same with numbers in (−1, 1] in its cells.
  GuardedMatrix(Index inner, Index outer, Index padding, Index offset, std::uint64_t sequence)
      : GuardedMatrix(inner, outer, padding, offset) {
    for (Index j = 0; j < outer; ++j) {
      for (Index i = 0; i < inner; ++i) {
        (*this)(i, j) = number<Scalar>(sequence, j * inner + i);
      }
    }
  }

  [[nodiscard]] Scalar* data() { return block_.get() + offset_; }
  [[nodiscard]] const Scalar* data() const { return block_.get() + offset_; }
  [[nodiscard]] Index stride() const { return stride_; }
  [[nodiscard]] Scalar& operator()(Index i, Index j) { return data()[j * stride_ + i]; }
  [[nodiscard]] const Scalar& operator()(Index i, Index j) const { return data()[j * stride_ + i]; }

  /// Whether every guard is NaN as it was, so that nobody wrote beside the matrix.
  [[nodiscard]] bool guards_are_untouched() const {
    for (Index place = 0; place < size_; ++place) {
      const Index from_first = place - offset_;
      const bool is_guard = from_first < 0 || from_first % stride_ >= inner_;
      if (is_guard && !std::isnan(block_[static_cast<std::size_t>(place)])) {
        return false;
      }
    }
    return true;
  }

  /// The cells alone.
  [[nodiscard]] std::vector<Scalar> cells() const {
    std::vector<Scalar> values;
    for (Index j = 0; j < outer_; ++j) {
      for (Index i = 0; i < inner_; ++i) {
        values.push_back((*this)(i, j));
      }
    }
    return values;
  }

 private:
  Index inner_;
  Index outer_;
  Index stride_;
  Index offset_;
  Index size_;
  std::unique_ptr<Scalar[]> block_;
};

}  // namespace betavae::test
