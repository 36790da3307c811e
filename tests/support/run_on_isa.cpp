// SPDX-License-Identifier: MIT
// run_on_isa SET COMMAND…: becomes COMMAND where the processor has the instruction set, and exits with 77 ("skipped") where not.
//
// It asks the processor itself, not the library: a library that wrongly finds a set missing must fail its tests, not skip them.
#include <unistd.h>

#include <cstdio>
#include <string_view>

namespace {

bool processor_has(std::string_view set) {
  if (set == "baseline") {
    return true;
  }
#if defined(__x86_64__) || defined(__i386__)
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (set == "avx2") {
    return avx2;
  }
  if (set == "avx512") {
    return avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  }
#endif
  return false;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) {
    std::fprintf(stderr, "usage: run_on_isa baseline|avx2|avx512 COMMAND [ARGUMENT…]\n");
    return 2;
  }
  if (!processor_has(arguments[1])) {
    std::printf("skipped: this processor has no %s\n", arguments[1]);
    return 77;
  }
  execv(arguments[2], arguments + 2);
  std::perror(arguments[2]);
  return 1;
}
