# The target betavae_tidy: clang-tidy over every header and the examples. It compiles nothing, which halves its time.
find_program(BETAVAE_CLANG_TIDY clang-tidy)
if(NOT BETAVAE_CLANG_TIDY)
  return()
endif()

get_target_property(sources betavae_headers_together SOURCES)
file(GLOB examples CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/examples/*.cpp" "${PROJECT_SOURCE_DIR}/examples/claims/*.cpp")
set(read)
foreach(source IN LISTS sources examples)
  file(RELATIVE_PATH name "${PROJECT_BINARY_DIR}" "${source}")
  string(MAKE_C_IDENTIFIER "${name}" name)
  set(stamp "${PROJECT_BINARY_DIR}/tidy/${name}")
  add_custom_command(OUTPUT "${stamp}" VERBATIM COMMENT "clang-tidy ${source}"
    COMMAND "${BETAVAE_CLANG_TIDY}" --quiet "--config-file=${PROJECT_SOURCE_DIR}/.clang-tidy" -p "${PROJECT_BINARY_DIR}" "${source}"
    COMMAND "${CMAKE_COMMAND}" -E touch "${stamp}")
  list(APPEND read "${stamp}")
endforeach()
file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/tidy")
add_custom_target(betavae_tidy DEPENDS ${read})
