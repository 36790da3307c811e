// SPDX-License-Identifier: MIT
// How the line is put together and written.
#pragma once

#include <betavae/train/progress.hpp>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <mutex>
#include <utility>
#include <vector>

namespace betavae {

/// What the trainings reported, and where it is shown.
class Progress::Line {
  using Clock = std::chrono::steady_clock;

 public:
  Line(Index tasks, std::FILE* output, bool is_terminal) : output_(output), is_terminal_(is_terminal) {
    require(tasks >= 1, "Progress", "tasks", "at least 1", tasks);
    tasks_.resize(static_cast<std::size_t>(tasks));
  }

  [[nodiscard]] Index tasks() const { return static_cast<Index>(tasks_.size()); }
  void set_name(Index task, std::string name) { tasks_[static_cast<std::size_t>(task)].name = std::move(name); }

  void finish() {
    const std::lock_guard lock(mutex_);
    if (is_terminal_) {
      write("\r\x1b[K");
    }
  }

  void on_step(Index task, const StepReport& report) {
    const std::lock_guard lock(mutex_);
    if (!started_) {
      started_ = true;
      const std::chrono::duration<double> so_far(static_cast<double>(report.samples) / report.samples_per_second);
      start_ = Clock::now() - std::chrono::duration_cast<Clock::duration>(so_far);
    }
    Task& own = tasks_[static_cast<std::size_t>(task)];
    samples_ += report.samples - (report.step > 1 ? own.report.samples : 0);  // a second `fit` counts from 0 again
    own.report = report;
    own.of_objective.assign(report.of_objective.begin(), report.of_objective.end());
    own.done = static_cast<double>(report.step) / static_cast<double>(report.steps);
    const auto now = Clock::now();
    if (!is_terminal_ || now - last_shown_ < std::chrono::milliseconds(100)) {
      return;
    }
    last_shown_ = now;
    for (const Task& shown : tasks_) {
      if (shown.done > 0 && shown.done < 1) {
        show(shown);
        return;
      }
    }
  }

  void on_epoch(Index task, bool ends) {
    const std::lock_guard lock(mutex_);
    Task& own = tasks_[static_cast<std::size_t>(task)];
    if (ends) {
      own.done = 1;
    }
    if (!is_terminal_) {
      write(line(own) + "\n");
    }
  }

 private:
  struct Task {
    std::string name;
    StepReport report;
    std::vector<NamedNumber> of_objective;  ///< those that the report pointed to
    double done = 0;                        ///< share of its steps
  };

  void show(const Task& task) {
    // Wrapping is off while the line is written, so that a narrow terminal cuts it; then the rest of the old line is cleared.
    write("\r\x1b[?7l" + line(task) + "\x1b[K\x1b[?7h");
  }

  /// An output that fails (a closed pipe, a full disk) ends no training.
  void write(const std::string& text) {
    std::fputs(text.c_str(), output_);
    std::fflush(output_);
  }

  [[nodiscard]] std::string line(const Task& task) const {
    double done = 0;
    for (const Task& any : tasks_) {
      done += any.done / static_cast<double>(tasks_.size());
    }
    const double elapsed = std::chrono::duration<double>(Clock::now() - start_).count();
    const auto left = static_cast<Index>(done > 0 ? std::ceil(elapsed * (1 - done) / done) : 0);
    const StepReport& r = task.report;
    const double speed = static_cast<double>(samples_) / std::max(elapsed, 1e-9);
    std::string of_objective;
    for (const NamedNumber& number : task.of_objective) {
      if (number.kind != NumberKind::fixed_setting) {
        of_objective += detail::format_text("{} {}  ", {number.name, {number.value, 2}});
      }
    }
    return detail::format_text("{}{}epoch {}/{}  rate {}  distortion {}  {}active {}/{}  {} samples/s  {}:{}{} left",
                               {task.name,
                                task.name.empty() ? "" : "  ",
                                r.epoch,
                                r.epochs,
                                {r.rate, 2},
                                {r.distortion, 1},
                                of_objective,
                                r.active,
                                r.latents,
                                {speed, 0},
                                left / 60,
                                left % 60 < 10 ? "0" : "",
                                left % 60});
  }

  std::FILE* output_;
  bool is_terminal_;
  std::mutex mutex_;
  std::vector<Task> tasks_;
  Index samples_ = 0;
  bool started_ = false;
  Clock::time_point start_;
  Clock::time_point last_shown_;
};

BETAVAE_DEFINITION Progress::Progress(Index tasks, std::FILE* output)
    : Progress(tasks, output, isatty(fileno(output)) != 0) {}
BETAVAE_DEFINITION Progress::Progress(Index tasks, std::FILE* output, bool is_terminal)
    : line_(std::make_unique<Line>(tasks, output, is_terminal)) {}
BETAVAE_DEFINITION Progress::~Progress() = default;

BETAVAE_DEFINITION void Progress::follow(FitOptions& options, Index task, std::string name) {
  require_index("Progress::follow", "task", task, line_->tasks());
  line_->set_name(task, std::move(name));
  options.on_step = [line = line_.get(), task, then = std::move(options.on_step)](const StepReport& report) {
    if (then) {
      then(report);
    }
    line->on_step(task, report);
  };
  options.on_epoch = [line = line_.get(), task, then = std::move(options.on_epoch)](const Epoch& epoch) {
    const bool goes_on = !then || then(epoch);
    line->on_epoch(task, epoch.last || !goes_on);
    return goes_on;
  };
}

BETAVAE_DEFINITION void Progress::finish() { line_->finish(); }

}  // namespace betavae
