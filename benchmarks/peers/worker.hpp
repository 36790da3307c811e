// SPDX-License-Identifier: MIT
// A worker process of the comparison: it offers works by name, and does one when it is told to. compare.py starts all workers and lets
// them take turns, so that each meets the same state of the machine.
//
// At its start a worker writes what it is, one "key: value" a line, then an empty line. Then it answers each line of standard input:
//
//     prepare WORK        "ready FLOP BYTES" (of one step, 0 where they are not the worker's to say), or "cannot REASON"
//     run WORK STEPS      the seconds that STEPS steps took: by the clock, and of processors that worked
//     drop WORK           "ready 0 0"; its memory is given back
//
// This header knows nothing of betavae, so that peers may be compiled with flags of their own.
#pragma once

#include <time.h>

#include <cstdio>
#include <exception>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <utility>

namespace peers {

/// `run` does so many steps, its loop inside, so that a step of a few nanoseconds pays for no call from outside.
struct Work {
  std::function<void(long steps)> run;
  double flop = 0;
  double bytes = 0;
};

/// Hinders the compiler from leaving out what nobody reads.
template <class Type>
inline void keep(Type& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

class Worker {
 public:
  /// `make` runs when the work is asked for first, and holds its data.
  void offer(const std::string& name, std::function<Work()> make) { makers_[name] = std::move(make); }

  /// Answers standard input until it ends.
  int serve(const std::map<std::string, std::string>& facts) {
    for (const auto& [key, value] : facts) {
      std::cout << key << ": " << value << '\n';
    }
    std::cout << std::endl;
    for (std::string line; std::getline(std::cin, line);) {
      std::istringstream words(line);
      std::string command;
      std::string name;
      long steps = 0;
      words >> command >> name >> steps;
      try {
        std::cout << answer(command, name, steps) << std::endl;
      } catch (const std::exception& error) {
        std::cout << "cannot " << error.what() << std::endl;
      }
    }
    return 0;
  }

 private:
  [[nodiscard]] static double seconds(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  }

  [[nodiscard]] std::string answer(const std::string& command, const std::string& name, long steps) {
    if (makers_.count(name) == 0) {
      return "cannot do " + name;
    }
    char text[64] = "ready 0 0";
    if (command == "prepare") {
      works_[name] = makers_[name]();
      works_[name].run(1);
      std::snprintf(text, sizeof text, "ready %.0f %.0f", works_[name].flop, works_[name].bytes);
    } else if (command == "run") {
      const auto& run = works_.at(name).run;
      const double start = seconds(CLOCK_MONOTONIC);
      const double worked = seconds(CLOCK_PROCESS_CPUTIME_ID);
      run(steps);
      std::snprintf(text, sizeof text, "%.9e %.9e", seconds(CLOCK_MONOTONIC) - start,
                    seconds(CLOCK_PROCESS_CPUTIME_ID) - worked);
    } else if (command == "drop") {
      works_.erase(name);
    } else {
      return "cannot understand " + command;
    }
    return text;
  }

  std::map<std::string, std::function<Work()>> makers_;
  std::map<std::string, Work> works_;
};

}  // namespace peers
