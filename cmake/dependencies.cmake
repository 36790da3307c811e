# The two libraries that betavae cannot do without, and threads. The installed package looks for the same (see package.cmake.in).
#
# Eigen is asked for without a version: 5.0's version file refuses "3.4", and 3.4's refuses a range that reaches 5.
find_package(Eigen3 CONFIG REQUIRED)
if(Eigen3_VERSION VERSION_LESS 3.4)
  message(FATAL_ERROR "betavae: Eigen: expected 3.4 or later, got ${Eigen3_VERSION} in ${Eigen3_DIR}")
endif()

find_package(fmt CONFIG REQUIRED)
if(fmt_VERSION VERSION_LESS 9)
  message(FATAL_ERROR "betavae: fmt: expected 9 or later, got ${fmt_VERSION} in ${fmt_DIR}")
endif()

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
