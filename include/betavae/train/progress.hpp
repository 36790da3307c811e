// SPDX-License-Identifier: MIT
// One line that tells how training goes: rewritten in place on a terminal, one plain line an epoch elsewhere.
//
// Several trainings may run at once, each in its own thread, and share the line: it shows the first of them that has not ended, and
// counts samples and time over all.
#pragma once

#include <betavae/train/fit_options.hpp>

#include <cstdio>
#include <memory>
#include <string>

namespace betavae {

class BETAVAE_API Progress {
 public:
  /// `tasks` trainings will report; `output` is where to. It must outlive them. Errors: ArgumentError for fewer than one.
  explicit Progress(Index tasks = 1, std::FILE* output = stderr);
  Progress(Index tasks, std::FILE* output, bool is_terminal);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  /// Makes a training of `options` report here as task `task`, from 0, under a name such as "β = 4". Keeps callbacks that are
  /// already there. Errors: ArgumentError for a task that was not announced.
  void follow(FitOptions& options, Index task, std::string name);

  /// Clears the line, so that other text can follow. Plain lines stay.
  void finish();

 private:
  class Line;
  std::unique_ptr<Line> line_;
};

}  // namespace betavae

#if BETAVAE_HEADER_ONLY
#include <betavae/train/progress.ipp>
#endif
