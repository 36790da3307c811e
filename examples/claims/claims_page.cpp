// SPDX-License-Identifier: MIT
// Makes one page of the sections that the claims' programs wrote: a table of verdicts, then each claim.
#include <betavae/io/html_report.hpp>
#include <CLI/CLI.hpp>

#include "section.hpp"

#include <exception>
#include <filesystem>

namespace {

/// Markup that a claim's program wrote, charts among it.
struct Markup {
  static constexpr bool needs_script = true;
  std::string html;
};
std::string to_html(const Markup& markup) { return markup.html; }

void write_page(const std::vector<std::string>& files, const std::string& out) {
  betavae::ReportPage page{
      "What a trained model shows",
      "The theory of β-variational autoencoders makes claims that are often repeated and seldom measured. Here each is "
      "measured, on "
      "Fashion-MNIST or on data whose truth is known, and gets a verdict. What fails is said to fail."};
  std::vector<claims::ReadSection> sections;
  sections.reserve(files.size());
  for (const std::string& file : files) {
    sections.push_back(claims::read_section(file));
  }
  betavae::ReportTable table{.columns = {{"claim", false}, {"verdict", false}, {"seconds"}}};
  for (const claims::ReadSection& section : sections) {
    table.rows.push_back({fmt::format("{}: {}", section.number, section.title), section.outcome, section.seconds});
    fmt::print("{:>2} {}\n", section.number, section.verdict);
  }
  page.add(table);
  for (const claims::ReadSection& section : sections) {
    page.section(section.title).text(section.theory).add(Markup{section.body});
  }
  page.write(out);
  fmt::print("The page of all claims: {}\n", std::filesystem::absolute(out).string());
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> files;
  std::string out = "betavae-claims.html";
  CLI::App app{"Makes one page of the sections that the claims' programs wrote."};
  app.add_option("sections", files, "files that were written with --section, in the order of the page")->required();
  app.add_option("--out", out, "where to write the page")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    write_page(files, out);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
