// SPDX-License-Identifier: MIT
// How threads find their work, and each other.
#pragma once

#include <betavae/core/threads.hpp>

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

namespace betavae {

namespace detail {

BETAVAE_DEFINITION Index available_processors() {
  auto processors = static_cast<Index>(std::thread::hardware_concurrency());
#if defined(__linux__)
  cpu_set_t affinity;
  CPU_ZERO(&affinity);
  if (sched_getaffinity(0, sizeof(affinity), &affinity) == 0) {
    processors = CPU_COUNT(&affinity);
  }
  if (std::FILE* const file = std::fopen("/sys/fs/cgroup/cpu.max", "r")) {
    long quota = 0;
    long period = 0;
    if (std::fscanf(file, "%ld %ld", &quota, &period) == 2 && quota > 0 && period > 0) {
      const Index share = (quota + period - 1) / period;
      processors = share < processors ? share : processors;
    }
    std::fclose(file);
  }
#endif
  return processors > 0 ? processors : 1;
}

BETAVAE_DEFINITION Index parse_thread_count(const char* text) {
  if (text == nullptr || *text == '\0') {
    return 0;
  }
  char* end = nullptr;
  const long count = std::strtol(text, &end, 10);
  require(*end == '\0' && count >= 1 && count <= 1024, "Threads", "BETAVAE_THREADS", "a number from 1 to 1024", text);
  return count;
}

}  // namespace detail

BETAVAE_DEFINITION Index default_thread_count() {
  const Index told = detail::parse_thread_count(std::getenv("BETAVAE_THREADS"));
  return told > 0 ? told : detail::available_processors();
}

/// The threads beside that of the caller, and the job that they share with it.
class Threads::Helpers {
 public:
  explicit Helpers(Index count) {
    threads_.reserve(static_cast<std::size_t>(count));
    for (Index i = 0; i < count; ++i) {
      threads_.emplace_back([this] { help(); });
    }
  }
  Helpers(const Helpers&) = delete;
  Helpers& operator=(const Helpers&) = delete;
  ~Helpers() {
    ends_.store(true, std::memory_order_relaxed);
    ticket_.fetch_add(one_job, std::memory_order_release);
    ticket_.notify_all();
    for (std::thread& thread : threads_) {
      thread.join();
    }
  }

  /// The caller takes tasks too, and returns when all are done.
  void run(Index tasks, Call call, const void* task) {
    call_.store(call, std::memory_order_relaxed);
    task_.store(task, std::memory_order_relaxed);
    unfinished_.store(static_cast<std::uint32_t>(tasks), std::memory_order_relaxed);
    const std::uint64_t job = ticket_.load(std::memory_order_relaxed) / one_job + 1;
    ticket_.store(job * one_job + static_cast<std::uint32_t>(tasks), std::memory_order_release);
    ticket_.notify_all();
    work_on(job);
    for (int look = 0;; ++look) {
      const std::uint32_t unfinished = unfinished_.load(std::memory_order_acquire);
      if (unfinished == 0) {
        return;
      }
      if (look < looks) {
        pause();
      } else {
        unfinished_.wait(unfinished, std::memory_order_acquire);
      }
    }
  }

 private:
  // The ticket is the number of the job (upper half) and how many of its tasks nobody has taken yet (lower half). Whoever counts it
  // down has taken a task, and with it the certainty that the job was not over when its call was read: the caller, who alone
  // replaces that, waits for every task.
  static constexpr std::uint64_t one_job = std::uint64_t{1} << 32;
  static constexpr int looks = 4000;  // for work, before sleeping: some 50 µs

  /// Takes tasks of this job until none is left.
  void work_on(std::uint64_t job) {
    std::uint64_t ticket = ticket_.load(std::memory_order_acquire);
    while (ticket / one_job == job && ticket % one_job != 0) {
      const Call call = call_.load(std::memory_order_relaxed);
      const void* const task = task_.load(std::memory_order_relaxed);
      if (ticket_.compare_exchange_weak(ticket, ticket - 1, std::memory_order_acq_rel, std::memory_order_acquire)) {
        call(task, static_cast<Index>(ticket % one_job) - 1);
        if (unfinished_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
          unfinished_.notify_one();
        }
        ticket = ticket_.load(std::memory_order_acquire);
      }
    }
  }

  void help() {
    const FlushDenormals flush;
    std::uint64_t seen = 0;
    while (true) {
      std::uint64_t ticket = ticket_.load(std::memory_order_acquire);
      for (int look = 0; ticket / one_job == seen; ++look) {
        if (look < looks) {
          pause();
        } else {
          ticket_.wait(ticket, std::memory_order_acquire);
        }
        ticket = ticket_.load(std::memory_order_acquire);
      }
      if (ends_.load(std::memory_order_relaxed)) {
        return;
      }
      seen = ticket / one_job;
      work_on(seen);
    }
  }

  static void pause() {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
  }

  alignas(64) std::atomic<std::uint64_t> ticket_{0};
  alignas(64) std::atomic<std::uint32_t> unfinished_{0};
  alignas(64) std::atomic<Call> call_{nullptr};
  std::atomic<const void*> task_{nullptr};
  std::atomic<bool> ends_{false};
  std::vector<std::thread> threads_;
};

BETAVAE_DEFINITION Threads::Threads(Index count) {
  require(count >= 0 && count <= 1024, "Threads", "count", "a number from 0 to 1024", count);
  count_ = count > 0 ? count : default_thread_count();
  if (count_ > 1) {
    helpers_ = std::make_unique<Helpers>(count_ - 1);
  }
}

BETAVAE_DEFINITION Threads::~Threads() = default;

[[gnu::noinline]] BETAVAE_DEFINITION void Threads::run_erased(Index tasks, Call call, const void* task) {
  const FlushDenormals flush;  // as the helpers do, or which thread takes a task could be seen in its result
  if (count_ == 1 || tasks <= 1) {
    for (Index i = 0; i < tasks; ++i) {
      call(task, i);
    }
    return;
  }
  helpers_->run(tasks, call, task);
}

[[gnu::noinline]] BETAVAE_DEFINITION void detail::run_ranges(Threads* threads, Index size, Index least, RangeCall call,
                                                             const void* work) {
  const Index most = threads != nullptr ? threads->count() : 1;
  const Index parts = std::clamp<Index>(size / std::max<Index>(least, 1), 1, most);
  const Index length = (size + parts - 1) / parts;
  run_tasks(threads, parts, [&](Index part) {
    const Index first = std::min(part * length, size);
    call(work, first, std::min(length, size - first));
  });
}

}  // namespace betavae
