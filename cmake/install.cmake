# Headers, the targets betavae::betavae and betavae::compiled, and a package that find_package finds. The compiled library is installed
# where it was built before: cmake --build BUILD --target betavae_compiled.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(_package "${CMAKE_INSTALL_DATADIR}/cmake/betavae")  # headers fit every architecture

install(DIRECTORY include/betavae DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  FILES_MATCHING PATTERN "*.hpp" PATTERN "*.ipp")
install(TARGETS betavae EXPORT betavae)
install(EXPORT betavae NAMESPACE betavae:: FILE betavaeTargets.cmake DESTINATION "${_package}")

# An export set of its own, beside the library: the package config reads it where the library is there (see package.cmake.in).
set(BETAVAE_COMPILED_PACKAGE "${CMAKE_INSTALL_LIBDIR}/cmake/betavae-compiled")
install(TARGETS betavae_compiled EXPORT betavae_compiled
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" OPTIONAL
  LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" OPTIONAL)
install(EXPORT betavae_compiled NAMESPACE betavae:: FILE betavaeCompiledTargets.cmake
  DESTINATION "${BETAVAE_COMPILED_PACKAGE}")
set(_kind STATIC)
if(BUILD_SHARED_LIBS)
  set(_kind SHARED)
endif()
set(BETAVAE_COMPILED_LIBRARY
  "${CMAKE_INSTALL_LIBDIR}/${CMAKE_${_kind}_LIBRARY_PREFIX}betavae_compiled${CMAKE_${_kind}_LIBRARY_SUFFIX}")

set(BETAVAE_COMPILED_NEEDS "")
if(TARGET betavae::gzip)
  set(BETAVAE_COMPILED_NEEDS ZLIB::ZLIB)
endif()

configure_package_config_file(cmake/package.cmake.in "${PROJECT_BINARY_DIR}/betavaeConfig.cmake"
  INSTALL_DESTINATION "${_package}" PATH_VARS BETAVAE_COMPILED_PACKAGE BETAVAE_COMPILED_LIBRARY NO_SET_AND_CHECK_MACRO)
# Before 1.0 a minor version may break what the one before promised.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/betavaeConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES "${PROJECT_BINARY_DIR}/betavaeConfig.cmake" "${PROJECT_BINARY_DIR}/betavaeConfigVersion.cmake"
  DESTINATION "${_package}")
install(FILES cmake/optional.cmake DESTINATION "${_package}" RENAME betavaeOptional.cmake)
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")
