# The worker programs of the comparison: ours, as a user would build it, and one for each C++ peer that is found, in the peer's best
# configuration.
set(BETAVAE_RTNEURAL "" CACHE PATH "A clone of RTNeural, to be compared with")
set(BETAVAE_PYTHON "python3" CACHE STRING "The Python whose PyTorch is compared with from C++")

add_custom_target(peers)  # all that compare.py starts

# Ours: the preset's flags and no others.
add_executable(peers_ours peers/ours.cpp)
target_include_directories(peers_ours PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
target_link_libraries(peers_ours PRIVATE betavae::compiled betavae_warnings)
target_compile_definitions(peers_ours PRIVATE NDEBUG
  BETAVAE_BENCHMARK_FLAGS="${flags}"
  BETAVAE_BENCHMARK_COMPILER="${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}")

# The smallest journey, for its size; and where its compiler finds what it includes, for the time that this takes.
add_executable(peers_hello "${PROJECT_SOURCE_DIR}/examples/01_hello.cpp")
target_link_libraries(peers_hello PRIVATE betavae::betavae)
add_dependencies(peers peers_ours peers_hello)
add_library(peers_includes INTERFACE)
target_link_libraries(peers_includes INTERFACE betavae::betavae)
if(TARGET betavae::safetensors)
  target_link_libraries(peers_includes INTERFACE betavae::safetensors)
endif()
file(GENERATE OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/include_directories.txt"
  CONTENT "$<JOIN:$<TARGET_PROPERTY:peers_includes,INTERFACE_INCLUDE_DIRECTORIES>,\n>\n")

function(betavae_peer name source)
  set(peer_flags -O3 -march=native)
  add_executable(peers_${name} "${source}")
  target_compile_features(peers_${name} PRIVATE cxx_std_20)
  target_compile_options(peers_${name} PRIVATE ${peer_flags})
  target_compile_definitions(peers_${name} PRIVATE BETAVAE_PEER_FLAGS="-O3 -march=native")
  target_include_directories(peers_${name} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
  target_link_libraries(peers_${name} PRIVATE ${ARGN})
  add_dependencies(peers peers_${name})
endfunction()

betavae_peer(eigen peers/eigen.cpp Eigen3::Eigen)

# Not by its package file: Debian's asks for OpenCL, which is not needed here.
find_path(BETAVAE_DNNL_INCLUDE oneapi/dnnl/dnnl.hpp)
find_library(BETAVAE_DNNL_LIBRARY dnnl)
if(BETAVAE_DNNL_INCLUDE AND BETAVAE_DNNL_LIBRARY)
  betavae_peer(onednn peers/onednn.cpp "${BETAVAE_DNNL_LIBRARY}")
  target_include_directories(peers_onednn SYSTEM PRIVATE "${BETAVAE_DNNL_INCLUDE}")
endif()

if(BETAVAE_RTNEURAL)
  find_path(BETAVAE_XSIMD xsimd/xsimd.hpp HINTS "${BETAVAE_RTNEURAL}/modules/xsimd/include" NO_CACHE)  # its submodule; Debian's is too old
  if(EXISTS "${BETAVAE_XSIMD}/xsimd/types/xsimd_api.hpp")
    file(STRINGS "${BETAVAE_XSIMD}/xsimd/types/xsimd_api.hpp" has_reduce_add REGEX "reduce_add" LIMIT_COUNT 1)
  endif()
  betavae_peer(rtneural_eigen peers/rtneural.cpp Eigen3::Eigen)
  target_compile_definitions(peers_rtneural_eigen PRIVATE RTNEURAL_USE_EIGEN=1 RTNEURAL_DEFAULT_ALIGNMENT=32)
  set(rtneural peers_rtneural_eigen)
  if(has_reduce_add)
    betavae_peer(rtneural_xsimd peers/rtneural.cpp)
    target_compile_definitions(peers_rtneural_xsimd PRIVATE RTNEURAL_USE_XSIMD=1 RTNEURAL_DEFAULT_ALIGNMENT=64)
    target_include_directories(peers_rtneural_xsimd SYSTEM PRIVATE "${BETAVAE_XSIMD}")
    list(APPEND rtneural peers_rtneural_xsimd)
  endif()
  execute_process(COMMAND git -C "${BETAVAE_RTNEURAL}" describe --always
    OUTPUT_VARIABLE rtneural_version OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT rtneural_version)
    set(rtneural_version "unknown")
  endif()
  foreach(target IN LISTS rtneural)
    target_include_directories(${target} SYSTEM PRIVATE "${BETAVAE_RTNEURAL}")
    target_compile_definitions(${target} PRIVATE BETAVAE_PEER_VERSION="${rtneural_version}")
  endforeach()
endif()

# PyTorch for Python brings its C++ library along.
execute_process(
  COMMAND "${BETAVAE_PYTHON}" -c "import importlib.util as u; print(u.find_spec('torch').submodule_search_locations[0])"
  OUTPUT_VARIABLE torch OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(torch AND EXISTS "${torch}/include/torch/csrc/api/include/torch/torch.h")
  betavae_peer(libtorch peers/libtorch.cpp "${torch}/lib/libtorch.so" "${torch}/lib/libtorch_cpu.so" "${torch}/lib/libc10.so")
  target_include_directories(peers_libtorch SYSTEM PRIVATE "${torch}/include" "${torch}/include/torch/csrc/api/include")
endif()

foreach(peer IN ITEMS onednn rtneural_eigen rtneural_xsimd libtorch)
  if(NOT TARGET peers_${peer})
    message(STATUS "betavae: peer ${peer} was not found and will be absent from the comparison")
  endif()
endforeach()
