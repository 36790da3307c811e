// SPDX-License-Identifier: MIT
#include <betavae/io/whole_file.hpp>

#include "io/idx_files.hpp"

#include <thread>

#if defined(__unix__)
#include <sys/resource.h>

#include <csignal>
#endif

using namespace betavae;
using namespace betavae::test;

TEST_CASE("a file is written, and written over, and nothing stays beside it") {
  const TemporaryFolder folder;
  const std::string path = folder.file("page.html");
  write_whole_file(path, std::string_view{"first"});
  write_whole_file(path, {"sec", "ond", ""});
  CHECK(read_bytes(path) == Bytes{'s', 'e', 'c', 'o', 'n', 'd'});
  write_whole_file(path, std::string_view{});
  CHECK(read_bytes(path).empty());
  CHECK(folder.count() == 1);
}

TEST_CASE("a folder that is not there, and a target that is a folder or a device, are refused") {
  const TemporaryFolder folder;
  const std::string missing = folder.file("none/page.html");
  CHECK(file_error([&] {
          write_whole_file(missing, std::string_view{"x"});
        }).starts_with(missing + ": cannot be written"));
  CHECK(file_error([&] { write_whole_file(folder.path(), std::string_view{"x"}); }).find("not a regular file") !=
        std::string::npos);
  CHECK_THROWS_AS(write_whole_file("/dev/null", std::string_view{"x"}), FileError);
  CHECK_THROWS_AS(write_whole_file("", std::string_view{"x"}), FileError);
  CHECK(folder.count() == 0);
}

TEST_CASE("a partial file that a crashed program left behind is no obstacle") {
  const TemporaryFolder folder;
  (void)folder.write("page.html.partial-0", {1});
  write_whole_file(folder.file("page.html"), std::string_view{"x"});
  CHECK(read_bytes(folder.file("page.html")) == Bytes{'x'});
  CHECK(read_bytes(folder.file("page.html.partial-0")) == Bytes{1});
}

TEST_CASE("writers of the same path at once leave one whole file") {
  const TemporaryFolder folder;
  const std::string path = folder.file("contended");
  const std::string zeros(100'000, '0');
  const std::string ones(100'000, '1');
  const auto repeat = [&](const std::string& content) {
    for (int k = 0; k < 50; ++k) {
      write_whole_file(path, content);
    }
  };
  std::thread other([&] { repeat(zeros); });
  repeat(ones);
  other.join();
  const Bytes found = read_bytes(path);
  CHECK((found == Bytes(100'000, '0') || found == Bytes(100'000, '1')));
  CHECK(folder.count() == 1);
}

#if defined(__unix__)
TEST_CASE("a disk that is full leaves the old file as it was and nothing beside it") {
  const TemporaryFolder folder;
  const std::string path = folder.write("kept", {1, 2, 3});
  struct Limit {
    rlimit old = {};
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    Limit() {
      getrlimit(RLIMIT_FSIZE, &old);
      rlimit small = old;
      small.rlim_cur = 4096;
      setrlimit(RLIMIT_FSIZE, &small);
    }
    ~Limit() {
      setrlimit(RLIMIT_FSIZE, &old);
      signal(SIGXFSZ, handler);
    }
  };
  std::string error;
  {
    const Limit limit;
    error = file_error([&] { write_whole_file(path, std::string(100'000, 'x')); });
  }
  CHECK(error.starts_with(path + ": cannot be written: "));
  CHECK(read_bytes(path) == Bytes{1, 2, 3});
  CHECK(folder.count() == 1);
}
#endif
