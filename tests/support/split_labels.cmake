# Catch2's CMake module gives a test one label: a list of two would come apart in it. So it is given "room:unit", which is two labels
# in each of the files FOLDER/TARGET_tests-*.cmake from here on.
file(GLOB lists "${FOLDER}/${TARGET}_tests-*.cmake")
foreach(list IN LISTS lists)
  file(READ "${list}" text)
  string(REGEX REPLACE " LABELS ([a-z_]+):([a-z_]+)" " LABELS [==[\\1;\\2]==]" split "${text}")
  if(NOT split STREQUAL text)
    file(WRITE "${list}" "${split}")
  endif()
endforeach()
