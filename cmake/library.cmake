# The library: where the headers are, what they need, and C++20. No warning flag and no optimisation flag reaches the user.
include(GNUInstallDirs)

add_library(betavae INTERFACE)
add_library(betavae::betavae ALIAS betavae)
target_include_directories(betavae INTERFACE
  "$<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>"
  "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
target_compile_features(betavae INTERFACE cxx_std_20)
target_link_libraries(betavae INTERFACE Eigen3::Eigen fmt::fmt Threads::Threads)
