// SPDX-License-Identifier: MIT
// Threads that wait for work which is cut into tasks, and come back when all tasks are done.
//
// A fork and join takes a microsecond while the threads are awake: they look for work for a while before they sleep. Which thread
// takes which task is left to chance, so a task must be a function of its number alone, and write where no other task does: then
// the results have the same bits for any number of threads. Each owner has threads of its own; nothing is global.
#pragma once

#include <betavae/core/errors.hpp>
#include <betavae/core/flush_denormals.hpp>

#include <memory>

namespace betavae {

namespace detail {

/// How many processors this process may use: its affinity, and its share of them where a control group limits it.
[[nodiscard]] BETAVAE_API Index available_processors();

/// The number that a text gives, or 0 for none. Errors: ArgumentError for anything but a number from 1 to 1024.
[[nodiscard]] BETAVAE_API Index parse_thread_count(const char* text);

}  // namespace detail

/// The environment variable BETAVAE_THREADS, or one thread for each processor that this process may use.
/// Errors: ArgumentError where the variable is no number from 1 to 1024.
[[nodiscard]] BETAVAE_API Index default_thread_count();

class BETAVAE_API Threads {
 public:
  /// `count` threads, that of the caller among them; 0 takes `default_thread_count()`. Errors: ArgumentError for a number below 0
  /// or above 1024.
  explicit Threads(Index count = 0);
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;
  ~Threads();

  /// Threads that work, that of the caller among them.
  [[nodiscard]] Index count() const { return count_; }

  /// task(i) once for each i in [0, tasks), on any thread; returns when all are done. A task throws nothing, and runs no tasks of
  /// its own here. One caller at a time.
  template <class Task>
  void run(Index tasks, const Task& task) {
    run_erased(
        tasks, [](const void* any, Index i) { (*static_cast<const Task*>(any))(i); }, &task);
  }

 private:
  using Call = void (*)(const void* task, Index number);
  class Helpers;

  void run_erased(Index tasks, Call call, const void* task);

  Index count_;
  std::unique_ptr<Helpers> helpers_;  ///< null for one thread
};

/// task(i) for each i in [0, tasks): on the threads, or, where there are none (null), one after the other.
template <class Task>
void run_tasks(Threads* threads, Index tasks, const Task& task) {
  if (threads != nullptr) {
    threads->run(tasks, task);
  } else {
    for (Index i = 0; i < tasks; ++i) {
      task(i);
    }
  }
}

namespace detail {

using RangeCall = void (*)(const void* work, Index first, Index count);

BETAVAE_API void run_ranges(Threads* threads, Index size, Index least, RangeCall call, const void* work);

}  // namespace detail

/// work(first, count) for consecutive parts of [0, size), one a thread, each of at least `least`: below that, a thread is not worth
/// waking. Null stands for no threads.
template <class Work>
void run_ranges(Threads* threads, Index size, Index least, const Work& work) {
  detail::run_ranges(
      threads, size, least,
      [](const void* any, Index first, Index count) { (*static_cast<const Work*>(any))(first, count); }, &work);
}

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/core/threads.ipp>
#endif
