// SPDX-License-Identifier: MIT
// Runs the benchmarks, and prints beside them what a figure means nothing without: processor, instruction set, compiler, flags.
#include <betavae/simd/instruction_set.hpp>
#include <benchmark/benchmark.h>

#include <fstream>
#include <string>

namespace {

std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("model name", 0) == 0) {
      return line.substr(line.find(':') + 2);
    }
  }
  return "unknown";
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
    return 1;
  }
  benchmark::AddCustomContext("processor", processor());
  benchmark::AddCustomContext("instruction set", std::string(betavae::simd::name(betavae::simd::instruction_set())));
  benchmark::AddCustomContext("compiler", __VERSION__);
  benchmark::AddCustomContext("flags", BETAVAE_BENCHMARK_FLAGS);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
