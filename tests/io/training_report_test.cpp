// SPDX-License-Identifier: MIT
#include <betavae/io/training_report.hpp>

#include "catch.hpp"

using namespace betavae;

namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

History history() {
  History history;
  for (Index epoch = 1; epoch <= 3; ++epoch) {
    Epoch e;
    e.epoch = epoch;
    e.rate = 6.125;
    e.distortion = 250.5;
    e.loss = 275;
    e.latents = 20;
    e.active = 8;
    e.of_objective = {{"total correlation", 0.5 / static_cast<double>(epoch)},
                      {"beta", static_cast<double>(epoch), NumberKind::setting},
                      {"gamma", 1000, NumberKind::fixed_setting}};
    history.push_back(e);
  }
  return history;
}

std::string page_of(const History& history) { return training_report(history, "A training").html(); }

}  // namespace

TEST_CASE("the page tells where training ended, the objective's numbers by name") {
  const std::string html = page_of(history());
  for (const std::string_view part :
       {"A training", "<dt>rate</dt><dd>6.12 nats</dd>", "<dt>distortion</dt><dd>250.50 nats</dd>", "<dd>8 of 20</dd>",
        "<dt>total correlation</dt><dd>0.1667 nats</dd>", "<dt>beta</dt><dd>3</dd>", "<dt>gamma</dt><dd>1000</dd>",
        "What the objective measured and set"}) {
    INFO(part);
    CHECK(contains(html, part));
  }
}

TEST_CASE("what training changes has a chart, and what it does not change has none") {
  const auto charts = [](const History& history) {
    const std::string html = page_of(history);
    std::size_t count = 0;
    for (std::size_t at = html.find("<figure"); at != std::string::npos; at = html.find("<figure", at + 1)) {
      ++count;
    }
    return count;
  };
  CHECK(charts(history()) == 4);  // rate, distortion, total correlation, beta
  History plain = history();
  for (Epoch& epoch : plain) {
    epoch.of_objective = {{"beta", 4, NumberKind::fixed_setting}};
  }
  CHECK(charts(plain) == 2);
  CHECK_FALSE(contains(page_of(plain), "What the objective measured and set"));
}

TEST_CASE("held-out data, warnings and a sampled rate are shown where there are any") {
  const std::string without = page_of(history());
  CHECK_FALSE(contains(without, "held out"));
  CHECK_FALSE(contains(without, "estimate at one draw"));
  History more = history();
  more[1].validation = NegativeElbo{.rate = 6, .distortion = 260};
  more.warnings = {"BetaElbo: beta: its schedule <takes> 10 steps"};
  more.back().rate_is_sampled = true;
  const std::string html = page_of(more);
  CHECK(contains(html, "held out"));
  CHECK(contains(html, "its schedule &lt;takes&gt; 10 steps"));
  CHECK(contains(html, "an estimate at one draw a sample"));
}

TEST_CASE("a page about nothing is refused") { CHECK_THROWS_AS(training_report({}, "Nothing"), ArgumentError); }
