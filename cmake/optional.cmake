# Targets for the headers that need one more library. Each exists only where its library was found:
#
#   betavae::gzip          zlib              reads .gz files                    Debian: zlib1g-dev
#   betavae::png           stb_image_write   writes PNG files                   Debian: libstb-dev
#   betavae::safetensors   nlohmann/json     reads and writes trained models    Debian: nlohmann-json3-dev
#   betavae::npz           libzip            reads NumPy's .npz files           Debian: libzip-dev
#
# This file serves the build tree and, installed beside the package config, the users of find_package.
set(_betavae_global "")
if(PROJECT_NAME STREQUAL "betavae")
  set(_betavae_global GLOBAL)  # visible also to the project that called add_subdirectory
endif()

find_package(ZLIB QUIET ${_betavae_global})
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

find_package(nlohmann_json CONFIG QUIET ${_betavae_global})
if(TARGET nlohmann_json::nlohmann_json AND NOT TARGET betavae::safetensors)
  add_library(betavae::safetensors INTERFACE IMPORTED ${_betavae_global})
  target_link_libraries(betavae::safetensors INTERFACE betavae::betavae nlohmann_json::nlohmann_json)
endif()

# Not by libzip's own package file: Debian's asks for programs (zipcmp, ziptool) that come in a package of their own.
find_path(BETAVAE_LIBZIP_INCLUDE_DIR NAMES zip.h DOC "The folder that holds libzip's zip.h")
find_library(BETAVAE_LIBZIP_LIBRARY NAMES zip DOC "libzip")
mark_as_advanced(BETAVAE_LIBZIP_INCLUDE_DIR BETAVAE_LIBZIP_LIBRARY)
if(BETAVAE_LIBZIP_INCLUDE_DIR AND BETAVAE_LIBZIP_LIBRARY AND NOT TARGET betavae::npz)
  add_library(betavae::npz INTERFACE IMPORTED ${_betavae_global})
  target_include_directories(betavae::npz SYSTEM INTERFACE "${BETAVAE_LIBZIP_INCLUDE_DIR}")
  target_link_libraries(betavae::npz INTERFACE betavae::betavae "${BETAVAE_LIBZIP_LIBRARY}")
endif()
unset(_betavae_global)
