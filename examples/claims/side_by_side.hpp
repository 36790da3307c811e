// SPDX-License-Identifier: MIT
// Independent trainings side by side, each on one thread: what one becomes does not depend on the others.
#pragma once

#include <betavae/core/threads.hpp>

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>
#include <vector>

namespace claims {

/// Calls work(i) for i from 0 to count − 1, as many at a time as the machine has threads. After a call that throws no new ones are begun,
/// and the first exception is thrown again.
template <class Work>
void side_by_side(std::size_t count, const Work& work) {
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> failed = false;
  std::exception_ptr failure;
  const auto take_turns = [&] {
    for (std::size_t i = next++; i < count && !failed; i = next++) {
      try {
        work(i);
      } catch (...) {
        if (!failed.exchange(true)) {
          failure = std::current_exception();
        }
      }
    }
  };
  {
    std::vector<std::jthread> helpers;
    const auto at_once = std::min(static_cast<std::size_t>(betavae::default_thread_count()), count);
    for (std::size_t i = 1; i < at_once; ++i) {
      helpers.emplace_back(take_turns);
    }
    take_turns();
  }
  if (failure) {
    std::rethrow_exception(failure);
  }
}

}  // namespace claims
