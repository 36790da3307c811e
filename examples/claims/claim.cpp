// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>

#include "claim.hpp"
#include "section.hpp"

#include <chrono>
#include <exception>
#include <filesystem>

namespace claims {

namespace {

/// A page that cannot be written should be known before training.
void require_folder_of(const std::string& path) {
  const auto folder = std::filesystem::absolute(path).parent_path();
  if (!std::filesystem::is_directory(folder)) {
    throw betavae::FileError(fmt::format("{}: expected the folder of a file to write, found none", folder.string()));
  }
}

constexpr std::string_view too_quick = "A quick run: too few samples and epochs for a verdict.";

betavae::TermList terms_of(const betavae::Verdict& verdict) {
  betavae::TermList list;
  for (const betavae::Check& check : verdict.checks) {
    list.terms.push_back({check.what, fmt::format("theory {}, measured {}: {}", check.theory, check.measured,
                                                  check.holds ? "holds" : "does not hold")});
  }
  return list;
}

}  // namespace

int run(int argc, char** argv, Claim claim, const Show& show) {
  Settings settings;
  settings.out = fmt::format("betavae-claim-{:02}.html", claim.number);
  CLI::App app{claim.title + ". " + claim.theory};
  app.add_option("--data", settings.data,
                 "folder with Fashion-MNIST's idx files, gzipped or not, where images are used")
      ->capture_default_str();
  app.add_option("--out", settings.out, "where to write the page")->capture_default_str();
  app.add_option("--section", settings.section, "write a section for the page of all claims instead");
  app.add_option("--seed", settings.seed, "of initial parameters, order and noise")->capture_default_str();
  app.add_flag("--quick", settings.quick, "few samples and epochs: shows that the program runs, and nothing else");
  CLI11_PARSE(app, argc, argv);
  try {
    const std::string& path = settings.section.empty() ? settings.out : settings.section;
    require_folder_of(path);
    claim.page = betavae::ReportPage(claim.title, claim.theory);
    claim.verdict.claim = claim.title;
    claim.say("{}\n{}\n", claim.title, claim.theory);
    const auto start = std::chrono::steady_clock::now();
    show(claim, settings);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    claim.say("\n{}", claim.verdict);
    if (settings.quick) {
      claim.say("{}", too_quick);
      claim.page.remark(too_quick);
    }
    claim.page.remark(claim.verdict.line()).add(terms_of(claim.verdict));
    if (settings.section.empty()) {
      claim.page.write(settings.out);
    } else {
      write_section(settings.section,
                    {claim.number, claim.title, claim.theory, claim.verdict, seconds, claim.page.body()});
    }
    claim.say("{:.0f} s. The page: {}", seconds, std::filesystem::absolute(path).string());
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
  return 0;
}

}  // namespace claims
