# What gets built. Inside another project nothing is, unless that project asks for it.
option(BETAVAE_BUILD_TESTS "Build the tests (needs Catch2)" ${PROJECT_IS_TOP_LEVEL})
option(BETAVAE_TESTS_HEADER_ONLY "Tests include all of the library's code instead of linking betavae::compiled" OFF)
option(BETAVAE_EXHAUSTIVE_TESTS "Make entries of ctest, labelled exhaustive, of the tests that take minutes each" OFF)
option(BETAVAE_BUILD_EXAMPLES "Build the examples" ${PROJECT_IS_TOP_LEVEL})
option(BETAVAE_BUILD_BENCHMARKS "Build the benchmarks (needs Google Benchmark)" OFF)
option(BETAVAE_BUILD_FUZZERS "Build a fuzzer for each reader of files (needs clang, see the preset fuzz)" OFF)
set(BETAVAE_FUZZ_SECONDS 60 CACHE STRING "How long ctest runs each fuzzer")
option(BETAVAE_INSTALL "Make rules that install the headers and the CMake package" ${PROJECT_IS_TOP_LEVEL})
option(BETAVAE_WERROR "Warnings are errors in betavae's own tests, examples and benchmarks" ${PROJECT_IS_TOP_LEVEL})

# An unoptimised build of Eigen's templates is a hundred times slower: whoever names no build type gets Release.
if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug, Release, RelWithDebInfo or MinSizeRel" FORCE)
endif()
if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
  set(CMAKE_CXX_EXTENSIONS OFF)
endif()
