// SPDX-License-Identifier: MIT
#include <betavae/train/history.hpp>

#include "catch.hpp"

#include <algorithm>
#include <limits>

using namespace betavae;

namespace {

Epoch epoch() {
  Epoch e;
  e.epoch = 3;
  e.step = 1407;
  e.loss = 256.75;
  e.rate = 6.9375;
  e.distortion = 0.1 + 0.2;
  e.rate_per_dimension.assign(20, 0.25);
  e.latents = 20;
  e.active = 8;
  e.learning_rate = 1e-3;
  e.gradient_norm = 12.5;
  e.seconds = 1.5;
  e.samples_per_second = 40000;
  return e;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines(1);
  for (const char c : text) {
    if (c == '\n') {
      lines.emplace_back();
    } else {
      lines.back() += c;
    }
  }
  CHECK(lines.back().empty());  // the last line ends too
  lines.pop_back();
  return lines;
}

constexpr auto header =
    "epoch,step,loss,rate,distortion,active,latents,learning_rate,gradient_norm,seconds,samples_per_second,"
    "validation_rate,validation_distortion";

}  // namespace

TEST_CASE("a history as CSV is a header and one line an epoch, with all digits") {
  History history;
  CHECK(lines_of(history.csv()) == std::vector<std::string>{header});
  history.push_back(epoch());
  history.push_back(epoch());
  history.back().validation = NegativeElbo{.rate = 7.125, .distortion = 251};
  const auto lines = lines_of(history.csv());
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == header);
  const std::string numbers = "3,1407,256.75,6.9375,0.30000000000000004,8,20,0.001,12.5,1.5,40000,";
  CHECK(lines[1] == numbers + ",");  // no validation: two empty cells
  CHECK(lines[2] == numbers + "7.125,251");
}

TEST_CASE("every line of the CSV has as many cells as the header") {
  History history;
  history.push_back(epoch());
  history.push_back({});
  history.push_back(epoch());
  history[1].loss = std::numeric_limits<double>::infinity();
  history[2].validation = NegativeElbo{};
  for (const std::string& line : lines_of(history.csv())) {
    INFO(line);
    CHECK(std::count(line.begin(), line.end(), ',') == 12);
  }
}

TEST_CASE("what the objective measured and its settings stand last in the CSV, under their names") {
  History history;
  history.push_back(epoch());
  history.back().of_objective = {{"total correlation", 0.25}, {"beta", 4, NumberKind::setting}};
  history.push_back(epoch());  // of another objective
  const auto lines = lines_of(history.csv());
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == fmt::format("{},total_correlation,beta", header));
  CHECK(lines[1].ends_with(",40000,,,0.25,4"));
  CHECK(lines[2].ends_with(",40000,,,,"));
}

TEST_CASE("an epoch prints what its objective measured, what changes, and that its rate is sampled") {
  Epoch e = epoch();
  e.rate_is_sampled = true;
  e.of_objective = {
      {"total correlation", 0.25}, {"beta", 4, NumberKind::setting}, {"gamma", 1000, NumberKind::fixed_setting}};
  CHECK(fmt::format("{}", e) ==
        "rate 6.9 nats (sampled)  distortion 0.3 nats  active 8/20  total correlation 0.25 nats  beta 4.00");
}

TEST_CASE("an epoch prints as rate, distortion and active latents") {
  CHECK(fmt::format("{}", epoch()) == "rate 6.9 nats  distortion 0.3 nats  active 8/20");
  CHECK(fmt::format("<{}>", Epoch{}) == "<rate 0.0 nats  distortion 0.0 nats  active 0/0>");
}

TEST_CASE("an epoch that nobody filled has no validation and is not the last") {
  const Epoch e;
  CHECK_FALSE(e.validation);
  CHECK_FALSE(e.last);
  CHECK(e.latents == 0);
  CHECK_FALSE(e.rate_is_sampled);
}
