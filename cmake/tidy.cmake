# The target betavae_tidy: clang-tidy over every header, a unit that instantiates many templates, and the examples. It compiles nothing,
# which halves its time, and reads several examples as one, which halves it again.
find_program(BETAVAE_CLANG_TIDY clang-tidy)
if(NOT BETAVAE_CLANG_TIDY)
  return()
endif()
include("${CMAKE_CURRENT_LIST_DIR}/together.cmake")

file(GLOB examples CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/examples/*.cpp" "${PROJECT_SOURCE_DIR}/examples/claims/*.cpp")
betavae_put_together(examples tidy/examples 6)
add_library(betavae_examples_together OBJECT EXCLUDE_FROM_ALL ${examples})
target_link_libraries(betavae_examples_together PRIVATE betavae_claims betavae_warnings)

get_target_property(sources betavae_headers_together SOURCES)
file(GLOB_RECURSE headers CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/include/*.?pp" "${PROJECT_SOURCE_DIR}/examples/*.?pp")
set(read)
foreach(source IN LISTS sources examples)
  set(arguments --quiet "--config-file=${PROJECT_SOURCE_DIR}/.clang-tidy" -p "${PROJECT_BINARY_DIR}")
  if(source IN_LIST examples)
    list(APPEND arguments --extra-arg=-Wno-return-type)  # main stands in a namespace, where it must say what it returns
  endif()
  cmake_path(GET source STEM name)
  set(stamp "${PROJECT_BINARY_DIR}/tidy/${name}")
  add_custom_command(OUTPUT "${stamp}" DEPENDS "${source}" ${headers} VERBATIM COMMENT "clang-tidy ${name}"
    COMMAND "${BETAVAE_CLANG_TIDY}" ${arguments} "${source}"
    COMMAND "${CMAKE_COMMAND}" -E touch "${stamp}")
  list(APPEND read "${stamp}")
endforeach()
add_custom_target(betavae_tidy DEPENDS ${read})
