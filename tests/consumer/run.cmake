# Copies the library to WORK, configures and builds the project of WAY against the copy or an installation, and runs its programs.
cmake_minimum_required(VERSION 3.25)

function(run what)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${WAY}: cannot ${what}:\n${output}")
  endif()
  message(STATUS "${WAY}: ${what}: done")
endfunction()

set(library "${WORK}/the library")
set(toolchain -G "${GENERATOR}" "-DCMAKE_MAKE_PROGRAM=${MAKE_PROGRAM}" "-DCMAKE_CXX_COMPILER=${COMPILER}"
  "-DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}")
set(flags -DCMAKE_CXX_FLAGS=-O0)
if(WAY STREQUAL "fetch_content")
  set(flags -DCMAKE_BUILD_TYPE=Debug)
elseif(WAY STREQUAL "find_compiled")
  set(flags "-DCMAKE_CXX_FLAGS=-O2 -DNDEBUG")
endif()

file(REMOVE_RECURSE "${WORK}")
file(COPY "${SOURCE}/CMakeLists.txt" "${SOURCE}/LICENSE" "${SOURCE}/cmake" "${SOURCE}/include" DESTINATION "${library}")
file(COPY "${SOURCE}/tests/consumer/${WAY}/CMakeLists.txt" "${SOURCE}/tests/consumer/main.cpp"
  "${SOURCE}/tests/consumer/records" "${SOURCE}/tests/consumer/curve" DESTINATION "${WORK}/project")

set(prefixes "${PREFIX_PATH}")
if(WAY STREQUAL "find_package")
  run("configure the library" "${CMAKE_COMMAND}" -S "${library}" -B "${WORK}/library build" ${toolchain} ${flags}
    "-DCMAKE_PREFIX_PATH=${PREFIX_PATH}" -DBETAVAE_BUILD_TESTS=OFF -DBETAVAE_BUILD_EXAMPLES=OFF)
  run("install the library" "${CMAKE_COMMAND}" --install "${WORK}/library build" --prefix "${WORK}/installed here")
  file(REMOVE_RECURSE "${WORK}/library build")
endif()
if(WAY STREQUAL "find_compiled")
  run("build the compiled library" "${CMAKE_COMMAND}" --build "${BUILD}" --target betavae_compiled)
  run("install the library" "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${WORK}/installed here")
endif()
if(WAY MATCHES "^find_")
  file(REMOVE_RECURSE "${library}")  # nothing of the package may point there
  list(PREPEND prefixes "${WORK}/installed here")
endif()

run("configure the project" "${CMAKE_COMMAND}" -S "${WORK}/project" -B "${WORK}/project build" ${toolchain} ${flags}
  "-DCMAKE_PREFIX_PATH=${prefixes}" "-DLIBRARY=${library}" -DCMAKE_EXPORT_COMPILE_COMMANDS=ON)

# The compiled library is optimised whatever the build type: the last -O of a command counts.
if(WAY STREQUAL "fetch_content")
  file(READ "${WORK}/project build/compile_commands.json" commands)
  string(JSON count LENGTH "${commands}")
  math(EXPR last "${count} - 1")
  set(compiled 0)
  foreach(i RANGE ${last})
    string(JSON file GET "${commands}" ${i} file)
    string(JSON command GET "${commands}" ${i} command)
    if(file MATCHES "/cmake/compiled/")
      math(EXPR compiled "${compiled} + 1")
      string(REGEX MATCHALL " -O[0-9a-z]*" levels "${command}")
      list(POP_BACK levels level)
      if(NOT level STREQUAL " -O2")
        message(FATAL_ERROR "${WAY}: ${file} is to be compiled with -O2 in a Debug build too, got:\n${command}")
      endif()
    endif()
  endforeach()
  if(compiled EQUAL 0)
    message(FATAL_ERROR "${WAY}: no source of betavae::compiled is among the commands of the build")
  endif()
endif()

run("build the project" "${CMAKE_COMMAND}" --build "${WORK}/project build")
file(STRINGS "${WORK}/project build/programs.txt" programs)
foreach(program IN LISTS programs)
  cmake_path(GET program FILENAME name)
  file(MAKE_DIRECTORY "${WORK}/run of ${name}")
  execute_process(COMMAND "${program}" WORKING_DIRECTORY "${WORK}/run of ${name}"
    RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${WAY}: ${name} returned ${status}:\n${output}")
  endif()
  file(WRITE "${WORK}/run of ${name}/output.txt" "${output}")
  message(STATUS "${WAY}: run ${name}: done")
endforeach()

# Both forms of the library give the same bytes: in a trained and saved model, and in all that is printed.
if(EXISTS "${WORK}/run of records" AND EXISTS "${WORK}/run of records_compiled")
  foreach(file IN ITEMS plants.csv plants.safetensors output.txt)
    run("find the same ${file} from both forms" "${CMAKE_COMMAND}" -E compare_files
      "${WORK}/run of records/${file}" "${WORK}/run of records_compiled/${file}")
  endforeach()
endif()
