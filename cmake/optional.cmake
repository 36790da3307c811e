# Targets for the headers that need one more library. Each exists only where its library was found:
#
#   betavae::gzip   zlib                 reads .gz files           Debian: zlib1g-dev
#   betavae::png    stb_image_write      writes PNG files          Debian: libstb-dev
#
# This file serves the build tree and, installed beside the package config, the users of find_package.
set(_betavae_global "")
if(PROJECT_NAME STREQUAL "betavae")
  set(_betavae_global GLOBAL)  # visible also to the project that called add_subdirectory
endif()

find_package(ZLIB QUIET)
if(ZLIB_FOUND AND NOT TARGET betavae::gzip)
  add_library(betavae::gzip INTERFACE IMPORTED ${_betavae_global})
  target_link_libraries(betavae::gzip INTERFACE betavae::betavae ZLIB::ZLIB)
endif()

find_path(BETAVAE_STB_INCLUDE_DIR NAMES stb/stb_image_write.h stb_image_write.h
  DOC "The folder that holds stb/stb_image_write.h or stb_image_write.h")
mark_as_advanced(BETAVAE_STB_INCLUDE_DIR)
if(BETAVAE_STB_INCLUDE_DIR AND NOT TARGET betavae::png)
  add_library(betavae::png INTERFACE IMPORTED ${_betavae_global})
  target_include_directories(betavae::png SYSTEM INTERFACE "${BETAVAE_STB_INCLUDE_DIR}")
  target_link_libraries(betavae::png INTERFACE betavae::betavae)
endif()
unset(_betavae_global)
