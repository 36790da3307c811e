// SPDX-License-Identifier: MIT
// A listener of Catch2 that counts: where the environment variable BETAVAE_TEST_COUNTS names a file, each test case appends a line to
// it, "<assertions><tab><name>". See compare_test_counts.sh.
#define CATCH_CONFIG_EXTERNAL_INTERFACES  // for version 2, whose listeners are not in its header otherwise
#include "catch.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

#if defined(CATCH_VERSION_MAJOR) && CATCH_VERSION_MAJOR >= 3
using ListenerBase = Catch::EventListenerBase;
const std::string& name_of(const Catch::TestCaseStats& stats) { return stats.testInfo->name; }
#else
using ListenerBase = Catch::TestEventListenerBase;
const std::string& name_of(const Catch::TestCaseStats& stats) { return stats.testInfo.name; }
#endif

class AssertionCounter : public ListenerBase {
 public:
  using ListenerBase::ListenerBase;

  void testCaseEnded(const Catch::TestCaseStats& stats) override {
    const char* const path = std::getenv("BETAVAE_TEST_COUNTS");
    std::FILE* const file = path == nullptr ? nullptr : std::fopen(path, "a");
    if (file != nullptr) {
      const auto count = static_cast<unsigned long long>(stats.totals.assertions.total());
      std::fprintf(file, "%llu\t%s\n", count, name_of(stats).c_str());
      std::fclose(file);
    }
  }
};

}  // namespace

CATCH_REGISTER_LISTENER(AssertionCounter)
