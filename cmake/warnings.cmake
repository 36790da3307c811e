# Warnings for betavae's own tests, examples and benchmarks. Private: no user ever links this target.
add_library(betavae_warnings INTERFACE)
target_compile_options(betavae_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow
  $<$<BOOL:${BETAVAE_WERROR}>:-Werror>)
