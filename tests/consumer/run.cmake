# Copies the library to WORK, configures and builds the project of WAY against the copy, and runs its program.
function(run what)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${WAY}: cannot ${what}:\n${output}")
  endif()
  message(STATUS "${WAY}: ${what}: done")
endfunction()

set(library "${WORK}/the library")
set(toolchain -G "${GENERATOR}" "-DCMAKE_MAKE_PROGRAM=${MAKE_PROGRAM}" "-DCMAKE_CXX_COMPILER=${COMPILER}"
  -DCMAKE_CXX_FLAGS=-O0)

file(REMOVE_RECURSE "${WORK}")
file(COPY "${SOURCE}/CMakeLists.txt" "${SOURCE}/LICENSE" "${SOURCE}/cmake" "${SOURCE}/include" DESTINATION "${library}")
file(COPY "${SOURCE}/tests/consumer/${WAY}/CMakeLists.txt" "${SOURCE}/tests/consumer/main.cpp" DESTINATION "${WORK}/project")

set(prefixes "${PREFIX_PATH}")
if(WAY STREQUAL "find_package")
  run("configure the library" "${CMAKE_COMMAND}" -S "${library}" -B "${WORK}/library build" ${toolchain}
    "-DCMAKE_PREFIX_PATH=${PREFIX_PATH}" -DBETAVAE_BUILD_TESTS=OFF -DBETAVAE_BUILD_EXAMPLES=OFF)
  run("install the library" "${CMAKE_COMMAND}" --install "${WORK}/library build" --prefix "${WORK}/installed here")
  file(REMOVE_RECURSE "${library}" "${WORK}/library build")  # nothing of the package may point there
  list(PREPEND prefixes "${WORK}/installed here")
endif()

run("configure the project" "${CMAKE_COMMAND}" -S "${WORK}/project" -B "${WORK}/project build" ${toolchain}
  "-DCMAKE_PREFIX_PATH=${prefixes}" "-DLIBRARY=${library}")
run("build the project" "${CMAKE_COMMAND}" --build "${WORK}/project build")
run("run the program" "${WORK}/project build/program")
