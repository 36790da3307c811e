// SPDX-License-Identifier: MIT
// How a product is shared among threads.
#pragma once

#include <betavae/autodiff/dense.hpp>

namespace betavae::detail {

BETAVAE_DEFINITION ProductShares share_product(Index rows, Index columns, Index depth, Index threads) {
  constexpr double worth_a_task = 1e5;  // multiply-adds, a few microseconds
  const double work = static_cast<double>(rows) * static_cast<double>(columns) * static_cast<double>(depth);
  if (threads == 1 || work < 2 * worth_a_task) {
    return {true, 1, rows};
  }
  const Index most = std::min(threads, static_cast<Index>(work / worth_a_task));
  const bool by_rows = rows >= 96 * most || (columns < 96 * most && rows >= 16 * most);
  const Index unit = by_rows ? 8 : 16;
  const Index units = ((by_rows ? rows : columns) + unit - 1) / unit;
  const Index length = (units + most - 1) / most * unit;
  return {by_rows, ((by_rows ? rows : columns) + length - 1) / length, length};
}

}  // namespace betavae::detail
