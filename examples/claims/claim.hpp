// SPDX-License-Identifier: MIT
// What the examples from 07 on have in common: each shows one claim of the theory, ends with its verdict, and writes a page of its own,
// or a section of the page that the target `claims` makes of them all.
#pragma once

#include <betavae/analysis/verdict.hpp>
#include <betavae/betavae.hpp>
#include <betavae/io/html_report.hpp>
#include <betavae/io/report/pictures.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>

namespace claims {

struct Settings {
  std::string data = "/usr/share/datasets/fashion-mnist";
  std::string out = {};
  std::string section = {};
  std::uint64_t seed = 1;
  bool quick = false;

  /// As many as asked for, or few, to see whether the program runs at all.
  [[nodiscard]] betavae::Index at_most(betavae::Index count, betavae::Index if_quick) const {
    return quick ? std::min(count, if_quick) : count;
  }
};

/// A claim in the making: a program says what it sees, sets numbers of the theory beside its own, and adds to the page.
struct Claim {
  int number = 0;           ///< of the example
  std::string title = {};   ///< of page and section
  std::string theory = {};  ///< a paragraph
  betavae::Verdict verdict = {};
  betavae::ReportPage page = betavae::ReportPage("");

  /// Prints a line at once: there may be half a minute to the next.
  template <class... Arguments>
  void say(fmt::format_string<Arguments...> text, Arguments&&... arguments) const {
    fmt::print(text, std::forward<Arguments>(arguments)...);
    fmt::print("\n");
    std::fflush(stdout);
  }
};

/// What shows a claim: it says, measures and judges.
using Show = std::function<void(Claim& claim, const Settings& settings)>;

/// The whole of a claim's main: reads options, shows the claim, prints the verdict, writes page and section.
int run(int argc, char** argv, Claim claim, const Show& show);

}  // namespace claims
