// SPDX-License-Identifier: MIT
#include <betavae/train/fit.hpp>
#include <betavae/train/progress.hpp>

#include "catch.hpp"
#include "error_text.hpp"
#include "train/small_model.hpp"

#include <chrono>
#include <cstdio>
#include <regex>
#include <thread>

using namespace betavae;
using test::grey_data;
using test::small_model;
using test::SmallModel;

namespace {

/// A file that nobody sees, and what was written to it.
class Output {
 public:
  Output() : file_(std::tmpfile()) {}
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output() { std::fclose(file_); }

  [[nodiscard]] std::FILE* file() const { return file_; }
  [[nodiscard]] std::string text() const {
    std::rewind(file_);
    std::string all;
    for (int c = std::fgetc(file_); c != EOF; c = std::fgetc(file_)) {
      all += static_cast<char>(c);
    }
    return all;
  }
  [[nodiscard]] std::vector<std::string> lines() const {
    std::vector<std::string> all;
    std::string line;
    for (const char c : text()) {
      if (c == '\n') {
        all.push_back(line);
        line.clear();
      } else {
        line += c;
      }
    }
    CHECK(line.empty());  // every line ends
    return all;
  }

 private:
  std::FILE* file_;
};

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

void train(const FitOptions& options, Index samples = 20) {
  SmallModel model = small_model();
  fit(model, grey_data(samples), BetaElbo{1}, options);
}

StepReport report(Index step, Index steps, Index epochs = 1) {
  return {.epoch = (step - 1) * epochs / steps + 1,
          .epochs = epochs,
          .step = step,
          .steps = steps,
          .samples = step * 100,
          .rate = 6.94,
          .distortion = 249.83,
          .active = 8,
          .latents = 20,
          .samples_per_second = 1000,
          .seconds_left = 0};
}

/// Reports as `fit` would, at the speed that the test likes.
FitOptions followed(Progress& progress, Index task, std::string name = "") {
  FitOptions options;
  progress.follow(options, task, std::move(name));
  return options;
}

Epoch an_epoch(bool last) {
  Epoch epoch;
  epoch.last = last;
  return epoch;
}

}  // namespace

TEST_CASE("where there is no terminal each epoch is one plain line that says all") {
  const Output output;
  Progress progress(1, output.file());
  FitOptions options{.epochs = 3, .batch = 8};
  progress.follow(options, 0, "β = 4");
  train(options);
  progress.finish();
  const auto lines = output.lines();
  REQUIRE(lines.size() == 3);
  const std::regex form(
      R"(β = 4  epoch \d/3  rate \d+\.\d\d  distortion \d+\.\d  active \d/2  \d+ samples/s  \d+:\d\d left)");
  for (std::size_t i = 0; i < 3; ++i) {
    INFO(lines[i]);
    CHECK(std::regex_match(lines[i], form));
    CHECK(contains(lines[i], "epoch " + std::to_string(i + 1) + "/3"));
  }
  CHECK(contains(lines[2], "0:00 left"));
}

TEST_CASE("a line shows the numbers of the last report, and no name where there is none") {
  const Output output;
  Progress progress(1, output.file(), false);
  const FitOptions options = followed(progress, 0);
  options.on_step(report(1, 1));
  CHECK(options.on_epoch(an_epoch(true)));
  const auto lines = output.lines();
  REQUIRE(lines.size() == 1);
  CHECK(contains(lines[0], "epoch 1/1  rate 6.94  distortion 249.8  active 8/20  "));
  CHECK(lines[0].rfind("epoch 1/1", 0) == 0);
}

TEST_CASE("a line shows what the objective measured and what changes of its settings, by name") {
  const Output output;
  Progress progress(1, output.file(), false);
  const FitOptions options = followed(progress, 0);
  StepReport named = report(1, 1);
  const std::vector<NamedNumber> numbers{
      {"total correlation", 0.256}, {"beta", 4, NumberKind::setting}, {"gamma", 1000, NumberKind::fixed_setting}};
  named.of_objective = numbers;
  options.on_step(named);
  CHECK(options.on_epoch(an_epoch(true)));
  CHECK(contains(output.lines().at(0), "distortion 249.8  total correlation 0.26  beta 4.00  active 8/20  "));
}

TEST_CASE("samples a second count the time of the first step too") {
  const Output output;
  Progress progress(1, output.file(), false);
  const FitOptions options = followed(progress, 0);
  options.on_step(report(1, 1));  // 100 samples, at 1000 a second
  options.on_epoch(an_epoch(true));
  std::smatch match;
  const std::string line = output.lines().at(0);
  REQUIRE(std::regex_search(line, match, std::regex(R"((\d+) samples/s)")));
  CHECK(std::stod(match[1]) <= 1000);
}

TEST_CASE("the time left follows from the share of all steps that is done") {
  const Output output;
  Progress progress(2, output.file(), false);
  const FitOptions options = followed(progress, 0);
  // 100000 samples at 1000 a second: 100 s so far, for a quarter of the first of two tasks. 700 s are left.
  StepReport one = report(1, 4, 4);
  one.samples = 100000;
  options.on_step(one);
  options.on_epoch(an_epoch(false));
  const std::string line = output.lines().at(0);
  INFO(line);
  CHECK((contains(line, "11:40 left") || contains(line, "11:41 left")));
}

TEST_CASE("a terminal gets one line that is rewritten in place, and that finish clears") {
  const Output output;
  Progress progress(1, output.file(), true);
  FitOptions options{.epochs = 5, .batch = 4};
  progress.follow(options, 0, "task");
  train(options);
  const std::string shown = output.text();
  CHECK(shown.rfind("\r\x1b[?7ltask  epoch 1/5  ", 0) == 0);
  CHECK_FALSE(contains(shown, "\n"));
  CHECK(ends_with(shown, "left\x1b[K\x1b[?7h"));
  progress.finish();
  CHECK(output.text() == shown + "\r\x1b[K");
}

TEST_CASE("on a terminal the line shows the first training that has not ended") {
  const Output output;
  Progress progress(2, output.file(), true);
  const auto last_shown = [&] {
    const std::string text = output.text();
    return text.substr(text.rfind("\r"));
  };
  const FitOptions first = followed(progress, 0, "first");
  const FitOptions second = followed(progress, 1, "second");
  const auto wait = [] { std::this_thread::sleep_for(std::chrono::milliseconds(110)); };  // between two rewritings
  second.on_step(report(1, 10));
  CHECK(contains(last_shown(), "second"));
  wait();
  first.on_step(report(1, 10));
  CHECK(contains(last_shown(), "first"));
  wait();
  second.on_step(report(2, 10));
  CHECK(contains(last_shown(), "first"));
  first.on_epoch(an_epoch(true));
  wait();
  second.on_step(report(3, 10));
  CHECK(contains(last_shown(), "second"));
}

TEST_CASE("a training that on_epoch or lost patience ends early counts as done") {
  const Output output;
  Progress progress(2, output.file(), false);
  SECTION("by on_epoch") {
    FitOptions options{.epochs = 1000, .on_epoch = [](const Epoch&) { return false; }};
    progress.follow(options, 0, "");
    train(options);
  }
  SECTION("by patience") {
    FitOptions options{.epochs = 1000, .patience = 1, .least_improvement = 1e9};
    progress.follow(options, 0, "");
    SmallModel model = small_model();
    const History history = fit_with_validation(model, grey_data(10), grey_data(5), BetaElbo{1}, options);
    REQUIRE(history.size() == 2);
  }
  FitOptions options{.epochs = 1};
  progress.follow(options, 1, "");
  train(options);
  const auto lines = output.lines();
  CHECK(contains(lines.back(), " 0:00 left"));  // with the first task undone, 1000 times as much would be left
}

TEST_CASE("callbacks that are already there are kept, and an end that they ask for is obeyed") {
  const Output output;
  Progress progress(1, output.file(), false);
  int steps = 0;
  int epochs = 0;
  FitOptions options{.epochs = 9, .batch = 10};
  options.on_step = [&](const StepReport&) { ++steps; };
  options.on_epoch = [&](const Epoch&) { return ++epochs < 2; };
  progress.follow(options, 0, "");
  train(options);
  CHECK(steps == 4);
  CHECK(epochs == 2);
  CHECK(output.lines().size() == 2);
}

TEST_CASE("a second training under the same task counts on") {
  const Output output;
  Progress progress(1, output.file(), false);
  const FitOptions options = followed(progress, 0);
  for (int repetition = 0; repetition < 2; ++repetition) {
    for (Index step = 1; step <= 3; ++step) {
      options.on_step(report(step, 3));
    }
    options.on_epoch(an_epoch(true));
  }
  for (const std::string& line : output.lines()) {
    INFO(line);
    CHECK_FALSE(contains(line, "-"));
  }
}

TEST_CASE("several threads share the output, one whole line each epoch") {
  const Output output;
  Progress progress(4, output.file(), false);
  std::vector<std::thread> threads;
  for (Index task = 0; task < 4; ++task) {
    threads.emplace_back([&progress, task] {
      FitOptions options{.epochs = 5, .batch = 4};
      progress.follow(options, task, "task " + std::to_string(task));
      train(options);
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  const auto lines = output.lines();
  CHECK(lines.size() == 20);
  const std::regex form(R"(task \d  epoch \d/5  rate .* left)");
  for (const std::string& line : lines) {
    CHECK(std::regex_match(line, form));
  }
  CHECK(contains(lines.back(), " 0:00 left"));
}

TEST_CASE("an output that cannot be written ends no training") {
  std::FILE* const read_only = std::fopen("/dev/null", "r");
  REQUIRE(read_only != nullptr);
  Progress progress(1, read_only, true);
  FitOptions options{.epochs = 1};
  progress.follow(options, 0, "");
  CHECK_NOTHROW(train(options));
  CHECK_NOTHROW(progress.finish());
  std::fclose(read_only);
}

TEST_CASE("a task that was not announced is refused") {
  const Output output;
  Progress progress(2, output.file());
  FitOptions options;
  CHECK(test::error_text<ArgumentError>([&] { progress.follow(options, 2, ""); }) ==
        "Progress::follow: task: expected at least 0 and below 2, got 2");
  CHECK_THROWS_AS(progress.follow(options, -1, ""), ArgumentError);
  CHECK_FALSE(options.on_step);
  CHECK(test::error_text<ArgumentError>([&] { const Progress none(0, output.file()); }) ==
        "Progress: tasks: expected at least 1, got 0");
}
