// SPDX-License-Identifier: MIT
#include <betavae/core/errors.hpp>
#include <betavae/io/whole_file.hpp>

#include "section.hpp"

#include <charconv>
#include <fstream>
#include <iterator>
#include <string_view>

namespace claims {

void write_section(const std::string& path, const Section& section) {
  betavae::write_whole_file(
      path, fmt::format("number: {}\ntitle: {}\ntheory: {}\nverdict: {}\noutcome: {}\nseconds: {:.0f}\n\n{}",
                        section.number, section.title, section.theory, section.verdict.line(),
                        betavae::name(section.verdict.outcome()), section.seconds, section.body));
}

ReadSection read_section(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file) {
    throw betavae::FileError(fmt::format("{}: expected a claim's section, found no file that can be read", path));
  }
  std::string_view text = whole;
  const auto line = [&](std::string_view key) {
    const std::size_t end = text.find('\n');
    const std::string_view first = text.substr(0, end);
    if (end == std::string_view::npos || !first.starts_with(key) || first.substr(key.size(), 2) != ": ") {
      throw betavae::DataError(fmt::format("{}: expected a line \"{}: …\" of a claim's section", path, key));
    }
    text.remove_prefix(end + 1);
    return std::string(first.substr(key.size() + 2));
  };
  ReadSection section;
  const std::string number = line("number");
  std::from_chars(number.data(), number.data() + number.size(), section.number);
  section.title = line("title");
  section.theory = line("theory");
  section.verdict = line("verdict");
  section.outcome = line("outcome");
  section.seconds = line("seconds");
  if (!text.starts_with('\n')) {
    throw betavae::DataError(fmt::format("{}: expected an empty line before the section's markup", path));
  }
  section.body = text.substr(1);
  return section;
}

}  // namespace claims
