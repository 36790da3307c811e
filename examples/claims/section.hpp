// SPDX-License-Identifier: MIT
// A claim's section on its way from the program that measured it to the page of all claims: lines of "key: value", an empty line, and
// markup.
#pragma once

#include <betavae/analysis/verdict.hpp>

#include <string>

namespace claims {

struct Section {
  int number = 0;
  std::string title = {};
  std::string theory = {};
  betavae::Verdict verdict = {};
  double seconds = 0;
  std::string body = {};
};

/// What is left of it on the other side: the verdict as text.
struct ReadSection {
  int number = 0;
  std::string title = {};
  std::string theory = {};
  std::string verdict = {};
  std::string outcome = {};
  std::string seconds = {};
  std::string body = {};
};

void write_section(const std::string& path, const Section& section);

/// Errors: FileError for a file that cannot be read, DataError for one that is no section.
ReadSection read_section(const std::string& path);

}  // namespace claims
