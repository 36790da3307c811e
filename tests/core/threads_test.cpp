// SPDX-License-Identifier: MIT
#include <betavae/core/threads.hpp>

#include "catch.hpp"
#include "error_text.hpp"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <limits>
#include <string>
#include <thread>
#include <vector>

namespace bv = betavae;
namespace test = bv::test;
using bv::Index;

TEST_CASE("Every task runs exactly once, whatever the number of threads", "[core][threads]") {
  for (const Index count : {1, 2, 3, 8}) {
    bv::Threads threads(count);
    REQUIRE(threads.count() == count);
    for (const Index tasks : {0, 1, 2, 7, 100}) {
      std::vector<int> runs(static_cast<std::size_t>(tasks));
      threads.run(tasks, [&](Index task) { ++runs[static_cast<std::size_t>(task)]; });
      CHECK(runs == std::vector<int>(static_cast<std::size_t>(tasks), 1));
    }
  }
}

TEST_CASE("What tasks wrote is there when run returns, job after job", "[core][threads]") {
  bv::Threads threads(3);
  std::vector<long> sums(5);
  for (long job = 1; job <= 20'000; ++job) {
    threads.run(5, [&](Index task) { sums[static_cast<std::size_t>(task)] += job + task; });
    if (sums[4] != job * (job + 1) / 2 + 4 * job) {
      FAIL("job " << job << " was not done when run returned");
    }
  }
  CHECK(sums[0] == 20'000L * 20'001 / 2);
}

TEST_CASE("Threads that fell asleep wake up for the next job", "[core][threads]") {
  bv::Threads threads(2);
  for (int pause = 0; pause < 3; ++pause) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));  // many times longer than they look for work
    // The first of the two tasks to be taken waits for the other one, so both threads must be awake.
    std::atomic<int> arrived{0};
    threads.run(2, [&](Index) {
      ++arrived;
      while (arrived < 2) {
        std::this_thread::yield();
      }
    });
    CHECK(arrived == 2);
  }
}

TEST_CASE("Two owners of threads work side by side", "[core][threads]") {
  const auto work = [] {
    bv::Threads threads(2);
    std::vector<long> sums(4);
    for (long job = 0; job < 2000; ++job) {
      threads.run(4, [&](Index task) { ++sums[static_cast<std::size_t>(task)]; });
    }
    return sums == std::vector<long>(4, 2000);
  };
  bool other = false;
  std::thread thread([&] { other = work(); });
  const bool own = work();
  thread.join();
  CHECK(own);
  CHECK(other);
}

TEST_CASE("Denormal numbers count as zero in every task, whichever thread takes it", "[core][threads]") {
  bv::Threads threads(2);
  const volatile float smallest = std::numeric_limits<float>::min();
  std::vector<float> halves(64, 1);
  threads.run(64, [&](Index task) { halves[static_cast<std::size_t>(task)] = smallest / 2; });
  CHECK(halves == std::vector<float>(64, 0));
  CHECK(smallest / 2 > 0);  // the caller's own mode is back
}

TEST_CASE("The number of threads comes from BETAVAE_THREADS, else from what this process may use", "[core][threads]") {
  CHECK(bv::detail::parse_thread_count(nullptr) == 0);
  CHECK(bv::detail::parse_thread_count("") == 0);
  CHECK(bv::detail::parse_thread_count("3") == 3);
  for (const char* text : {"0", "-1", "two", "2x", "1025", "99999999999999999999"}) {
    CHECK_THROWS_AS(bv::detail::parse_thread_count(text), bv::ArgumentError);
  }
  CHECK(test::error_text<bv::ArgumentError>([] { (void)bv::detail::parse_thread_count("many"); }) ==
        "Threads: BETAVAE_THREADS: expected a number from 1 to 1024, got many");
  CHECK(bv::detail::available_processors() >= 1);
  CHECK(bv::detail::available_processors() <= static_cast<Index>(std::thread::hardware_concurrency()));
  CHECK_THROWS_AS(bv::Threads(-1), bv::ArgumentError);
  CHECK_THROWS_AS(bv::Threads(1025), bv::ArgumentError);
}
